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
namespace json = scimkit::json;

namespace
{

constexpr std::size_t max_line_bytes = std::size_t{1} << 20; // of a file that is replayed; then it is none

/// Those that say what is asked. Credentials and the connection are of whoever sends it now.
constexpr std::array headers_to_send{"accept", "content-type",     "if-match",    "if-none-match",
                                     "prefer", "scim-bulk-atomic", "scim-dry-run"};

std::string text_of(json::object const& record, std::string_view name)
{
    auto const* const value = record.if_contains(name);
    return value && value->is_string() ? std::string{value->get_string()} : std::string{};
}

std::int64_t number_of(json::object const& record, std::string_view name)
{
    auto const* const value = record.if_contains(name);
    return value && value->is_int64() ? value->get_int64() : 0;
}

void add_headers(Replayed& made, json::object const& record)
{
    auto const* const headers = record.if_contains("requestHeaders");
    if (!headers || !headers->is_array())
        return;
    for (auto const& each : headers->get_array())
    {
        if (!each.is_object())
            continue;
        auto name = text_of(each.get_object(), "name");
        if (std::ranges::find(headers_to_send, scimkit::to_ascii_lower(name)) != headers_to_send.end())
            made.headers.push_back({std::move(name), text_of(each.get_object(), "value")});
    }
}

/// Empty: nothing stands in the way.
std::string reason_to_skip(json::object const& record, bool dry_run)
{
    auto const root = text_of(record, "root");
    if (root.empty() || !text_of(record, "path").starts_with(root))
        return "it was for no SCIM root";
    if (number_of(record, "requestBytes") > 0 && text_of(record, "requestBody").empty())
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
    if (!parsed || !parsed->is_object() || text_of(parsed->get_object(), "method").empty())
        return Error{ErrorCode::invalid_value, "it is no record of a request"};
    auto const& record = parsed->get_object();
    Replayed made{.method = text_of(record, "method"),
                  .target = text_of(record, "path"),
                  .body = text_of(record, "requestBody"),
                  .status = static_cast<int>(number_of(record, "status"))};
    made.skip = reason_to_skip(record, dry_run);
    if (made.skip.empty())
        made.target.erase(0, text_of(record, "root").size());
    if (auto const query = text_of(record, "query"); !query.empty())
        made.target += "?" + query;
    add_headers(made, record);
    if (made.method == "POST" && made.status == 201)
        made.id = id_in(text_of(record, "responseBody"));
    return made;
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
