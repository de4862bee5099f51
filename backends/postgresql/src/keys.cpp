// The key codec cuts what is longer than its room; here the room of index entries is without end, and the cut is made
// where nothing is lost by it.
#include "keys.hpp"

#include "core/case_folding.hpp"
#include "kv/key_codec.hpp"

#include <algorithm>

namespace scimkit::postgresql
{
SplitKey SplitKey::of(std::string encoded)
{
    SplitKey split;
    if (encoded.size() > max_key_bytes)
    {
        split.rest = encoded.substr(max_key_bytes);
        encoded.resize(max_key_bytes);
    }
    split.key = std::move(encoded);
    return split;
}

SplitKey value_key(BoundLiteral const& value)
{
    std::string encoded;
    kv::append_value(encoded, value, without_end);
    return SplitKey::of(std::move(encoded));
}

std::string unique_key(std::string_view attribute, std::string_view value)
{
    std::string key;
    kv::append_text(key, attribute);
    kv::append_string_value(key, value, max_key_bytes);
    return key;
}

std::string element_key(std::string_view value, bool* cut)
{
    std::string key;
    bool const whole = kv::append_string_value(key, value, max_key_bytes);
    if (cut)
        *cut = !whole;
    return key;
}

std::string folded_key(std::string_view value, bool* cut)
{
    std::string key;
    bool const whole = kv::append_string_value(key, case_folded(value), max_folded_bytes);
    if (cut)
        *cut = !whole;
    return key;
}

std::vector<EntryKey> entry_keys(kv::Catalog::Type const& type, Resource const& resource,
                                 std::span<UniqueKey const> known)
{
    auto const entries = kv::index_entries(type, resource, known);
    std::vector<EntryKey> keys;
    keys.reserve(entries.size() + type.indexes.size());
    for (kv::IndexEntry const& entry : entries)
        keys.push_back({static_cast<std::int16_t>(entry.index), value_key(entry.value)});
    for (kv::Catalog::Index const& index : type.indexes)
        if (index.single_valued &&
            std::ranges::none_of(entries, [&](kv::IndexEntry const& entry) { return entry.index == index.number; }))
            keys.push_back({static_cast<std::int16_t>(index.number), value_key(nullptr)});
    std::ranges::sort(keys);
    auto const repeated = std::ranges::unique(keys);
    keys.erase(repeated.begin(), repeated.end());
    return keys;
}

} // namespace scimkit::postgresql
