// What the grammar keeps of a bracket until it ends: what stood before it, and what is read within it so far. Private
// to the room.
#pragma once

#include <scimkit/filter/filter.hpp>

#include <optional>
#include <utility>

namespace scimkit::detail
{

/// Makes `filter` a Junction with one operand more. A group on the left leaves no trace: `(a and b) and c` is
/// `a and b and c`.
template <class Junction>
void append(Filter& filter, Filter&& operand)
{
    if (auto* junction = std::get_if<Junction>(&filter.node))
    {
        junction->operands.push_back(std::move(operand));
        return;
    }
    Junction junction;
    junction.operands.reserve(2);
    junction.operands.push_back(std::move(filter));
    junction.operands.push_back(std::move(operand));
    filter.node = std::move(junction);
}

/// What has been read within a bracket that is open, or outside of all.
struct OpenBracket
{
    enum class Kind
    {
        outermost,
        group,
        negation,
        elements ///< [ ]
    };

    Kind kind = Kind::outermost;
    bool was_in_brackets = false;
    Filter path{};               ///< of `elements`: a ValuePath without its filter
    std::optional<Filter> any{}; ///< joined by `or`
    std::optional<Filter> all{}; ///< joined by `and`, since the last `or`

    void add(Filter&& term)
    {
        if (all)
            append<Conjunction>(*all, std::move(term));
        else
            all = std::move(term);
    }

    void end_alternative()
    {
        if (any)
            append<Disjunction>(*any, std::move(*all));
        else
            any = std::move(all);
        all.reset();
    }
};

} // namespace scimkit::detail
