// Binary, so that reading a user parses no text. What is read is not trusted: lengths and depths are looked at, and
// damage is told.
#include "packed_values.hpp"

#include "../core/bytes.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <span>

namespace scimkit
{
namespace
{

void put_tag(std::string& out, PackedTag tag) { out.push_back(static_cast<char>(tag)); }

bool put_value(std::string& out, json::value const& value, int depth);

/// An extension's attributes are found by their own, not as a part of the extension.
bool is_uri(std::string_view name) noexcept { return name.find(':') != std::string_view::npos; }

bool put_members_at(std::string& out, json::object const& object, std::span<AttributeRef const> left_out, int depth,
                    EncodedValues* places)
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
            put_tag(out, PackedTag::object);
        bool const fits =
            extension ? put_members_at(out, *extension, {}, depth + 1, places) : put_value(out, member.value(), depth);
        if (!fits)
            return false;
        if (places && !extension)
            places->add(member.value(), begin, out.size());
    }
    return true;
}

bool put_value(std::string& out, json::value const& value, int depth)
{
    if (depth > max_packed_depth)
        return false;
    switch (value.kind())
    {
    case json::kind::null:
        put_tag(out, PackedTag::null);
        return true;
    case json::kind::bool_:
        put_tag(out, value.get_bool() ? PackedTag::yes : PackedTag::no);
        return true;
    case json::kind::int64:
        put_tag(out, PackedTag::integer);
        put_varint(out, zigzag(value.get_int64()));
        return true;
    case json::kind::uint64:
        put_tag(out, PackedTag::natural);
        put_varint(out, value.get_uint64());
        return true;
    case json::kind::double_:
    {
        put_tag(out, PackedTag::real);
        double const real = value.get_double();
        char bytes[sizeof real];
        std::memcpy(bytes, &real, sizeof real);
        if constexpr (std::endian::native == std::endian::big)
            std::ranges::reverse(bytes);
        out.append(bytes, sizeof bytes);
        return true;
    }
    case json::kind::string:
        put_tag(out, PackedTag::string);
        put_string(out, value.get_string());
        return true;
    case json::kind::array:
        put_tag(out, PackedTag::array);
        put_varint(out, value.get_array().size());
        for (json::value const& element : value.get_array())
            if (!put_value(out, element, depth + 1))
                return false;
        return true;
    case json::kind::object:
        put_tag(out, PackedTag::object);
        return put_members_at(out, value.get_object(), {}, depth + 1, nullptr);
    }
    return false;
}

/// The eight bytes of a double, low ones first.
bool take_real(std::string_view& in, double& real) noexcept
{
    char bytes[sizeof real];
    if (in.size() < sizeof bytes)
        return false;
    std::memcpy(bytes, in.data(), sizeof bytes);
    in.remove_prefix(sizeof bytes);
    if constexpr (std::endian::native == std::endian::big)
        std::ranges::reverse(bytes);
    std::memcpy(&real, bytes, sizeof bytes);
    return true;
}

bool take_members_at(std::string_view& in, json::object& object, int depth);

bool is_string(std::string_view in) noexcept { return in.starts_with(static_cast<char>(PackedTag::string)); }

bool take_value(std::string_view& in, json::value& out, int depth)
{
    unsigned char byte = 0;
    if (depth > max_packed_depth || !take_byte(in, byte))
        return false;
    std::uint64_t number = 0;
    switch (static_cast<PackedTag>(byte))
    {
    case PackedTag::null:
        return true; // `out` is null already
    case PackedTag::no:
    case PackedTag::yes:
        out.emplace_bool() = static_cast<PackedTag>(byte) == PackedTag::yes;
        return true;
    case PackedTag::integer:
        if (!take_varint(in, number))
            return false;
        out.emplace_int64() = unzigzag(number);
        return true;
    case PackedTag::natural:
        if (!take_varint(in, number))
            return false;
        out.emplace_uint64() = number;
        return true;
    case PackedTag::real:
        return take_real(in, out.emplace_double());
    case PackedTag::string:
    {
        std::string_view text;
        if (!take_string(in, text))
            return false;
        out.emplace_string().assign(text);
        return true;
    }
    case PackedTag::array:
    {
        if (!take_count(in, number))
            return false;
        json::array& array = out.emplace_array();
        array.reserve(number);
        for (; number > 0; --number)
            if (!take_value(in, array.emplace_back(nullptr), depth + 1))
                return false;
        return true;
    }
    case PackedTag::object:
        return take_members_at(in, out.emplace_object(), depth + 1);
    }
    return false;
}

