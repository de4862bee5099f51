// A group of 100,000 members must not be read to add one: each element is a key of its own, found from both ends, and
// the walks over many go by parts that fit into memory.
#include "elements.hpp"

#include <scimkit/store/change_log.hpp>

#include "record_codec.hpp"
#include "reverse_index.hpp"

#include <algorithm>
#include <limits>
#include <set>

namespace scimkit::kv
{
namespace
{

/// Of the elements that are brought into memory together, as they are stored. In memory they take several times that.
constexpr std::size_t most_loaded_bytes = 64 << 20;
/// Elements that are found before they are erased, and bytes of their values.
constexpr std::size_t most_erased = 1'000;
constexpr std::size_t most_erased_bytes = 1 << 20;
constexpr std::uint64_t reserved_at_most = 1'000'000;

result<void> put_count(Session& session, Catalog::Large const& large, std::string_view id, std::uint64_t count)
{
    std::string const key = session.keys().element_count(large.number, id);
    if (count > 0)
        return session.access().put(key, encode_counter(count));
    auto const erased = session.access().erase(key);
    return erased ? result<void>{} : result<void>{erased.error()};
}

/// `now` is as stored.
result<void> note(Session& session, Catalog::Large const& large, std::string_view id, std::string_view value,
                  bool was_there, json::object const* element, std::string_view now)
{
    if (!session.logs())
        return {};
    PendingElements::Edit edit{std::string{value}, was_there, std::nullopt};
    if (element)
    {
        json::object space;
        json::object const& told = logged_element(*element, *large.attribute.attribute, space);
        auto bytes = &told == element ? result<std::string>{std::string{now}} : encode_object(told);
        if (!bytes)
            return bytes.error();
        edit.now = std::move(*bytes);
    }
    session.note_element(large.number, id, std::move(edit));
    return {};
}

/// `is_new`: there is no element of that value yet.
result<void> put_element(Session& session, Catalog::Large const& large, std::string_view id, std::string_view value,
                         std::string const& element_key, json::object const& element, bool is_new)
{
    auto const bytes = encode_object(element);
    if (!bytes)
        return bytes.error();
    if (auto noted = note(session, large, id, value, !is_new, &element, *bytes); !noted)
        return noted;
    Access& access = session.access();
    auto written = is_new ? access.put_new(element_key, *bytes) : access.put(element_key, *bytes);
    return written ? put_reference(session, large, id, value, is_new) : written;
}

/// Whether the change log is to tell of each element.
enum class Told
{
    no,
    yes
};

result<bool> erase_element(Session& session, Catalog::Large const& large, std::string_view id, std::string_view value,
                           Told told)
{
    auto erased = session.access().erase(session.keys().element(large.number, id, value));
    if (!erased || !*erased)
        return erased;
    if (told == Told::yes)
        if (auto noted = note(session, large, id, value, true, nullptr, {}); !noted)
            return noted.error();
    auto const back = erase_reference(session, large, id, value);
    return back ? result<bool>{true} : result<bool>{back.error()};
}

/// Calls `see` with each stored element's bytes.
result<void> walk_elements(Session& session, Catalog::Large const& large, std::string_view id,
                           function_ref<result<bool>(Walk&)> see)
{
    Walk walk{session.access(), session.keys().elements(large.number, id)};
    auto found = walk.first();
    for (; found && *found; found = walk.next())
    {
        auto const more = see(walk);
        if (!more)
            return more.error();
        if (!*more)
            return {};
    }
    return found ? result<void>{} : result<void>{found.error()};
}

result<json::object> decode_element(Session& session, Walk& walk)
{
    if (auto charged = session.charge_decoding(walk.value().size()); !charged)
        return charged.error();
    return decode_object(walk.value());
}

/// The element's `value`: from its key, where that has all of it; otherwise the element is decoded.
result<std::string> value_at(Session& session, Walk& walk)
{
    if (auto value = whole_string_value(walk.rest()))
        return std::move(*value);
    auto const element = decode_element(session, walk);
    return element ? value_of_element(*element) : element.error();
}

Error too_large(Catalog::Large const& large)
{
    std::string const& name = large.attribute.attribute->name;
    return {ErrorCode::too_many,
            "'" + name + "' has more than " + std::to_string(most_loaded_bytes) +
                " bytes, which is the most that is read at once; leave it out with excludedAttributes.",
            name};
}

/// Some of the values that are wanted, of elements behind `after` (empty: from the first on), as many as are erased
/// together. `after` becomes the key of the last element that was looked at; empty: there are no more.
result<std::vector<std::string>> next_values(Session& session, Catalog::Large const& large, std::string_view id,
                                             function_ref<bool(std::string const&)> wanted, std::string& after)
{
    std::vector<std::string> values;
    std::size_t bytes = 0;
    Walk walk{session.access(), session.keys().elements(large.number, id)};
    auto found = after.empty() ? walk.first() : walk.seek_after(after);
    for (; found && *found; found = walk.next())
    {
        auto value = value_at(session, walk);
        if (!value)
            return value.error();
        if (!wanted(*value))
            continue;
        bytes += value->size();
        values.push_back(std::move(*value));
        if (values.size() < most_erased && bytes < most_erased_bytes)
            continue;
        after = walk.key();
        return values;
    }
    if (!found)
        return found.error();
    after.clear();
    return values;
}

/// Erases the elements whose values are wanted, some at a time, so that they are never in memory together. Returns how
/// many.
result<std::uint64_t> erase_elements(Session& session, Catalog::Large const& large, std::string_view id, Told told,
                                     function_ref<bool(std::string const&)> wanted)
{
    std::uint64_t erased = 0;
    std::string after;
    do
    {
        auto const values = next_values(session, large, id, wanted, after);
        if (!values)
            return values.error();
        for (std::string const& value : *values)
        {
            auto const gone = erase_element(session, large, id, value, told);
            if (!gone)
                return gone.error();
            erased += *gone ? 1 : 0;
        }
    } while (!after.empty());
    return erased;
}

/// So many are gone of those that were counted.
result<void> count_fewer(Session& session, Catalog::Large const& large, std::string_view id, std::uint64_t removed)
{
    auto const count = count_elements(session, large, id);
    if (!count)
        return count.error();
    if (*count < removed)
        return Error{ErrorCode::corrupt, "The number of elements of " + large.attribute.attribute->name + " of '" +
                                             std::string{id} + "' is damaged: too small."};
    return put_count(session, large, id, *count - removed);
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
    auto const stored = session.access().get(session.keys().element_count(large.number, id));
    if (!stored)
        return stored.error();
    return *stored ? decode_counter(**stored) : result<std::uint64_t>{std::uint64_t{0}};
}

result<bool> contains_element(Session& session, Catalog::Large const& large, std::string_view id,
                              std::string_view value)
{
    if (!is_storable_id(id))
        return false;
    auto const found = session.access().get(session.keys().element(large.number, id, value));
    if (!found)
        return found.error();
    return found->has_value();
}

result<void> read_elements(Session& session, Catalog::Large const& large, std::string_view id, std::string_view after,
                           std::uint64_t limit, function_ref<bool(json::object&&)> sink)
{
    if (!is_storable_id(id) || limit == 0)
        return {};
    Walk walk{session.access(), session.keys().elements(large.number, id)};
    auto found = after.empty() ? walk.first() : walk.seek_after(session.keys().element(large.number, id, after));
    for (; found && *found; found = walk.next())
    {
        auto element = decode_element(session, walk);
        if (!element)
            return element.error();
        walk.hold();
        if (!sink(std::move(*element)) || --limit == 0)
            return {};
    }
    return found ? result<void>{} : result<void>{found.error()};
}

result<json::array> read_all_elements(Session& session, Catalog::Large const& large, std::string_view id)
{
    auto const count = count_elements(session, large, id);
    if (!count)
        return count.error();
    json::array elements;
    if (*count == 0)
        return elements;
    elements.reserve(std::min(*count, reserved_at_most)); // a wrong count must not ask for all memory
    std::size_t bytes = 0;
    auto const read = walk_elements(session, large, id,
                                    [&](Walk& walk) -> result<bool>
                                    {
                                        bytes += walk.value().size();
                                        if (bytes > most_loaded_bytes)
                                            return too_large(large);
                                        auto element = decode_element(session, walk);
                                        if (!element)
                                            return element.error();
                                        elements.emplace_back(std::move(*element));
                                        return true;
                                    });
    if (!read)
        return read.error();
    return elements;
}

result<std::uint64_t> add_elements(Session& session, Catalog::Large const& large, std::string_view id,
                                   std::span<json::object const> elements)
{
    std::uint64_t added = 0;
    for (json::object const& element : elements)
    {
        auto const value = value_of_element(element);
        if (!value)
            return value.error();
        std::string const key = session.keys().element(large.number, id, *value);
        auto const there = session.access().get(key);
        if (!there)
            return there.error();
        if (*there)
            continue;
        if (auto put = put_element(session, large, id, *value, key, element, true); !put)
            return put.error();
        ++added;
    }
    if (added == 0)
        return added;
    auto const count = count_elements(session, large, id);
    if (!count)
        return count.error();
    if (auto written = put_count(session, large, id, *count + added); !written)
        return written.error();
    return added;
}

result<std::uint64_t> remove_elements(Session& session, Catalog::Large const& large, std::string_view id,
                                      std::span<std::string const> values)
{
    std::uint64_t removed = 0;
    for (std::string const& value : values)
    {
        auto const erased = erase_element(session, large, id, value, Told::yes);
        if (!erased)
            return erased.error();
        removed += *erased ? 1 : 0;
    }
    if (removed == 0)
        return removed;
    if (auto counted = count_fewer(session, large, id, removed); !counted)
        return counted.error();
    return removed;
}

result<std::uint64_t> replace_elements(Session& session, Catalog::Large const& large, std::string_view id,
                                       std::span<json::object const> elements)
{
    // One pass over what is given, one over what is there; elements that stay the same are not written again.
    std::set<std::string> wanted;
    std::uint64_t added = 0;
    std::uint64_t changed = 0;
    for (json::object const& element : elements)
    {
        auto value = value_of_element(element);
        if (!value)
            return value.error();
        auto const [place, is_new] = wanted.insert(std::move(*value));
        if (!is_new)
            continue;
        std::string const key = session.keys().element(large.number, id, *place);
        auto const there = session.access().get(key);
        auto const bytes = encode_object(element);
        if (!there || !bytes)
            return there ? bytes.error() : there.error();
        if (*there && **there == *bytes)
            continue;
        bool const fresh = !*there;
        ++(fresh ? added : changed);
        if (auto put = put_element(session, large, id, *place, key, element, fresh); !put)
            return put.error();
    }

    auto const removed = erase_elements(session, large, id, Told::yes,
                                        [&](std::string const& value) { return !wanted.contains(value); });
    if (!removed)
        return removed;
    if (added + *removed > 0)
        if (auto written = put_count(session, large, id, wanted.size()); !written)
            return written.error();
    return added + changed + *removed;
}

result<std::uint64_t> clear_elements(Session& session, Catalog::Large const& large, std::string_view id)
{
    auto const count = count_elements(session, large, id);
    if (!count || *count == 0)
        return count;
    auto const removed = erase_elements(session, large, id, Told::no, [](std::string const&) { return true; });
    if (!removed || *removed == 0)
        return removed;
    if (auto counted = count_fewer(session, large, id, *removed); !counted)
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
