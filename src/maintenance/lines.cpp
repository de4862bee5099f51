// Secrets stand apart, so that whoever takes the line for a resource (an import, a person) does not take a hash for a
// password.
#include "lines.hpp"

#include <scimkit/core/json.hpp>
#include <scimkit/schema/registry.hpp>

#include "../store/border.hpp"

#include <algorithm>
#include <charconv>
#include <istream>

namespace scimkit::maintenance
{
namespace
{

bool is_secret(Attribute const& attribute)
{
    return attribute.mutability == Mutability::write_only || attribute.returned == Returned::never ||
           std::ranges::any_of(attribute.sub_attributes, is_secret);
}

Attribute const* find_attribute(std::span<Attribute const> attributes, std::string_view name)
{
    auto const found = std::ranges::find(attributes, name, &Attribute::name);
    return found == attributes.end() ? nullptr : &*found;
}

bool is_secret(ResourceType const& type, std::string_view name)
{
    auto const root = type.find_root_attribute(name);
    return root && root->attribute && is_secret(*root->attribute);
}

/// The two halves of an object of attributes.
void split(json::object const& attributes, ResourceType const& type, json::object& open, json::object& secret)
{
    for (auto const& [name, value] : attributes)
    {
        Schema const* const extension = type.find_extension(name);
        if (!extension || !value.is_object())
        {
            (is_secret(type, name) ? secret : open).emplace(name, value);
            continue;
        }
        json::object open_part;
        json::object secret_part;
        for (auto const& [sub_name, sub_value] : value.get_object())
        {
            auto const* const attribute = find_attribute(extension->attributes, sub_name);
            (attribute && is_secret(*attribute) ? secret_part : open_part).emplace(sub_name, sub_value);
        }
        if (!open_part.empty() || secret_part.empty())
            open.emplace(name, std::move(open_part));
        if (!secret_part.empty())
            secret.emplace(name, std::move(secret_part));
    }
}

void write_text(std::string& out, std::string_view name, std::string_view text)
{
    write_json_string(out, name);
    out.push_back(':');
    write_json_string(out, text);
}

void write_meta(std::string& out, Resource const& resource)
{
    out += ",\"meta\":{";
    write_text(out, "resourceType", resource.type->name());
    out.push_back(',');
    write_text(out, "created", format_date_time(resource.created));
    out.push_back(',');
    write_text(out, "lastModified", format_date_time(resource.last_modified));
    if (resource.version)
    {
        out.push_back(',');
        write_text(out, "version", format_version(resource.version));
    }
    out.push_back('}');
}

result<std::string> text_in(json::object const& object, std::string_view name)
{
    auto const* const value = object.if_contains(name);
    if (!value || !value->is_string())
        return Error{ErrorCode::invalid_value, "'" + std::string{name} + "' is missing, or no text.",
                     std::string{name}};
    return std::string{value->get_string()};
}

result<Version> read_version(json::object const& meta)
{
    if (!meta.contains("version"))
        return Version{};
    auto const text = text_in(meta, "version");
    if (!text)
        return text.error();
    std::string_view digits = *text;
    Error const wrong{ErrorCode::invalid_value, "'meta.version' is none of an export.", "meta.version"};
    if (!digits.starts_with("W/\"") || !digits.ends_with('"') || digits.size() < 5)
        return wrong;
    digits = digits.substr(3, digits.size() - 4);
    std::uint64_t number = 0;
    auto const read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    constexpr std::uint64_t most = std::uint64_t{1} << 62; // the next ones have to fit
    if (read.ec != std::errc{} || read.ptr != digits.data() + digits.size() || number > most)
        return wrong;
    return Version{number};
}

result<void> read_meta(json::object const& object, SchemaRegistry const& registry, Resource& resource)
{
    auto const* const meta = object.if_contains("meta");
    if (!meta || !meta->is_object())
        return Error{ErrorCode::invalid_value, "'meta' is missing.", "meta"};
    auto const type = text_in(meta->get_object(), "resourceType");
    if (!type)
        return type.error();
    resource.type = registry.find_resource_type(*type);
    if (!resource.type)
        return Error{ErrorCode::invalid_value, "There is no resource type '" + *type + "'.", "meta.resourceType"};
    for (auto const& [name, into] :
         {std::pair{"created", &Resource::created}, std::pair{"lastModified", &Resource::last_modified}})
    {
        auto const text = text_in(meta->get_object(), name);
        auto const time = text ? parse_date_time(*text) : result<Instant>{text.error()};
        if (!time)
            return time.error();
        resource.*into = *time;
    }
    auto const version = read_version(meta->get_object());
    if (!version)
        return version.error();
    resource.version = *version;
    return {};
}

/// Extensions may be in both.
void merge(json::object& into, json::object const& more)
{
    for (auto const& [name, value] : more)
    {
        auto* const there = into.if_contains(name);
        if (there && there->is_object() && value.is_object())
            for (auto const& [sub_name, sub_value] : value.get_object())
                there->get_object().insert_or_assign(sub_name, sub_value);
        else
            into.insert_or_assign(name, value);
    }
}

} // namespace

void begin_line(std::string& out, std::string_view tenant, Resource const& resource)
{
    json::object open;
    json::object secret;
    split(resource.attributes, *resource.type, open, secret);
    out.push_back('{');
    write_text(out, "tenant", tenant);
    if (!secret.empty())
    {
        out += ",\"secrets\":";
        write_json(out, std::move(secret));
    }
    out += ",\"resource\":{\"schemas\":[";
    for (std::string_view const uri : schemas_of(*resource.type, resource.attributes))
    {
        if (out.back() != '[')
            out.push_back(',');
        write_json_string(out, uri);
    }
    out += "],";
    write_text(out, "id", resource.id);
    write_meta(out, resource);
    for (auto const& [name, value] : open)
    {
        out.push_back(',');
        write_json_string(out, name);
        out.push_back(':');
        write_json(out, value);
    }
}

void end_line(std::string& out) { out += "}}\n"; }

result<ReadLine> read_line(std::string_view line, SchemaRegistry const& registry)
{
    // The writer is this library: nothing but the length of the line bounds what is in it.
    auto const parsed = parse_json(line, {.max_bytes = line.size(), .max_depth = 80, .max_values = line.size() + 1});
    if (!parsed)
        return parsed.error();
    auto const* const object = parsed->if_object();
    auto const* const body = object ? object->if_contains("resource") : nullptr;
    if (!body || !body->is_object())
        return Error{ErrorCode::invalid_syntax, "This is no line of an export: 'resource' is missing."};
    ReadLine read;
    auto tenant = text_in(*object, "tenant");
    auto id = text_in(body->get_object(), "id");
    if (!tenant || !id)
        return tenant ? id.error() : tenant.error();
    if (id->empty() || std::ranges::any_of(*id, [](char c) { return c == 0x7f || (c >= 0 && c < ' '); }))
        return Error{ErrorCode::invalid_value, "'id' is empty or has a control character.", "id"};
    read.tenant = std::move(*tenant);
    read.resource.id = std::move(*id);
    if (auto meta = read_meta(body->get_object(), registry, read.resource); !meta)
        return meta.error();
    for (auto const& [name, value] : body->get_object())
        if (name != "schemas" && name != "id" && name != "meta")
            read.resource.attributes.emplace(name, value);
    if (auto const* const secrets = object->if_contains("secrets"); secrets && secrets->is_object())
        merge(read.resource.attributes, secrets->get_object());
    if (auto checked = check_stored(read.resource, *read.resource.type); !checked)
        return Error{ErrorCode::invalid_value, checked.error().detail};
    return read;
}

std::string_view trimmed(std::string_view text) noexcept
{
    constexpr std::string_view blanks = " \t\r";
    auto const begin = text.find_first_not_of(blanks);
    return begin == std::string_view::npos ? std::string_view{}
                                           : text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

result<bool> next_line(std::istream& in, std::string& line, std::uint64_t& bytes)
{
    line.clear();
    std::streambuf* const buffer = in.rdbuf();
    try
    {
        for (auto c = buffer->sbumpc(); c != std::char_traits<char>::eof(); c = buffer->sbumpc())
        {
            ++bytes;
            if (c == '\n')
            {
                if (!line.empty() && line.back() == '\r')
                    line.pop_back();
                return true;
            }
            if (line.size() == max_export_line_bytes)
                return Error{ErrorCode::payload_too_large,
                             "A line has more than " + std::to_string(max_export_line_bytes) + " bytes."};
            line.push_back(static_cast<char>(c));
        }
        return !line.empty();
    }
    catch (std::ios_base::failure const&) // so a file stream says that the system cannot read
    {
        return Error{ErrorCode::unavailable, "The input cannot be read."};
    }
}

} // namespace scimkit::maintenance
