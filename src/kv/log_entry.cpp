// Encoding and decoding of entries. One costs in proportion to what changed: elements of a large attribute that stay
// are not looked at.
#include "../core/bytes.hpp"
#include "change_log.hpp"

#include <algorithm>

namespace scimkit::kv
{
namespace
{

constexpr std::uint64_t operations = 3;

std::uint64_t number_of(LoggedChange::Operation operation) { return static_cast<std::uint64_t>(operation); }

/// Lists have their length in front, which is known at their end.
void put_list(std::string& out, std::uint64_t count, std::string_view list)
{
    put_varint(out, count);
    out.append(list);
}

/// The number of what stands behind it: mostly one byte, which a longer one takes the place of.
void set_count(std::string& out, std::size_t place, std::uint64_t count)
{
    std::string bytes;
    put_varint(bytes, count);
    out.replace(place, 1, bytes);
}

result<void> put_values(std::string& out, LoggedWrite const& write)
{
    auto const place = out.size();
    out.push_back('\0');
    std::uint64_t count = 0;
    bool fits = true;
    auto const put = [&](std::string_view path, json::value const& value, bool told)
    {
        put_string(out, path);
        put_varint(out, told ? 0 : 1);
        auto const encoded = told && write.values ? write.values->find(value, write.record) : std::nullopt;
        if (encoded)
            out.append(*encoded);
        else if (told)
            fits = put_json(out, value) && fits;
        ++count;
    };
    if (write.operation != LoggedChange::Operation::removed)
        logged_values(write.resource, write.changed, put);
    set_count(out, place, count);
    return fits ? result<void>{} : Error{ErrorCode::invalid_value, "Attributes are nested too deep."};
}

using TakeEdits = function_ref<std::span<PendingElements::Edit const>(NameNumber)>;

std::size_t bytes_of(std::span<PendingElements::Edit const* const> edits)
{
    constexpr std::size_t length = 3; // in front of each, as a rule at most
    std::size_t bytes = 0;
    for (auto const* edit : edits)
        bytes += length + (edit->now ? edit->now->size() : edit->value.size());
    return bytes;
}

/// They may be many: nothing of them is written twice.
void put_elements(std::string& out, LoggedWrite const& write, TakeEdits take)
{
    auto const place = out.size();
    out.push_back('\0');
    std::uint64_t count = 0;
    for (Catalog::Large const& large : write.type.large)
    {
        auto const noted = take(large.number);
        if (noted.empty() || write.operation == LoggedChange::Operation::removed)
            continue;
        auto const edits = settle(noted);
        if (edits.empty())
            continue;
        ++count;
        auto const came = static_cast<std::uint64_t>(
            std::ranges::count_if(edits, [](auto const* edit) { return edit->now.has_value(); }));
        put_string(out, large.attribute.attribute->name);
        out.reserve(out.size() + bytes_of(edits));
        put_varint(out, came);
        for (auto const* edit : edits)
            if (edit->now)
                put_string(out, *edit->now);
        put_varint(out, edits.size() - came);
        for (auto const* edit : edits)
            if (!edit->now)
                put_string(out, edit->value);
    }
    set_count(out, place, count);
}

/// What stayed as it was; an entry that has nothing to say of it keeps the form that earlier versions read too.
result<void> put_kept(std::string& entry, LoggedWrite const& write)
{
    if (write.operation == LoggedChange::Operation::created)
        return {};
    std::string list;
    std::uint64_t count = 0;
    bool fits = true;
    auto const put = [&](std::string_view path, json::value const& value)
    {
        put_string(list, path);
        auto const encoded = write.values ? write.values->find(value, write.record) : std::nullopt;
        if (encoded)
            list.append(*encoded);
        else
            fits = put_json(list, value) && fits;
        ++count;
    };
    logged_kept(write.resource, write.changed.value_or(std::span<std::string const>{}), write.given_whole, put);
    if (!fits)
        return Error{ErrorCode::invalid_value, "Attributes are nested too deep."};
    if (count == 0 && !write.given_whole)
        return {};
    entry.front() = log_entry_form_with_kept;
    put_varint(entry, write.given_whole ? 1 : 0);
    put_list(entry, count, list);
    return {};
}

void put_identity(std::string& out, LoggedChange::Identity const& identity)
{
    put_string(out, identity.external_id);
    put_string(out, identity.user_name);
    put_string(out, identity.display_name);
}

bool take_text_of(std::string_view& in, std::string& text)
{
    std::string_view view;
    if (!take_string(in, view))
        return false;
    text = view;
    return true;
}

bool take_values(std::string_view& in, std::vector<LoggedChange::Value>& values)
{
    std::uint64_t count = 0;
    if (!take_count(in, count))
        return false;
    for (; count > 0; --count)
    {
        LoggedChange::Value& value = values.emplace_back();
        std::uint64_t kind = 0;
        if (!take_text_of(in, value.path) || !take_varint(in, kind) || kind > 1)
            return false;
        value.told = kind == 0;
        if (value.told && !take_json(in, value.value))
            return false;
    }
    return true;
}

bool take_elements(std::string_view& in, std::vector<LoggedChange::Elements>& all)
{
    std::uint64_t attributes = 0;
    if (!take_count(in, attributes))
        return false;
    for (; attributes > 0; --attributes)
    {
        LoggedChange::Elements& of = all.emplace_back();
        std::uint64_t count = 0;
        if (!take_text_of(in, of.attribute) || !take_count(in, count))
            return false;
        of.came.reserve(count);
        for (; count > 0; --count)
        {
            std::string_view bytes;
            if (!take_string(in, bytes))
                return false;
            auto element = decode_object(bytes);
            if (!element)
                return false;
            of.came.push_back(std::move(*element));
        }
        if (!take_count(in, count))
            return false;
        of.went.resize(count);
        for (std::string& value : of.went)
            if (!take_text_of(in, value))
                return false;
    }
    return true;
}

bool take_form(std::string_view& in, unsigned char& form)
{
    return take_byte(in, form) && (form == static_cast<unsigned char>(log_entry_form) ||
                                   form == static_cast<unsigned char>(log_entry_form_with_kept));
}

bool take_kept(std::string_view& in, LoggedChange& change)
{
    std::uint64_t whole = 0;
    std::uint64_t count = 0;
    if (!take_varint(in, whole) || whole > 1 || !take_count(in, count))
        return false;
    change.given_whole = whole == 1;
    for (; count > 0; --count)
    {
        LoggedChange::Value& value = change.kept.emplace_back();
        if (!take_text_of(in, value.path) || !take_json(in, value.value))
            return false;
    }
    return true;
}

} // namespace

void put_time(std::string& out, Instant time) { put_varint(out, zigzag(time.time_since_epoch().count())); }

bool take_time(std::string_view& in, Instant& time)
{
    std::uint64_t number = 0;
    if (!take_varint(in, number))
        return false;
    time = Instant{std::chrono::microseconds{unzigzag(number)}};
    return true;
}

bool decode_log_entry(std::string_view in, std::uint64_t& type, LoggedChange& change)
{
    unsigned char form = 0;
    std::uint64_t operation = 0;
    std::uint64_t before = 0;
    if (!take_form(in, form) || !take_time(in, change.time) || !take_varint(in, operation) || operation >= operations ||
        !take_varint(in, type) || !take_text_of(in, change.id) || !take_varint(in, before) ||
        !take_text_of(in, change.actor) || !take_text_of(in, change.trace_id) || !take_values(in, change.changed) ||
        !take_elements(in, change.elements))
        return false;
    change.operation = static_cast<LoggedChange::Operation>(operation);
    change.before = Version{before};
    LoggedChange::Identity& removed = change.removed;
    if (change.operation == LoggedChange::Operation::removed &&
        (!take_text_of(in, removed.external_id) || !take_text_of(in, removed.user_name) ||
         !take_text_of(in, removed.display_name)))
        return false;
    if (form == static_cast<unsigned char>(log_entry_form_with_kept) && !take_kept(in, change))
        return false;
    return in.empty();
}

result<std::string> encode_log_entry(LoggedWrite const& write, CallContext const& context, TakeEdits edits)
{
    std::string entry;
    entry.reserve(write.changed ? 128 : 256 + write.record.size());
    entry.push_back(log_entry_form);
    put_time(entry, write.time);
    put_varint(entry, number_of(write.operation));
    put_varint(entry, write.type.number);
    put_string(entry, write.resource.id);
    put_varint(entry, write.before.number());
    put_string(entry, context.actor);
    put_string(entry, context.trace_id);
    if (auto put = put_values(entry, write); !put)
        return put.error();
    put_elements(entry, write, edits);
    if (write.operation == LoggedChange::Operation::removed)
        put_identity(entry, logged_identity(write.resource));
    if (auto put = put_kept(entry, write); !put)
        return put.error();
    return entry;
}

std::optional<Instant> time_of_entry(std::string_view entry)
{
    unsigned char form = 0;
    Instant time;
    if (!take_form(entry, form) || !take_time(entry, time))
        return std::nullopt;
    return time;
}

result<std::string> entry_of_format_2(std::string_view entry)
{
    std::uint64_t before = 0;
    std::uint64_t operation = 0;
    std::uint64_t type = 0;
    std::uint64_t time = 0;
    std::uint64_t paths = 0;
    std::string_view id;
    std::string_view actor;
    Error const damaged{ErrorCode::corrupt, "A stored change cannot be read."};
    if (!take_varint(entry, before) || !take_varint(entry, operation) || operation >= operations ||
        !take_varint(entry, type) || !take_string(entry, id) || !take_string(entry, actor) ||
        !take_varint(entry, time) || !take_count(entry, paths))
        return damaged;
    std::string now;
    now.push_back(log_entry_form);
    put_varint(now, time);
    put_varint(now, operation);
    put_varint(now, type);
    put_string(now, id);
    put_varint(now, before);
    put_string(now, actor);
    put_string(now, {}); // nobody's trace
    put_varint(now, paths);
    for (; paths > 0; --paths)
    {
        std::string_view path;
        if (!take_string(entry, path))
            return damaged;
        put_string(now, path);
        put_varint(now, 1); // not told
    }
    put_varint(now, 0); // no elements
    if (static_cast<LoggedChange::Operation>(operation) == LoggedChange::Operation::removed)
        put_identity(now, {});
    return entry.empty() ? result<std::string>{std::move(now)} : damaged;
}

} // namespace scimkit::kv
