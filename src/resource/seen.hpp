// Seen: which attributes of one list of definitions an object has named already, in constant time each.
#pragma once

#include <scimkit/schema/schema.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace scimkit
{

class Seen
{
public:
    explicit Seen(std::vector<Attribute> const& attributes)
        : attributes_(attributes)
        , more_(attributes.size() / 64)
    {
    }

    /// False if it was there before. `attribute` is an element of the list.
    bool insert(Attribute const& attribute) noexcept
    {
        auto const position = static_cast<std::size_t>(&attribute - attributes_.data());
        auto& word = position < 64 ? first_ : more_[position / 64 - 1];
        auto const bit = std::uint64_t{1} << position % 64;
        bool const is_new = (word & bit) == 0;
        word |= bit;
        return is_new;
    }

private:
    std::vector<Attribute> const& attributes_;
    std::uint64_t first_ = 0; // nearly all have no more
    std::vector<std::uint64_t> more_;
};

} // namespace scimkit
