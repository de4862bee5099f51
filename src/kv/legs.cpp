// A client may write the same test a thousand times, or a thousand that lie within one another. Each would be a walk of
// its own over the same entries.
#include "legs.hpp"

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

} // namespace scimkit::kv
