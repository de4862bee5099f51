// Reads of elements, in batches where there may be many.
#include "elements.hpp"

#include "keys.hpp"
#include "kv/elements.hpp"
#include "kv/layout.hpp"
#include "kv/record_codec.hpp"

#include <algorithm>
#include <map>

namespace scimkit::postgresql
{
namespace
{

constexpr int rows_of_a_batch = 2'000;
constexpr std::size_t values_of_a_batch = 500;
constexpr std::size_t keys_of_a_batch = 10'000; // of which only some come back

constexpr std::string_view select_count =
    "select elements from element_count where tenant = $1 and attribute = $2 and owner = $3";
constexpr std::string_view select_one =
    "select key from element where tenant = $1 and attribute = $2 and owner = $3 and key = $4";
constexpr std::string_view select_those =
    "select key from element where tenant = $1 and attribute = $2 and owner = $3 and key = any($4)";
// A limit that is a parameter would be taken for a large one, and an array for one of ten: then the plan that is kept
// looks dearer than one for these values, and the statement is planned anew each time.
std::string select_some(std::uint64_t limit)
{
    return "select key, body from element where tenant = $1 and attribute = $2 and owner = $3 and key > $4 "
           "order by key limit " +
           std::to_string(limit);
}

/// From $4: the folded key, attribute, owner and key of the last one; for one value from $4 without the first.
std::string select_references(bool one)
{
    return std::string{"select folded, attribute, owner, key, value from element where tenant = $1 and "} +
           (one ? "folded = $2 and value = $3 and (attribute, owner, key) > ($4, $5, $6) order by attribute, owner, key"
                : "folded = any($2) and value = any($3) and (folded, attribute, owner, key) > ($4, $5, $6, $7) "
                  "order by folded, attribute, owner, key") +
           " limit " + std::to_string(rows_of_a_batch);
}

} // namespace

result<kv::Catalog::Large const*> Elements::known(ResourceType const& type, Attribute const& attribute) const
{
    if (auto const* large = session_->catalog().find_large(type, attribute))
        return large;
    return Error{ErrorCode::internal,
                 "'" + attribute.name + "' is not a large attribute of resource type '" + type.name() + "'.",
                 attribute.name};
}

result<std::uint64_t> Elements::count(ResourceType const& type, std::string_view id, Attribute const& attribute)
{
    auto const large = known(type, attribute);
    if (!large)
        return large.error();
    if (auto const told = session_->known_elements((*large)->number, id))
        return *told;
    auto params = session_->params();
    if (!params)
        return params.error();
    params->small(static_cast<std::int16_t>((*large)->number)).bytes(id);
    auto const rows = session_->run(select_count, *params);
    if (!rows)
        return rows.error();
    return rows->empty() ? 0 : static_cast<std::uint64_t>(rows->number(0, 0));
}

result<bool> Elements::contains(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                std::string_view value)
{
    auto const large = known(type, attribute);
    auto params = session_->params();
    if (!large || !params)
        return large ? params.error() : large.error();
    params->small(static_cast<std::int16_t>((*large)->number)).bytes(id).bytes(element_key(value));
    auto const rows = session_->run(select_one, *params);
    if (!rows)
        return rows.error();
    return !rows->empty();
}

result<void> Elements::contains_many(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                     std::span<std::string_view const> values, function_ref<bool(std::size_t)> sink)
{
    auto const large = known(type, attribute);
    if (!large)
        return large.error();
    for (std::size_t start = 0; start < values.size(); start += keys_of_a_batch)
    {
        std::map<std::string, std::size_t> places;
        std::vector<std::string> keys;
        for (std::size_t i = start; i < std::min(values.size(), start + keys_of_a_batch); ++i)
            if (auto const [place, is_new] = places.emplace(element_key(values[i]), i); is_new)
                keys.push_back(place->first);
        auto params = session_->params();
        if (!params)
            return params.error();
        bool const one = keys.size() == 1;
        params->small(static_cast<std::int16_t>((*large)->number)).bytes(id);
        auto const rows = one ? session_->run(select_one, params->bytes(keys.front()))
                              : session_->run(select_those, params->byte_array(keys));
        if (!rows)
            return rows.error();
        for (int row = 0; row < rows->size(); ++row)
            if (auto const place = places.find(std::string{rows->bytes(row, 0)});
                place != places.end() && !sink(place->second))
                return {};
    }
    return {};
}

result<void> Elements::read(ResourceType const& type, std::string_view id, Attribute const& attribute,
                            std::string_view after, std::uint64_t limit, function_ref<bool(json::object&&)> sink)
{
    auto const large = known(type, attribute);
    if (!large)
        return large.error();
    std::string key = after.empty() ? std::string{} : element_key(after);
    while (limit > 0)
    {
        auto params = session_->params();
        if (!params)
            return params.error();
        auto const batch = std::min<std::uint64_t>(limit, rows_of_a_batch);
        params->small(static_cast<std::int16_t>((*large)->number)).bytes(id).bytes(key);
        auto const rows = session_->run(select_some(batch), *params);
        if (!rows)
            return rows.error();
        for (int row = 0; row < rows->size(); ++row)
        {
            auto element = kv::decode_object(rows->bytes(row, 1));
            if (!element)
                return element.error();
            if (!sink(std::move(*element)))
                return {};
        }
        if (static_cast<std::uint64_t>(rows->size()) < batch)
            return {};
        key = rows->bytes(rows->size() - 1, 0);
        limit -= static_cast<std::uint64_t>(rows->size());
    }
    return {};
}

result<void> Elements::references_to(std::string_view value, function_ref<bool(Reference const&)> sink)
{
    return references_to_many({&value, 1}, [&](std::size_t, Reference const& reference) { return sink(reference); });
}

result<void> Elements::references_to_many(std::span<std::string_view const> values,
                                          function_ref<bool(std::size_t, Reference const&)> sink)
{
    std::vector<std::size_t> asked; // of the others it is known that there is none
    for (std::size_t i = 0; i < values.size(); ++i)
        if (!session_->is_unreferenced(values[i]))
            asked.push_back(i);
    for (std::size_t start = 0; start < asked.size(); start += values_of_a_batch)
    {
        auto const which = std::span{asked}.subspan(start, std::min(values_of_a_batch, asked.size() - start));
        std::vector<std::string_view> some;
        for (std::size_t const i : which)
            some.push_back(values[i]);
        auto const more = references_of_batch(some, [&](std::size_t of, Reference const& reference)
                                              { return sink(which[of], reference); });
        if (!more)
            return more.error();
        if (!*more)
            return {};
    }
    return {};
}

result<bool> Elements::references_of_batch(std::span<std::string_view const> values,
                                           function_ref<bool(std::size_t, Reference const&)> sink)
{
    std::multimap<std::string_view, std::size_t> places;
    std::vector<std::string> folded;
    for (std::size_t i = 0; i < values.size(); ++i)
    {
        places.emplace(values[i], i);
        folded.push_back(folded_key(values[i]));
    }
    bool const one = values.size() == 1;
    std::string const sql = select_references(one);
    std::string at[3]; // folded, owner, key
    std::int16_t attribute = 0;
    for (;;)
    {
        auto params = session_->params();
        if (!params)
            return params.error();
        if (one)
            params->bytes(folded.front()).bytes(values.front());
        else
            params->byte_array(folded).byte_array(values).bytes(at[0]);
        auto const rows = session_->run(sql, params->small(attribute).bytes(at[1]).bytes(at[2]));
        if (!rows)
            return rows.error();
        for (int row = 0; row < rows->size(); ++row)
        {
            auto const owner = session_->catalog().large_by_number(static_cast<kv::NameNumber>(rows->number(row, 1)));
            if (!owner.type) // of a resource type that is not served at present
                continue;
            Reference const reference{owner.type->type, std::string{rows->bytes(row, 2)},
                                      owner.large->attribute.attribute};
            auto const [begin, end] = places.equal_range(rows->bytes(row, 4));
            for (auto place = begin; place != end; ++place)
                if (!sink(place->second, reference))
                    return false;
        }
        if (rows->size() < rows_of_a_batch)
            return true;
        int const last = rows->size() - 1;
        at[0] = rows->bytes(last, 0);
        attribute = static_cast<std::int16_t>(rows->number(last, 1));
        at[1] = rows->bytes(last, 2);
        at[2] = rows->bytes(last, 3);
    }
}

} // namespace scimkit::postgresql
