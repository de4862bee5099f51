// Keys: what index entries, unique keys and elements are found by, as bytes. Values are encoded by the key codec of the
// key-value store, so that order and equality are the same in both.
//
// A B-tree takes no key of more than a few thousand bytes. Of an index entry the bytes beyond that are kept beside its
// key, so that nothing of its order is lost; the other keys end with a hash there.
#pragma once

#include "kv/catalog.hpp"
#include "kv/index_entries.hpp"

#include <compare>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit::postgresql
{

inline constexpr std::size_t max_key_bytes = 1024;
inline constexpr std::size_t max_folded_bytes = 256;
inline constexpr std::size_t without_end = std::numeric_limits<std::size_t>::max() / 2; ///< of an encoded value

/// An encoded value, cut in two where it is longer than a key may be. The order of pairs is the order of values.
struct SplitKey
{
    std::string key{};
    std::string rest{};

    static SplitKey of(std::string encoded);
    friend auto operator<=>(SplitKey const&, SplitKey const&) = default;
};

SplitKey value_key(BoundLiteral const& value);

/// Of a unique value of an attribute.
std::string unique_key(std::string_view attribute, std::string_view value);

/// Of an element, by its `value`; in its order. `cut` is set where it does not hold it all.
std::string element_key(std::string_view value, bool* cut = nullptr);

/// By which an element is found from its value, whatever the letter case. `cut` is set where it does not hold it all.
std::string folded_key(std::string_view value, bool* cut = nullptr);

struct EntryKey
{
    std::int16_t index = 0;
    SplitKey value{};

    friend auto operator<=>(EntryKey const&, EntryKey const&) = default;
};

/// The keys of a resource's index entries, sorted: one for each distinct value, and one for "no value" in each index of
/// a single-valued attribute that has none.
std::vector<EntryKey> entry_keys(kv::Catalog::Type const& type, Resource const& resource,
                                 std::span<UniqueKey const> known = {});

} // namespace scimkit::postgresql