bool take_members_at(std::string_view& in, json::object& object, int depth)
{
    std::uint64_t count = 0;
    if (!take_count(in, count))
        return false;
    object.reserve(count);
    for (; count > 0; --count)
    {
        std::string_view name;
        if (!take_string(in, name))
            return false;
        std::string_view text;
        if (depth <= max_packed_depth && is_string(in)) // most are, and these need not be made twice
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

bool write_packed_array(JsonText& out, std::string_view& in, int depth)
{
    std::uint64_t count = 0;
    if (!take_count(in, count))
        return false;
    out.add('[');
    for (std::uint64_t i = 0; i < count; ++i)
    {
        if (i > 0)
            out.add(',');
        if (!write_packed(out, in, depth + 1))
            return false;
    }
    out.add(']');
    return true;
}

bool write_packed_object(JsonText& out, std::string_view& in, int depth)
{
    std::uint64_t count = 0;
    if (!take_count(in, count))
        return false;
    out.add('{');
    for (std::uint64_t i = 0; i < count; ++i)
    {
        std::string_view name;
        if (!take_string(in, name))
            return false;
        if (i > 0)
            out.add(',');
        out.add_string(name);
        out.add(':');
        if (!write_packed(out, in, depth + 1))
            return false;
    }
    out.add('}');
    return true;
}

bool write_packed_number(JsonText& out, std::string_view& in, PackedTag tag)
{
    std::uint64_t number = 0;
    double real = 0;
    if (tag == PackedTag::real ? !take_real(in, real) : !take_varint(in, number))
        return false;
    std::string text;
    write_json(text, tag == PackedTag::real      ? json::value(real)
                     : tag == PackedTag::integer ? json::value(unzigzag(number))
                                                 : json::value(number));
    out.add(text);
    return true;
}

} // namespace

std::optional<std::string_view> EncodedValues::find(json::value const& value, std::string_view bytes) const noexcept
{
    for (std::size_t tried = 0; tried < places_.size(); ++tried)
    {
        Place const& place = places_[next_];
        next_ = next_ + 1 == places_.size() ? 0 : next_ + 1;
        if (place.value == &value)
            return bytes.substr(place.begin, place.end - place.begin);
    }
    return std::nullopt;
}

Error too_deeply_nested()
{
    return Error{ErrorCode::invalid_value,
                 "Attributes are nested deeper than " + std::to_string(max_packed_depth) + " levels."};
}

bool put_members(std::string& out, json::object const& object, std::span<AttributeRef const> left_out,
                 EncodedValues* places)
{
    return put_members_at(out, object, left_out, 1, places);
}

bool take_members(std::string_view& in, json::object& object) { return take_members_at(in, object, 1); }

bool put_json(std::string& out, json::value const& value) { return put_value(out, value, 1); }

bool take_json(std::string_view& in, json::value& out)
{
    out = nullptr;
    return take_value(in, out, 1);
}

namespace
{

/// Most are texts, and these need no call.
bool skip_element(std::string_view& in, int depth) noexcept
{
    if (depth > max_packed_depth || !is_string(in))
        return skip_packed(in, depth);
    in.remove_prefix(1);
    std::string_view text;
    return take_string(in, text);
}

} // namespace

bool skip_packed(std::string_view& in, int depth) noexcept
{
    auto const tag = next_tag(in);
    if (depth > max_packed_depth || !tag)
        return false;
    in.remove_prefix(1);
    std::uint64_t number = 0;
    std::string_view text;
    double real = 0;
    switch (*tag)
    {
    case PackedTag::null:
    case PackedTag::no:
    case PackedTag::yes:
        return true;
    case PackedTag::integer:
    case PackedTag::natural:
        return take_varint(in, number);
    case PackedTag::real:
        return take_real(in, real);
    case PackedTag::string:
        return take_string(in, text);
    case PackedTag::array:
    case PackedTag::object:
        if (!take_count(in, number))
            return false;
        for (; number > 0; --number)
            if ((tag == PackedTag::object && !take_string(in, text)) || !skip_element(in, depth + 1))
                return false;
        return true;
    }
    return false;
}

bool write_packed(JsonText& out, std::string_view& in, int depth)
{
    auto const tag = next_tag(in);
    if (depth > max_packed_depth || !tag)
        return false;
    in.remove_prefix(1);
    std::string_view text;
    switch (*tag)
    {
    case PackedTag::null:
        out.add("null");
        return true;
    case PackedTag::no:
        out.add("false");
        return true;
    case PackedTag::yes:
        out.add("true");
        return true;
    case PackedTag::integer:
    case PackedTag::natural:
    case PackedTag::real:
        return write_packed_number(out, in, *tag);
    case PackedTag::string:
        if (!take_string(in, text))
            return false;
        out.add_string(text);
        return true;
    case PackedTag::array:
        return write_packed_array(out, in, depth);
    case PackedTag::object:
        return write_packed_object(out, in, depth);
    }
    return false;
}

result<std::string> encode_object(json::object const& object)
{
    std::string out;
    if (!put_members(out, object))
        return too_deeply_nested();
    return out;
}

result<json::object> decode_object(std::string_view bytes)
{
    json::object object;
    if (!take_members(bytes, object) || !bytes.empty())
        return Error{ErrorCode::corrupt, "A stored record cannot be read."};
    return object;
}

} // namespace scimkit
