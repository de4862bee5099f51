// IdSet: ids on their way into order, close together: some hundred thousand of them are ordinary.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit::kv
{

/// Ids as they come, also more than once; in ascending order and each once after tidy().
class IdSet
{
public:
    void add(std::string_view id);
    void tidy();
    /// After tidy(), of both: keeps those that `other` has too.
    void keep_common(IdSet const& other);

    std::size_t size() const noexcept { return places_.size(); }
    std::string_view operator[](std::size_t i) const noexcept { return at(places_[i]); }
    /// After tidy(): how many are not greater than `id`.
    std::size_t count_up_to(std::string_view id) const noexcept;

private:
    struct Place
    {
        std::uint32_t begin;
        std::uint32_t size;
    };

    std::string_view at(Place place) const noexcept { return std::string_view{bytes_}.substr(place.begin, place.size); }

    std::string bytes_;
    std::vector<Place> places_;
};

} // namespace scimkit::kv
