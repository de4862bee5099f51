// Folding case is the dear part of an entry; where an attribute is unique too, its key has been made already.
#include "index_entries.hpp"

#include "../store/attribute_values.hpp"

#include <algorithm>

namespace scimkit::kv
{
namespace
{

bool value_less(BoundLiteral const& a, BoundLiteral const& b) noexcept
{
    if (a.index() != b.index())
        return a.index() < b.index();
    if (auto const* number = std::get_if<Number>(&a))
        return compare_numbers(*number, std::get<Number>(b)) < 0;
    if (auto const* string = std::get_if<StringKey>(&a))
        return string->key < std::get<StringKey>(b).key;
    if (auto const* instant = std::get_if<Instant>(&a))
        return *instant < std::get<Instant>(b);
    auto const* boolean = std::get_if<bool>(&a);
    return boolean && !*boolean && std::get<bool>(b);
}

/// The entries that unique keys tell; false if they tell nothing of this attribute.
bool add_known(Catalog::Index const& index, std::span<UniqueKey const> known, std::vector<IndexEntry>& entries)
{
    if (index.attribute.leaf().type != AttributeType::string)
        return false;
    bool any = false;
    for (UniqueKey const& key : known)
        if (key.attribute == index.attribute)
        {
            entries.push_back({index.number, StringKey{{}, key.value}});
            any = true;
        }
    return any;
}

} // namespace

std::vector<IndexEntry> index_entries(Catalog::Type const& type, Resource const& resource,
                                      std::span<UniqueKey const> known)
{
    std::vector<IndexEntry> entries;
    entries.reserve(type.indexes.size() + 2);
    for (Catalog::Index const& index : type.indexes)
    {
        auto const first = static_cast<std::ptrdiff_t>(entries.size());
        if (!add_known(index, known, entries))
            for_each_value(resource, index.attribute,
                           [&](BoundLiteral&& value) {
                               entries.push_back({index.number, std::move(value)});
                           });
        if (static_cast<std::ptrdiff_t>(entries.size()) - first < 2)
            continue;
        auto const less = [](IndexEntry const& a, IndexEntry const& b) { return value_less(a.value, b.value); };
        auto const equal = [&](IndexEntry const& a, IndexEntry const& b) { return !less(a, b) && !less(b, a); };
        std::sort(entries.begin() + first, entries.end(), less);
        entries.erase(std::unique(entries.begin() + first, entries.end(), equal), entries.end());
    }
    return entries;
}

} // namespace scimkit::kv
