// Binary, so that reading a user parses no text. What is read is not trusted: lengths and depths are looked at, and
// damage is an error that says so.
#include "record_codec.hpp"

#include "bytes.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace scimkit::kv
{
namespace
{

constexpr unsigned char record_format = 1;
constexpr int max_depth = 64;

enum class Tag : unsigned char
{
    null,
    no,
    yes,
    integer,
    natural,
    real,
    string,
    array,
    object
};

void put_tag(std::string& out, Tag tag) { out.push_back(static_cast<char>(tag)); }

bool put_value(std::string& out, json::value const& value, int depth);

/// An extension's attributes are found by their own, not as a part of the extension.
bool is_uri(std::string_view name) noexcept { return name.find(':') != std::string_view::npos; }

bool put_members(std::string& out, json::object const& object, std::span<AttributeRef const> left_out, int depth,
                 EncodedValues* places = nullptr)
{
    auto const skipped = [&](json::string_view name)
    { return std::ranges::any_of(left_out, [&](AttributeRef const& ref) { return name == ref.attribute->name; }); };
    std::size_t count = object.size();
    if (!left_out.empty())
        for (auto const& member : object)
            count -= skipped(member.key()) ? 1 : 0;
    put_varint(out, count);
    for (auto const& member : object)
    {
        if (!left_out.empty() && skipped(member.key()))
            continue;
        put_string(out, member.key());
        auto const begin = out.size();
        auto const* extension = places && is_uri(member.key()) ? member.value().if_object() : nullptr;
        if (extension)
            put_tag(out, Tag::object);
        bool const fits =
            extension ? put_members(out, *extension, {}, depth + 1, places) : put_value(out, member.value(), depth);
        if (!fits)
            return false;
        if (places && !extension)
            places->add(member.value(), begin, out.size());
    }
    return true;
}

bool put_value(std::string& out, json::value const& value, int depth)
{
    if (depth > max_depth)
        return false;
    switch (value.kind())
    {
    case json::kind::null:
        put_tag(out, Tag::null);
        return true;
    case json::kind::bool_:
        put_tag(out, value.get_bool() ? Tag::yes : Tag::no);
        return true;
    case json::kind::int64:
        put_tag(out, Tag::integer);
        put_varint(out, zigzag(value.get_int64()));
        return true;
    case json::kind::uint64:
        put_tag(out, Tag::natural);
        put_varint(out, value.get_uint64());
        return true;
    case json::kind::double_:
    {
        put_tag(out, Tag::real);
        double const real = value.get_double();
        char bytes[sizeof real];
        std::memcpy(bytes, &real, sizeof real);
        if constexpr (std::endian::native == std::endian::big)
            std::ranges::reverse(bytes);
        out.append(bytes, sizeof bytes);
        return true;
    }
    case json::kind::string:
        put_tag(out, Tag::string);
        put_string(out, value.get_string());
        return true;
    case json::kind::array:
        put_tag(out, Tag::array);
        put_varint(out, value.get_array().size());
        for (json::value const& element : value.get_array())
            if (!put_value(out, element, depth + 1))
                return false;
        return true;
    case json::kind::object:
        put_tag(out, Tag::object);
        return put_members(out, value.get_object(), {}, depth + 1);
    }
    return false;
}

bool take_members(std::string_view& in, json::object& object, int depth);

bool is_string(std::string_view in) noexcept { return in.starts_with(static_cast<char>(Tag::string)); }

bool take_value(std::string_view& in, json::value& out, int depth)
{
    unsigned char byte = 0;
    if (depth > max_depth || !take_byte(in, byte))
        return false;
    std::uint64_t number = 0;
    switch (static_cast<Tag>(byte))
    {
    case Tag::null:
        return true; // `out` is null already
    case Tag::no:
    case Tag::yes:
        out.emplace_bool() = static_cast<Tag>(byte) == Tag::yes;
        return true;
    case Tag::integer:
        if (!take_varint(in, number))
            return false;
        out.emplace_int64() = unzigzag(number);
        return true;
    case Tag::natural:
        if (!take_varint(in, number))
            return false;
        out.emplace_uint64() = number;
        return true;
    case Tag::real:
    {
        char bytes[sizeof(double)];
        if (in.size() < sizeof bytes)
            return false;
        std::memcpy(bytes, in.data(), sizeof bytes);
        in.remove_prefix(sizeof bytes);
        if constexpr (std::endian::native == std::endian::big)
            std::ranges::reverse(bytes);
        std::memcpy(&out.emplace_double(), bytes, sizeof bytes);
        return true;
    }
    case Tag::string:
    {
        std::string_view text;
        if (!take_string(in, text))
            return false;
        out.emplace_string().assign(text);
        return true;
    }
    case Tag::array:
    {
        // Every element takes a byte at least: a damaged count cannot ask for more memory than the record has.
        if (!take_varint(in, number) || number > in.size())
            return false;
        json::array& array = out.emplace_array();
        array.reserve(number);
        for (; number > 0; --number)
            if (!take_value(in, array.emplace_back(nullptr), depth + 1))
                return false;
        return true;
    }
    case Tag::object:
        return take_members(in, out.emplace_object(), depth + 1);
    }
    return false;
}

bool take_members(std::string_view& in, json::object& object, int depth)
{
    std::uint64_t count = 0;
    if (!take_varint(in, count) || count > in.size())
        return false;
    object.reserve(count);
    for (; count > 0; --count)
    {
        std::string_view name;
        if (!take_string(in, name))
            return false;
        std::string_view text;
        if (depth <= max_depth && is_string(in)) // most are, and these need not be made twice
        {
            in.remove_prefix(1);
            if (!take_string(in, text) || !object.emplace(name, text).second)
                return false;
            continue;
        }
        auto const [member, is_new] = object.emplace(name, nullptr);
        if (!is_new || !take_value(in, member->value(), depth))
            return false;
    }
    return true;
}

Error damaged() { return Error{ErrorCode::corrupt, "A stored record cannot be read."}; }

Error too_deep()
{
    return Error{ErrorCode::invalid_value,
                 "Attributes are nested deeper than " + std::to_string(max_depth) + " levels."};
}

bool take_header(std::string_view& in, RecordHeader& header, bool with_keys)
{
    unsigned char format = 0;
    std::uint64_t version = 0;
    std::uint64_t created = 0;
    std::uint64_t modified = 0;
    std::uint64_t keys = 0;
    if (!take_byte(in, format) || format != record_format || !take_varint(in, version) || !take_varint(in, created) ||
        !take_varint(in, modified) || !take_varint(in, keys) || keys > in.size())
        return false;
    header.version = Version{version};
    header.created = Instant{std::chrono::microseconds{unzigzag(created)}};
    header.last_modified = Instant{std::chrono::microseconds{unzigzag(modified)}};
    for (; keys > 0; --keys)
    {
        HeldKey key;
        if (!take_string(in, key.attribute) || !take_string(in, key.value))
            return false;
        if (with_keys)
            header.unique_keys.push_back(key);
    }
    return true;
}

} // namespace

std::optional<std::string_view> EncodedValues::find(json::value const& value, std::string_view record) const noexcept
{
    for (std::size_t tried = 0; tried < places_.size(); ++tried)
    {
        Place const& place = places_[next_];
        next_ = next_ + 1 == places_.size() ? 0 : next_ + 1;
        if (place.value == &value)
            return record.substr(place.begin, place.end - place.begin);
    }
    return std::nullopt;
}

KeySet::KeySet(std::span<HeldKey const> keys)
{
    keys_.reserve(keys.size());
    for (HeldKey const& key : keys)
        keys_.emplace_back(key.attribute, key.value);
    std::ranges::sort(keys_);
}

bool KeySet::contains(HeldKey const& key) const noexcept
{
    return std::ranges::binary_search(keys_, std::pair{key.attribute, key.value});
}

result<std::string> encode_record(Resource const& resource, Version version, std::span<HeldKey const> unique_keys,
                                  std::span<AttributeRef const> left_out, EncodedValues* places)
{
    std::string out;
    out.reserve(1'000); // more than most users have, with the seal
    out.push_back(static_cast<char>(record_format));
    put_varint(out, version.number());
    put_varint(out, zigzag(resource.created.time_since_epoch().count()));
    put_varint(out, zigzag(resource.last_modified.time_since_epoch().count()));
    put_varint(out, unique_keys.size());
    for (HeldKey const& key : unique_keys)
    {
        put_string(out, key.attribute);
        put_string(out, key.value);
    }
    if (!put_members(out, resource.attributes, left_out, 1, places))
        return too_deep();
    return out;
}

result<RecordHeader> decode_header(std::string_view record)
{
    RecordHeader header;
    if (!take_header(record, header, true))
        return damaged();
    return header;
}

result<void> decode_record(std::string_view record, Resource& out)
{
    RecordHeader header;
    if (!take_header(record, header, false) || !take_members(record, out.attributes, 1) || !record.empty())
        return damaged();
    out.version = header.version;
    out.created = header.created;
    out.last_modified = header.last_modified;
    return {};
}

bool put_json(std::string& out, json::value const& value) { return put_value(out, value, 1); }

bool take_json(std::string_view& in, json::value& out)
{
    out = nullptr;
    return take_value(in, out, 1);
}

result<std::string> encode_object(json::object const& object)
{
    std::string out;
    if (!put_members(out, object, {}, 1))
        return too_deep();
    return out;
}

result<json::object> decode_object(std::string_view bytes)
{
    json::object object;
    if (!take_members(bytes, object, 1) || !bytes.empty())
        return damaged();
    return object;
}

} // namespace scimkit::kv
