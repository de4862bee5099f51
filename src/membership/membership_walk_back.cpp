// Memberships from the last one to the first, for pages that a client turns back to. What a store reads in one
// direction is read a piece at a time, so that no group is in memory as a whole.
#include <scimkit/store/run_query.hpp>

#include "membership_walk.hpp"

#include <algorithm>
#include <ranges>

namespace scimkit::membership
{
namespace
{

constexpr std::uint64_t groups_at_once = 100;

bool is_behind(Pair const& pair, Pair const& other)
{
    return pair.group != other.group ? pair.group > other.group : pair.member > other.member;
}

} // namespace

result<void> Walk::run_back(std::optional<Pair> const& before, Sink sink)
{
    if (tests_.never)
        return {};
    if (tests_.group && tests_.member)
        return before && !is_behind(*before, {*tests_.group, *tests_.member}) ? result<void>{} : one_pair(sink);
    if (tests_.member)
        return groups_of_member(before, true, sink);
    if (tests_.group)
        return outcome(one_group_back(*tests_.group, before ? std::optional{before->member} : std::nullopt, sink));
    return all_groups_back(before, sink);
}

result<bool> Walk::one_group_back(std::string const& id, std::optional<std::string> const& before, Sink sink)
{
    std::vector<std::string> begins; // behind which element each piece does
    std::vector<json::object> piece;
    for (std::string after;;)
    {
        auto some = elements_.read(id, after, most_at_once);
        if (!some)
            return some.error();
        if (some->empty() || (before && Elements::value_of(some->front()) >= *before))
            break;
        begins.push_back(std::move(after));
        piece = std::move(*some);
        after = Elements::value_of(piece.back());
        if (piece.size() < most_at_once || (before && after >= *before))
            break;
    }
    for (auto begin = begins.rbegin(); begin != begins.rend(); ++begin)
    {
        if (begin != begins.rbegin())
        {
            auto some = elements_.read(id, *begin, most_at_once);
            if (!some)
                return some.error();
            piece = std::move(*some);
        }
        for (json::object const& element : piece | std::views::reverse)
        {
            Pair const pair{id, std::string{Elements::value_of(element)}};
            if (before && pair.member >= *before)
                continue;
            auto const more = sink(pair, element);
            if (!more || !*more)
                return more;
        }
    }
    return true;
}

result<void> Walk::all_groups_back(std::optional<Pair> const& before, Sink sink)
{
    std::optional<std::string> group;
    if (before)
    {
        auto const more = one_group_back(before->group, before->member, sink);
        if (!more || !*more)
            return outcome(more);
        group = before->group;
    }
    for (;;)
    {
        auto const some = groups_before(group);
        if (!some)
            return some.error();
        for (std::string const& id : *some | std::views::reverse)
        {
            auto const more = one_group_back(id, {}, sink);
            if (!more || !*more)
                return outcome(more);
        }
        if (some->size() < groups_at_once)
            return {};
        group = some->front();
    }
}

/// The last ones, in their order.
result<std::vector<std::string>> Walk::groups_before(std::optional<std::string> const& before)
{
    std::vector<std::string> ids;
    Query::Source const source{.type = type_.group};
    Query last{.sources = {&source, 1}, .limit = groups_at_once, .backward = true, .total = TotalPolicy::none};
    if (before)
        last.cursor = Cursor{0, *before, {}};
    auto const found = stream_query(stored_, last, scope_.rules.policy.query, scope_.context,
                                    [&](Resource&& group) -> result<bool>
                                    {
                                        ids.push_back(std::move(group.id));
                                        return true;
                                    });
    return found ? result<std::vector<std::string>>{std::move(ids)} : found.error();
}

} // namespace scimkit::membership
