// One step of an edit, written and told in one place. Walks over many go by parts that fit into memory.
#include "element_steps.hpp"

#include <scimkit/store/change_log.hpp>

#include "elements.hpp"
#include "graves.hpp"
#include "record_codec.hpp"
#include "reverse_index.hpp"

#include <algorithm>
#include <limits>
#include <vector>

namespace scimkit::kv
{
namespace
{

/// Elements that are found before they are erased, and bytes of their values.
constexpr std::size_t most_erased = 1'000;
constexpr std::size_t most_erased_bytes = 1 << 20;

/// `now` is as stored; null: it went.
result<void> tell_edit(Session& session, LiveElements const& of, std::string_view value, bool was_there,
                       json::object const* element, std::string_view now)
{
    if (!session.logs())
        return {};
    PendingElements::Edit edit{std::string{value}, was_there, std::nullopt};
    if (element)
    {
        json::object space;
        json::object const& told = logged_element(*element, *of.large.attribute.attribute, space);
        auto bytes = &told == element ? result<std::string>{std::string{now}} : encode_object(told);
        if (!bytes)
            return bytes.error();
        edit.now = std::move(*bytes);
    }
    session.note_element(of.large.number, of.id, std::move(edit));
    return {};
}

/// The element's `value`: from its key, where that has all of it; otherwise the element is decoded.
result<std::string> value_at(Session& session, Walk& walk)
{
    if (auto value = whole_string_value(walk.rest()))
        return std::move(*value);
    if (auto charged = session.charge_decoding(walk.value().size()); !charged)
        return charged.error();
    auto const element = decode_object(walk.value());
    return element ? value_of_element(*element) : element.error();
}

/// Some of the values that are wanted, of elements behind `after` (empty: from the first on), as many as are erased
/// together. `after` becomes the key of the last element that was looked at; empty: there are no more.
result<std::vector<std::string>> next_values(Session& session, LiveElements const& of,
                                             function_ref<bool(std::string const&)> wanted, std::string& after)
{
    std::vector<std::string> values;
    std::size_t bytes = 0;
    Walk walk{session.access(), session.keys().elements(of.large.number, of.owner)};
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

} // namespace

std::string encode_element_count(ElementCount const& count)
{
    std::string bytes = encode_counter(count.number);
    if (count.generation != 0)
        append_u64(bytes, count.generation);
    return bytes;
}

result<ElementCount> decode_element_count(std::string_view bytes)
{
    constexpr std::uint64_t last = std::numeric_limits<Generation>::max();
    std::uint64_t const generation = bytes.size() == 16 ? read_u64(bytes.substr(8)) : 0;
    if ((bytes.size() != 8 && bytes.size() != 16) || generation > last)
        return Error{ErrorCode::corrupt, "A stored number of elements cannot be read."};
    return ElementCount{read_u64(bytes), static_cast<Generation>(generation)};
}

result<std::optional<ElementCount>> stored_count(Session& session, Catalog::Large const& large, std::string_view id)
{
    auto const stored = session.access().get(session.keys().element_count(large.number, id));
    if (!stored)
        return stored.error();
    if (!*stored)
        return std::optional<ElementCount>{};
    auto const count = decode_element_count(**stored);
    if (!count)
        return count.error();
    return std::optional{*count};
}

result<LiveElements> live_elements(Session& session, Catalog::Large const& large, std::string_view id)
{
    LiveElements of{.large = large, .id = id};
    auto const stored = stored_count(session, large, id);
    if (!stored)
        return stored.error();
    if (*stored)
        of.count = **stored;
    else
    {
        auto const generation = free_generation(session, large.number, id);
        if (!generation)
            return generation.error();
        of.count.generation = *generation;
    }
    of.owner = owner_name(id, of.count.generation);
    return of;
}

result<void> put_count(Session& session, LiveElements const& of, std::uint64_t number)
{
    std::string const key = session.keys().element_count(of.large.number, of.id);
    if (number > 0)
        return session.access().put(key, encode_element_count({number, of.count.generation}));
    auto const erased = session.access().erase(key);
    return erased ? result<void>{} : result<void>{erased.error()};
}

result<void> put_element(Session& session, LiveElements const& of, std::string_view value, json::object const& element,
                         Was was, bool is_new)
{
    auto const bytes = encode_object(element);
    if (!bytes)
        return bytes.error();
    if (was != Was::same)
        if (auto told = tell_edit(session, of, value, was == Was::other, &element, *bytes); !told)
            return told;
    Access& access = session.access();
    std::string const key = session.keys().element(of.large.number, of.owner, value);
    auto written = is_new ? access.put_new(key, *bytes) : access.put(key, *bytes);
    return written ? put_reference(session, of.large, of.owner, value, is_new) : written;
}

result<bool> erase_element(Session& session, LiveElements const& of, std::string_view value, Told told)
{
    auto erased = session.access().erase(session.keys().element(of.large.number, of.owner, value));
    if (!erased || !*erased)
        return erased;
    if (told == Told::yes)
        if (auto done = tell_edit(session, of, value, true, nullptr, {}); !done)
            return done.error();
    auto const back = erase_reference(session, of.large, of.owner, value);
    return back ? result<bool>{true} : result<bool>{back.error()};
}

result<std::uint64_t> erase_elements(Session& session, LiveElements const& of, Told told,
                                     function_ref<bool(std::string const&)> wanted)
{
    std::uint64_t erased = 0;
    std::string after;
    do
    {
        auto const values = next_values(session, of, wanted, after);
        if (!values)
            return values.error();
        for (std::string const& value : *values)
        {
            auto const gone = erase_element(session, of, value, told);
            if (!gone)
                return gone.error();
            erased += *gone ? 1 : 0;
        }
    } while (!after.empty());
    return erased;
}

result<std::uint64_t> tell_gone(Session& session, LiveElements const& of, function_ref<bool(std::string const&)> wanted)
{
    constexpr std::uint64_t most_expected = 100'000; // what is stored may be damaged
    std::uint64_t gone = 0;
    session.expect_elements(of.large.number, of.id, std::min(of.count.number, most_expected));
    Walk walk{session.access(), session.keys().elements(of.large.number, of.owner)};
    auto found = walk.first();
    for (; found && *found; found = walk.next())
    {
        auto const value = value_at(session, walk);
        if (!value)
            return value.error();
        if (!wanted(*value))
            continue;
        ++gone;
        if (auto told = tell_edit(session, of, *value, true, nullptr, {}); !told)
            return told.error();
    }
    if (!found)
        return found.error();
    return gone;
}

result<void> count_fewer(Session& session, LiveElements const& of, std::uint64_t removed)
{
    if (of.count.number < removed)
        return Error{ErrorCode::corrupt, "The number of elements of " + of.large.attribute.attribute->name + " of '" +
                                             std::string{of.id} + "' is damaged: too small."};
    return put_count(session, of, of.count.number - removed);
}

} // namespace scimkit::kv
