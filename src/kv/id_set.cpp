// Sorting places rather than strings: no allocation per id, and a quarter of the memory.
#include "id_set.hpp"

#include <algorithm>

namespace scimkit::kv
{

void IdSet::add(std::string_view id)
{
    places_.push_back({static_cast<std::uint32_t>(bytes_.size()), static_cast<std::uint32_t>(id.size())});
    bytes_.append(id);
}

void IdSet::tidy()
{
    auto const text = [this](Place place) { return at(place); };
    std::ranges::sort(places_, {}, text);
    auto const repeated = std::ranges::unique(places_, {}, text);
    if (repeated.empty())
        return;
    places_.erase(repeated.begin(), repeated.end());
    std::string kept;
    for (Place& place : places_)
    {
        auto const begin = static_cast<std::uint32_t>(kept.size());
        kept.append(at(place));
        place.begin = begin;
    }
    bytes_ = std::move(kept);
}

void IdSet::keep_common(IdSet const& other)
{
    std::size_t next = 0;
    std::erase_if(places_,
                  [&](Place place)
                  {
                      std::string_view const id = at(place);
                      while (next < other.size() && other[next] < id)
                          ++next;
                      return next == other.size() || other[next] != id;
                  });
}

std::size_t IdSet::count_up_to(std::string_view id) const noexcept
{
    auto const beyond = std::ranges::upper_bound(places_, id, {}, [this](Place place) { return at(place); });
    return static_cast<std::size_t>(beyond - places_.begin());
}

} // namespace scimkit::kv
