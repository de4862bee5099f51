// The walking of legs, and less of it: a client may write the same test a thousand times, or a thousand that lie within
// one another, and each would be a walk of its own over the same entries.
#include "legs.hpp"

#include <scimkit/core/text.hpp>

#include "graves.hpp"

#include <algorithm>
#include <tuple>

namespace scimkit::kv
{
namespace
{

bool is_interval(Leg const& leg) noexcept { return leg.kind == Leg::Kind::value || leg.kind == Leg::Kind::range; }

/// Where the keys of an interval end.
std::string end_of(Leg const& leg) { return leg.kind == Leg::Kind::range ? leg.last : end_of_prefix(leg.first); }

/// Of a reference, what decides which elements it finds; legs with the same one find the same.
std::string_view key_of(Leg const& leg) noexcept
{
    auto const* literal = leg.test ? std::get_if<StringKey>(&leg.test->value) : nullptr;
    return literal ? std::string_view{literal->key} : std::string_view{};
}

std::vector<Leg> join_intervals(std::vector<Leg> legs)
{
    std::vector<Leg> joined;
    std::string end;
    std::ranges::stable_sort(legs,
                             [](Leg const& a, Leg const& b)
                             {
                                 return std::tuple{std::string_view{a.first}, a.kind == Leg::Kind::value} <
                                        std::tuple{std::string_view{b.first}, b.kind == Leg::Kind::value};
                             });
    for (Leg& leg : legs)
    {
        std::string const last = end_of(leg);
        bool const reaches_in = !joined.empty() && leg.first < end;
        bool const touches =
            !joined.empty() && leg.first == end && joined.back().kind == Leg::Kind::range &&
            leg.kind == Leg::Kind::range &&
            leg.first.starts_with(std::string_view{joined.back().first}.substr(0, joined.back().index_size));
        if (!reaches_in && !touches)
        {
            end = last;
            joined.push_back(std::move(leg));
        }
        else if (last > end)
        {
            Leg& before = joined.back();
            if (before.kind == Leg::Kind::value)
                before = {.kind = Leg::Kind::range, .first = std::move(before.first), .index_size = leg.index_size};
            before.last = last;
            end = last;
        }
    }
    return joined;
}

result<void> walk_references(Session& session, Catalog::Type const& type, Leg const& leg, std::string_view after,
                             function_ref<result<bool>(std::string_view)> visit)
{
    auto const& literal = std::get<StringKey>(leg.test->value);
    bool const exact = leg.test->attribute.leaf().case_exact;
    auto const* large = session.catalog().find_large(*type.type, *leg.test->attribute.attribute);
    if (!large) // then there is no such leg
        return {};
    std::string last{after};
    bool any = !after.empty();
    Walk walk{session.access(), leg.first};
    std::string start = leg.first;
    if (any)
        append_text(start, after);
    auto found = walk.seek(start);
    for (; found && *found; found = walk.next())
    {
        std::string_view rest = walk.rest();
        auto id = take_text(rest);
        if (!id)
            return Error{ErrorCode::corrupt, "A stored reference cannot be read."};
        auto const buried = is_buried(session, large->number, *id);
        if (!buried)
            return buried.error();
        if (*buried)
            continue;
        id->resize(id_of_owner(*id).size());
        if (any && *id == last)
            continue; // two spellings of the value in one resource
        if (walk.value() != literal.text && comparison_key(walk.value(), exact) != literal.key)
            continue;
        walk.hold();
        last = std::move(*id);
        any = true;
        auto const more = visit(last);
        if (!more)
            return more.error();
        if (!*more)
            return {};
    }
    return found ? result<void>{} : result<void>{found.error()};
}

result<void> walk_index(Session& session, Leg const& leg, std::string_view after,
                        function_ref<result<bool>(std::string_view)> visit)
{
    bool const one_value = leg.kind == Leg::Kind::value;
    Walk walk{session.access(), one_value ? leg.first : leg.first.substr(0, leg.index_size)};
    auto found = one_value && !after.empty() ? walk.seek_after(leg.first + std::string{after}) : walk.seek(leg.first);
    for (; found && *found; found = walk.next())
    {
        if (!one_value && walk.key() >= std::string_view{leg.last})
            break;
        std::string_view id = walk.rest();
        if (!one_value)
        {
            id.remove_prefix(value_size(id));
            if (id <= after && !after.empty())
                continue;
        }
        walk.hold();
        auto const more = visit(id);
        if (!more)
            return more.error();
        if (!*more)
            break;
    }
    return found ? result<void>{} : result<void>{found.error()};
}

} // namespace

std::vector<Leg> without_repetitions(std::vector<Leg> legs)
{
    auto const others = std::ranges::stable_partition(legs, is_interval);
    std::vector<Leg> rest{std::make_move_iterator(others.begin()), std::make_move_iterator(others.end())};
    legs.erase(others.begin(), others.end());

    auto const identity = [](Leg const& leg) { return std::tuple{leg.kind, std::string_view{leg.first}, key_of(leg)}; };
    std::ranges::stable_sort(rest, {}, identity);
    auto const repeated = std::ranges::unique(rest, {}, identity);
    rest.erase(repeated.begin(), repeated.end());

    auto result = join_intervals(std::move(legs));
    std::ranges::move(rest, std::back_inserter(result));
    return result;
}

bool is_probe(Leg const& leg) noexcept
{
    return leg.kind == Leg::Kind::value || leg.kind == Leg::Kind::unique || leg.kind == Leg::Kind::id;
}

result<bool> probe(Session& session, Leg const& leg, std::string_view id)
{
    if (leg.kind == Leg::Kind::id)
        return leg.first == id;
    auto const found = session.access().get(leg.kind == Leg::Kind::value ? leg.first + std::string{id} : leg.first);
    if (!found)
        return found.error();
    return *found && (leg.kind == Leg::Kind::value || **found == id);
}

result<void> walk_leg(Session& session, Catalog::Type const& type, Leg const& leg, std::string_view after,
                      function_ref<result<bool>(std::string_view id)> visit)
{
    switch (leg.kind)
    {
    case Leg::Kind::id:
    {
        auto const found = session.record(type, leg.first);
        if (!found)
            return found.error();
        if (!*found || (!after.empty() && leg.first <= after))
            return {};
        auto const visited = visit(leg.first);
        return visited ? result<void>{} : result<void>{visited.error()};
    }
    case Leg::Kind::unique:
    {
        auto const holder = session.access().get(leg.first);
        if (!holder)
            return holder.error();
        if (!*holder || (!after.empty() && **holder <= after))
            return {};
        auto const visited = visit(std::string{**holder});
        return visited ? result<void>{} : result<void>{visited.error()};
    }
    case Leg::Kind::reference:
        return walk_references(session, type, leg, after, visit);
    case Leg::Kind::value:
    case Leg::Kind::range:
        break;
    }
    return walk_index(session, leg, after, visit);
}

} // namespace scimkit::kv
