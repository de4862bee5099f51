// How a catalogue is written down: text that any build can read as far as the format version.
#include <scimkit/core/json.hpp>

#include "catalog.hpp"
#include "seal.hpp"

#include <charconv>

namespace scimkit::kv
{
namespace
{

constexpr std::string_view magic = "scimkit-kv";

json::array to_array(std::vector<std::string> const& names)
{
    json::array array;
    for (std::string const& name : names)
        array.emplace_back(name);
    return array;
}

bool read_names(json::object const& object, std::string_view member, std::vector<std::string>& out)
{
    auto const* value = object.if_contains(member);
    auto const* array = value ? value->if_array() : nullptr;
    if (!array)
        return false;
    for (json::value const& name : *array)
    {
        auto const* text = name.if_string();
        if (!text)
            return false;
        out.emplace_back(*text);
    }
    return true;
}

constexpr std::string_view check_member = ",\"check\":";

/// Whether the text ends with a checksum of what stands before it.
bool is_sound(std::string_view text)
{
    auto const place = text.rfind(check_member);
    if (place == std::string_view::npos)
        return false;
    std::string const checked = std::string{text.substr(0, place)} + "}";
    std::string const wanted = std::string{check_member} + std::to_string(seal_of(meta_key, checked)) + "}";
    return text.substr(place) == wanted;
}

std::string to_hex(std::string_view bytes)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (char const c : bytes)
    {
        auto const byte = static_cast<unsigned char>(c);
        text.append(1, digits[byte >> 4]).append(1, digits[byte & 0x0F]);
    }
    return text;
}

std::optional<std::string> from_hex(std::string_view text)
{
    std::string bytes;
    for (; text.size() >= 2; text.remove_prefix(2))
    {
        unsigned byte = 0;
        auto const [end, error] = std::from_chars(text.data(), text.data() + 2, byte, 16);
        if (error != std::errc{} || end != text.data() + 2)
            return std::nullopt;
        bytes.push_back(static_cast<char>(byte));
    }
    return text.empty() ? std::optional{std::move(bytes)} : std::nullopt;
}

/// A key, if it is there at all.
bool read_place(json::object const& object, std::string_view member, std::optional<std::string>& out)
{
    auto const* value = object.if_contains(member);
    if (value)
        out = value->is_string() ? from_hex(value->get_string()) : std::nullopt;
    return !value || out;
}

} // namespace

std::string encode_catalog(CatalogRecord const& record)
{
    json::object object;
    object["magic"] = magic;
    object["format"] = record.format;
    object["names"] = to_array(record.names);
    object["large"] = to_array(record.large);
    object["indexes"] = record.indexes;
    if (record.sealed_to)
        object["sealed"] = to_hex(*record.sealed_to);
    if (record.rewritten_to)
        object["rewritten"] = to_hex(*record.rewritten_to);
    std::string text;
    write_json(text, object);
    if (record.format < 2)
        return text;
    std::string const check = std::to_string(seal_of(meta_key, text));
    text.pop_back();
    return text.append(check_member).append(check).append("}");
}

result<CatalogRecord> decode_catalog(std::string_view bytes)
{
    Error const foreign{ErrorCode::corrupt, "This is not a scimkit database."};
    auto const value = parse_json(bytes, {.max_bytes = std::size_t{16} << 20});
    auto const* object = value ? value->if_object() : nullptr;
    auto const* name = object ? object->if_contains("magic") : nullptr;
    if (!name || !name->is_string() || std::string_view{name->get_string()} != magic)
        return foreign;
    auto const* format = object->if_contains("format");
    if (!format || !format->is_int64())
        return foreign;
    CatalogRecord record;
    record.format = format->get_int64();
    if (record.format < 1 || record.format > database_format)
        return Error{ErrorCode::corrupt, "The database has format version " + std::to_string(record.format) +
                                             "; this build knows version " + std::to_string(database_format) + "."};
    if (record.format >= 2 && !is_sound(bytes))
        return Error{ErrorCode::corrupt, "The description of the database is damaged: its checksum does not fit."};
    if (!read_place(*object, "sealed", record.sealed_to) || !read_place(*object, "rewritten", record.rewritten_to))
        return foreign;
    auto const* indexes = object->if_contains("indexes");
    if (!indexes || !indexes->is_string() || !read_names(*object, "names", record.names) ||
        !read_names(*object, "large", record.large))
        return foreign;
    record.indexes = std::string_view{indexes->get_string()};
    return record;
}

} // namespace scimkit::kv
