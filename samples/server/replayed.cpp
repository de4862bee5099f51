// A record says what was sent; what is missing of it, or was taken out, cannot be sent again as it was, and that is
// said rather than made up.
#include "replayed.hpp"

#include <scimkit/core/text.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace server
{

using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::result;
using scimkit::text_of;
namespace json = scimkit::json;

namespace
{

constexpr std::size_t max_line_bytes = std::size_t{1} << 20; // of a file that is replayed; then it is none

/// Those that say what is asked. Credentials and the connection are of whoever sends it now.
constexpr std::array headers_to_send{"accept", "content-type",     "if-match",    "if-none-match",
                                     "prefer", "scim-bulk-atomic", "scim-dry-run"};
constexpr auto dry_run_header = "scim-dry-run";

std::int64_t whole_number_of(json::object const& record, std::string_view name)
{
    auto const* const value = record.if_contains(name);
    return value && value->is_int64() ? value->get_int64() : 0;
}

/// A file may come from anywhere, and is sent with a credential: a text with a line end would be a second request.
bool is_one_line(std::string_view text) noexcept
{
    return std::ranges::all_of(text, [](char c)
                               { return (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) || c == '\t'; });
}

bool is_method(std::string_view text) noexcept
{
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

/// Behind a root something begins anew, or it is a longer name: of a host, where the URL has no path.
bool stays_below(std::string_view target)
{
    if (!target.empty() && target.front() != '/' && target.front() != '?')
        return false;
    if (!std::ranges::all_of(target, [](char c) { return c > ' ' && c < 0x7F && c != '#' && c != '\\'; }))
        return false;
    for (auto path = target.substr(0, target.find('?')); !path.empty();)
    {
        auto const end = std::min(path.find('/', 1), path.size());
        auto segment = scimkit::to_ascii_lower(path.substr(0, end));
        for (auto at = segment.find("%2e"); at != std::string::npos; at = segment.find("%2e"))
            segment.replace(at, 3, ".");
        if (segment == "/." || segment == "/..")
            return false;
        path.remove_prefix(end);
    }
    return true;
}

/// A dry run has its own word for whether it is one.
void add_headers(Replayed& made, json::object const& record, bool dry_run)
{
    auto const* const headers = record.if_contains("requestHeaders");
    if (!headers || !headers->is_array())
        return;
    for (auto const& each : headers->get_array())
    {
        if (!each.is_object())
            continue;
        auto name = text_of(each.get_object(), "name");
        auto const lower = scimkit::to_ascii_lower(name);
        if (std::ranges::find(headers_to_send, lower) == headers_to_send.end() || (dry_run && lower == dry_run_header))
            continue;
        auto value = text_of(each.get_object(), "value");
        if (!is_one_line(value))
            made.skip = "a header has no value that could be sent";
        made.headers.push_back({std::move(name), std::move(value)});
    }
}

/// Empty: nothing stands in the way.
std::string reason_to_skip(json::object const& record, bool dry_run)
{
    auto const root = text_of(record, "root");
    if (root.empty() || !text_of(record, "path").starts_with(root))
        return "it was for no SCIM root";
    if (whole_number_of(record, "requestBytes") > 0 && text_of(record, "requestBody").empty())
        return "its body was not kept";
    auto const* const redacted = record.if_contains("redacted");
    bool const writes = text_of(record, "method") != "GET" && text_of(record, "method") != "HEAD";
    if (redacted && redacted->is_bool() && redacted->get_bool() && !(dry_run && writes))
        return "something of it was not kept";
    return {};
}

} // namespace

result<Replayed> replayed_of(std::string_view line, bool dry_run)
{
    auto parsed = scimkit::parse_json(line, {.max_bytes = max_line_bytes});
    if (!parsed || !parsed->is_object() || !is_method(text_of(parsed->get_object(), "method")))
        return Error{ErrorCode::invalid_value, "it is no record of a request."};
    auto const& record = parsed->get_object();
    Replayed made{.method = text_of(record, "method"),
                  .target = text_of(record, "path"),
                  .body = text_of(record, "requestBody"),
                  .status = static_cast<int>(whole_number_of(record, "status"))};
    made.skip = reason_to_skip(record, dry_run);
    if (made.skip.empty())
        made.target.erase(0, text_of(record, "root").size());
    if (auto const query = text_of(record, "query"); !query.empty())
        made.target += "?" + query;
    if (made.skip.empty() && !stays_below(made.target))
        made.skip = "it leads to another place than below the root";
    add_headers(made, record, dry_run);
    if (made.method == "POST" && made.status == 201)
        made.id = id_in(text_of(record, "responseBody"));
    return made;
}

bool writes(Replayed const& made)
{
    std::string_view const path = std::string_view{made.target}.substr(0, made.target.find('?'));
    return made.method != "GET" && made.method != "HEAD" && !(made.method == "POST" && path.ends_with("/.search"));
}

std::string with_new_ids(std::string text, NewIds const& ids)
{
    for (auto const& [old, now] : ids)
        for (auto at = text.find(old); at != std::string::npos; at = text.find(old, at + now.size()))
            text.replace(at, old.size(), now);
    return text;
}

std::string id_in(std::string_view body)
{
    auto const parsed = scimkit::parse_json(body, {.max_bytes = max_line_bytes});
    return parsed && parsed->is_object() ? text_of(parsed->get_object(), "id") : std::string{};
}

} // namespace server
