// A group of 100,000 members must not be read to add one: each element is a key of its own, found from both ends, and
// is written alone. What removes many at once leaves them in a grave (graves.hpp).
#include "elements.hpp"

#include "element_steps.hpp"
#include "graves.hpp"
#include "record_codec.hpp"

#include <algorithm>
#include <map>

namespace scimkit::kv
{
namespace
{

/// Of the elements that are brought into memory together, as they are stored. In memory they take several times that.
constexpr std::size_t most_loaded_bytes = 64 << 20;
constexpr std::uint64_t reserved_at_most = 1'000'000;

result<json::object> decode_element(Session& session, Walk& walk)
{
    if (auto charged = session.charge_decoding(walk.value().size()); !charged)
        return charged.error();
    return decode_object(walk.value());
}

Error too_large(Catalog::Large const& large)
{
    std::string const& name = large.attribute.attribute->name;
    return {ErrorCode::too_many,
            "'" + name + "' has more than " + std::to_string(most_loaded_bytes) +
                " bytes, which is the most that is read at once; leave it out with excludedAttributes.",
            name};
}

struct GivenElement
{
    json::object const* element = nullptr;
    Was was = Was::missing;
};

/// What is to be there, by value, and how it compares with what is.
struct GivenElements
{
    std::map<std::string, GivenElement> by_value{};
    std::uint64_t added = 0;
    std::uint64_t changed = 0;
    std::uint64_t kept = 0; // of those that are there, changed or not
};

result<GivenElements> compare(Session& session, LiveElements const& live, std::span<json::object const> elements)
{
    GivenElements given;
    for (json::object const& element : elements)
    {
        auto value = value_of_element(element);
        if (!value)
            return value.error();
        auto const [place, is_new] = given.by_value.try_emplace(std::move(*value));
        if (!is_new)
            continue;
        auto const there = session.access().get(session.keys().element(live.large.number, live.owner, place->first));
        if (!there)
            return there.error();
        place->second.element = &element;
        if (!*there)
        {
            ++given.added;
            continue;
        }
        ++given.kept;
        auto const bytes = encode_object(element);
        if (!bytes)
            return bytes.error();
        place->second.was = **there == *bytes ? Was::same : Was::other;
        given.changed += place->second.was == Was::other ? 1 : 0;
    }
    return given;
}

/// Elements that stay the same are not written again.
result<std::uint64_t> replace_in_place(Session& session, LiveElements const& live, GivenElements const& given)
{
    for (auto const& [value, one] : given.by_value)
        if (one.was != Was::same)
            if (auto put = put_element(session, live, value, *one.element, one.was, one.was == Was::missing); !put)
                return put.error();
    auto const removed = erase_elements(session, live, Told::yes,
                                        [&](std::string const& value) { return !given.by_value.contains(value); });
    if (!removed)
        return removed;
    if (given.added + *removed > 0)
        if (auto counted = put_count(session, live, given.by_value.size()); !counted)
            return counted.error();
    return given.added + given.changed + *removed;
}

/// All that are there go into a grave; those that are to be there are written anew.
result<std::uint64_t> replace_by_others(Session& session, LiveElements const& live, GivenElements const& given)
{
    std::uint64_t removed = live.count.number - given.kept;
    if (session.logs())
    {
        auto const told =
            tell_gone(session, live, [&](std::string const& value) { return !given.by_value.contains(value); });
        if (!told)
            return told;
        removed = *told;
    }
    if (auto buried = bury(session, live.large.number, live.owner); !buried)
        return buried.error();
    auto const generation = free_generation(session, live.large.number, live.id);
    if (!generation)
        return generation.error();
    LiveElements const next{live.large, live.id, {0, *generation}, owner_name(live.id, *generation)};
    for (auto const& [value, one] : given.by_value)
        if (auto put = put_element(session, next, value, *one.element, one.was, true); !put)
            return put.error();
    if (auto counted = put_count(session, next, given.by_value.size()); !counted)
        return counted.error();
    return given.added + given.changed + removed;
}

} // namespace

result<std::string> value_of_element(json::object const& element)
{
    json::value const* value = element.if_contains("value");
    if (value && value->is_string())
        return std::string{value->get_string()};
    if (!value || value->is_null() || value->is_structured())
        return Error{ErrorCode::invalid_value, "Every element of a large attribute needs a 'value'.", "value"};
    std::string text;
    write_json(text, *value);
    return text;
}

result<std::uint64_t> count_elements(Session& session, Catalog::Large const& large, std::string_view id)
{
    if (!is_storable_id(id))
        return std::uint64_t{0};
    auto const stored = stored_count(session, large, id);
    if (!stored)
        return stored.error();
    return *stored ? (*stored)->number : std::uint64_t{0};
}

result<bool> contains_element(Session& session, Catalog::Large const& large, std::string_view id,
                              std::string_view value)
{
    if (!is_storable_id(id))
        return false;
    auto const live = live_elements(session, large, id);
    if (!live)
        return live.error();
    auto const found = session.access().get(session.keys().element(large.number, live->owner, value));
    if (!found)
        return found.error();
    return found->has_value();
}

result<void> read_elements(Session& session, Catalog::Large const& large, std::string_view id, std::string_view after,
                           std::uint64_t limit, function_ref<bool(json::object&&)> sink)
{
    if (!is_storable_id(id) || limit == 0)
        return {};
    auto const live = live_elements(session, large, id);
    if (!live)
        return live.error();
    auto const writes = session.access().writes();
    Walk walk{session.access(), session.keys().elements(large.number, live->owner)};
    auto found =
        after.empty() ? walk.first() : walk.seek_after(session.keys().element(large.number, live->owner, after));
    for (; found && *found; found = walk.next())
    {
        auto element = decode_element(session, walk);
        if (!element)
            return element.error();
        walk.hold();
        if (!sink(std::move(*element)) || --limit == 0)
            return {};
        if (session.access().writes() == writes)
            continue;
        auto const buried = is_buried(session, large.number, live->owner); // by the sink
        if (!buried)
            return buried.error();
        if (*buried)
            return {};
    }
    return found ? result<void>{} : result<void>{found.error()};
}

result<json::array> read_all_elements(Session& session, Catalog::Large const& large, std::string_view id)
{
    json::array elements;
    auto const count = is_storable_id(id) ? stored_count(session, large, id)
                                          : result<std::optional<ElementCount>>{std::optional<ElementCount>{}};
    if (!count)
        return count.error();
    if (!*count)
        return elements;
    elements.reserve(std::min((*count)->number, reserved_at_most)); // a wrong count must not ask for all memory
    std::size_t bytes = 0;
    Walk walk{session.access(), session.keys().elements(large.number, owner_name(id, (*count)->generation))};
    auto found = walk.first();
    for (; found && *found; found = walk.next())
    {
        bytes += walk.value().size();
        if (bytes > most_loaded_bytes)
            return too_large(large);
        auto element = decode_element(session, walk);
        if (!element)
            return element.error();
        elements.emplace_back(std::move(*element));
    }
    if (!found)
        return found.error();
    return elements;
}

result<std::uint64_t> add_elements(Session& session, Catalog::Large const& large, std::string_view id,
                                   std::span<json::object const> elements)
{
    if (elements.empty())
        return std::uint64_t{0};
    auto const live = live_elements(session, large, id);
    if (!live)
        return live.error();
    std::uint64_t added = 0;
    session.expect_elements(large.number, id, elements.size());
    for (json::object const& element : elements)
    {
        auto const value = value_of_element(element);
        if (!value)
            return value.error();
        auto const there = session.access().get(session.keys().element(large.number, live->owner, *value));
        if (!there)
            return there.error();
        if (*there)
            continue;
        if (auto put = put_element(session, *live, *value, element, Was::missing, true); !put)
            return put.error();
        ++added;
    }
    if (added == 0)
        return added;
    if (auto counted = put_count(session, *live, live->count.number + added); !counted)
        return counted.error();
    return added;
}

result<std::uint64_t> remove_elements(Session& session, Catalog::Large const& large, std::string_view id,
                                      std::span<std::string const> values)
{
    auto const live = live_elements(session, large, id);
    if (!live)
        return live.error();
    std::uint64_t removed = 0;
    for (std::string const& value : values)
    {
        auto const erased = erase_element(session, *live, value, Told::yes);
        if (!erased)
            return erased.error();
        removed += *erased ? 1 : 0;
    }
    if (removed == 0)
        return removed;
    if (auto counted = count_fewer(session, *live, removed); !counted)
        return counted.error();
    return removed;
}

result<std::uint64_t> replace_elements(Session& session, Catalog::Large const& large, std::string_view id,
                                       std::span<json::object const> elements)
{
    auto const live = live_elements(session, large, id);
    if (!live)
        return live.error();
    auto const given = compare(session, *live, elements);
    if (!given)
        return given.error();
    // In a grave, those that stay have to be written anew: not worth it where they are more than those that go.
    std::uint64_t const go = live->count.number - std::min(live->count.number, given->kept);
    auto const many = given->kept <= go ? are_to_be_buried(session, id, go) : result<bool>{false};
    if (!many)
        return many.error();
    return *many ? replace_by_others(session, *live, *given) : replace_in_place(session, *live, *given);
}

result<std::uint64_t> clear_elements(Session& session, Catalog::Large const& large, std::string_view id)
{
    auto const live = live_elements(session, large, id);
    if (!live)
        return live.error();
    if (live->count.number == 0)
        return std::uint64_t{0};
    auto const many = are_to_be_buried(session, id, live->count.number);
    if (!many)
        return many.error();
    if (*many)
    {
        auto const buried = bury(session, large.number, live->owner);
        auto const counted = buried ? put_count(session, *live, 0) : buried;
        if (!counted)
            return counted.error();
        return live->count.number;
    }
    auto const removed = erase_elements(session, *live, Told::no, [](std::string const&) { return true; });
    if (!removed || *removed == 0)
        return removed;
    if (auto counted = count_fewer(session, *live, *removed); !counted)
        return counted.error();
    return removed;
}

result<std::vector<json::object>> elements_of(json::value const& array)
{
    std::vector<json::object> elements;
    auto const add = [&](json::value const& value)
    {
        if (auto const* object = value.if_object())
            elements.push_back(*object);
        return value.is_object();
    };
    bool all = true;
    if (auto const* several = array.if_array())
    {
        elements.reserve(several->size());
        for (json::value const& element : *several)
            all = all && add(element);
    }
    else
        all = add(array);
    if (!all)
        return Error{ErrorCode::invalid_value, "The elements of a large attribute are objects."};
    return elements;
}

} // namespace scimkit::kv
