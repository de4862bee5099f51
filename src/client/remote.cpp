// Reading what a server said about a resource, not about its attributes: id, version, location, time.
#include "remote.hpp"

#include <scimkit/core/text.hpp>

#include <charconv>
#include <cmath>

namespace scimkit::client
{

std::string clean_text(std::string_view text, std::size_t max_bytes)
{
    std::string clean;
    bool const utf8 = is_valid_utf8(text);
    for (std::size_t i = 0; i < text.size(); ++i)
    {
        char const c = text[i];
        if (clean.size() >= max_bytes)
        {
            while (!clean.empty() && (static_cast<unsigned char>(clean.back()) & 0xC0) == 0x80)
                clean.pop_back();
            if (!clean.empty() && static_cast<unsigned char>(clean.back()) >= 0xC0)
                clean.pop_back();
            return clean + "...";
        }
        auto const byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7F)
            clean += ' ';
        else if (utf8 && byte == 0xC2 && static_cast<unsigned char>(text[i + 1]) < 0xA0) // U+0080 to U+009F
        {
            clean += ' ';
            ++i;
        }
        else
            clean += byte >= 0x80 && !utf8 ? '?' : c;
    }
    return clean;
}

json::value const* find_name(json::object const& object, std::string_view name, bool* other_case) noexcept
{
    if (auto const found = object.find(name); found != object.end())
        return &found->value();
    for (auto const& member : object)
        if (equal_ascii_ignoring_case(member.key(), name))
        {
            if (other_case)
                *other_case = true;
            return &member.value();
        }
    return nullptr;
}

std::string_view text_at(json::object const& object, std::string_view name) noexcept
{
    auto const* const found = find_name(object, name);
    return found && found->is_string() ? std::string_view{found->get_string()} : std::string_view{};
}

bool whole_number(json::value const& value, std::uint64_t& number) noexcept
{
    if (value.is_uint64())
        number = value.get_uint64();
    else if (value.is_int64() && value.get_int64() >= 0)
        number = static_cast<std::uint64_t>(value.get_int64());
    else if (value.is_double() && value.get_double() >= 0 && value.get_double() < 9e15 &&
             std::floor(value.get_double()) == value.get_double())
        number = static_cast<std::uint64_t>(value.get_double());
    else if (value.is_string())
    {
        std::string_view const text = value.get_string();
        auto const read = std::from_chars(text.data(), text.data() + text.size(), number);
        return read.ec == std::errc{} && read.ptr == text.data() + text.size();
    }
    else
        return false;
    return true;
}

bool has_schema(json::object const& object, std::string_view uri) noexcept
{
    auto const* const schemas = find_name(object, "schemas");
    if (!schemas || !schemas->is_array())
        return false;
    for (auto const& schema : schemas->get_array())
        if (schema.is_string() && equal_ascii_ignoring_case(schema.get_string(), uri))
            return true;
    return false;
}

outcome<RemoteResource> remote_resource(json::object body, DeviationLog& deviations, std::string_view where)
{
    RemoteResource resource;
    resource.body = std::move(body);
    auto const* const id = find_name(resource.body, "id");
    if (id && id->is_string())
        resource.id = id->get_string();
    else if (std::uint64_t number = 0; id && id->is_number() && whole_number(*id, number))
    {
        if (auto noted = deviations.note(Deviation::id_form, where); !noted)
            return noted.error();
        resource.id = std::to_string(number);
    }
    if (resource.id.empty())
        if (auto noted = deviations.note(Deviation::id_missing, where); !noted)
            return noted.error();

    if (auto const* const meta = find_name(resource.body, "meta"); meta && meta->is_object())
    {
        auto const& said = meta->get_object();
        resource.version = text_at(said, "version");
        resource.location = text_at(said, "location");
        if (auto const time = parse_date_time(text_at(said, "lastModified")))
            resource.last_modified = *time;
    }
    return resource;
}

Failure malformed(std::string detail)
{
    return {FailureKind::malformed, {ErrorCode::invalid_syntax, std::move(detail)}};
}

Failure misuse(std::string detail)
{
    return {FailureKind::misuse, {ErrorCode::invalid_value, std::move(detail)}, 0, false};
}

std::string filter_string(std::string_view text)
{
    std::string quoted;
    write_json_string(quoted, text);
    return quoted;
}

} // namespace scimkit::client
