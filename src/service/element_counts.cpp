// Nothing is counted that need not be: a store behind a network takes a round trip for each attribute.
#include "element_counts.hpp"

#include "change.hpp"

#include <algorithm>

namespace scimkit::service
{
namespace
{

using EditKind = LargeAttributeEdit::Kind;

/// What comparing one stored element with those that replace it costs, in units of Budget.
constexpr std::uint64_t replaced_element_work = 3 * Budget::visit;

std::uint64_t most_replaced(Scope const& scope) noexcept { return work_as_writer(scope) / replaced_element_work; }

} // namespace

result<ElementCounts> count_replaced(WriteTransaction& transaction, Scope const& scope, std::string_view id,
                                     std::span<LargeAttributeEdit const> edits)
{
    ElementCounts counts;
    for (LargeAttributeEdit const& edit : edits)
    {
        auto const* attribute = edit.attribute.attribute;
        bool const known = std::ranges::find(counts, attribute, &ElementCounts::value_type::first) != counts.end();
        if (known || edit.kind != EditKind::replace || edit.elements.empty())
            continue;
        auto const count = transaction.large_attributes()->count(scope.type(), id, *attribute);
        if (!count)
            return count.error();
        counts.emplace_back(attribute, *count);
    }
    return counts;
}

bool replaces_many(ElementCounts const& counts, Scope const& scope)
{
    return std::ranges::any_of(counts, [&](auto const& each) { return each.second > most_replaced(scope); });
}

result<bool> touches_many(WriteTransaction& transaction, Scope const& scope, std::string_view id,
                          std::span<LargeAttributeEdit const> edits, Shown const& shown)
{
    if (!scope.elsewhere)
        return false;
    auto const is_cleared = [&](AttributeRef const& large)
    {
        return std::ranges::any_of(edits,
                                   [&](LargeAttributeEdit const& edit) {
                                       return edit.kind == EditKind::replace && edit.elements.empty() &&
                                              edit.attribute.attribute == large.attribute;
                                   });
    };
    for (AttributeRef const& large : scope.type().large_attributes())
    {
        bool const goes = !scope.state.traits.blocks && is_cleared(large);
        if (!goes && !(shown.answer.with_resource && shown.projection.shows(large)))
            continue;
        auto const count = transaction.large_attributes()->count(scope.type(), id, *large.attribute);
        if (!count)
            return count.error();
        if (*count > most_replaced(scope))
            return true;
    }
    return false;
}

void ElementGrowth::note(LargeAttributeEdit const& edit, std::uint64_t changed)
{
    auto const* attribute = edit.attribute.attribute;
    auto found = std::ranges::find(by_, attribute, &std::pair<Attribute const*, std::int64_t>::first);
    if (found == by_.end())
        found = by_.insert(by_.end(), {attribute, 0});
    auto const elements = static_cast<std::int64_t>(changed);
    found->second += edit.kind == EditKind::add ? elements : edit.kind == EditKind::remove ? -elements : 0;
}

result<void> ElementGrowth::check(WriteTransaction& transaction, Scope const& scope, std::string_view id,
                                  ElementCounts const& replaced) const
{
    for (auto const& [attribute, by] : by_)
    {
        auto const before = std::ranges::find(replaced, attribute, &ElementCounts::value_type::first);
        if (before == replaced.end() && by <= 0)
            continue;
        auto const now = transaction.large_attributes()->count(scope.type(), id, *attribute);
        if (!now)
            return now.error();
        auto const old = before != replaced.end() ? before->second : *now - static_cast<std::uint64_t>(by);
        if (auto fits = membership::check_elements(*attribute, old, *now, scope); !fits)
            return fits;
    }
    return {};
}

} // namespace scimkit::service
