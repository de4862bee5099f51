// Small, and apart from the page's routes, so that each rule stands in one place.
#include "page_request.hpp"

#include <scimkit/core/text.hpp>

#include <algorithm>
#include <utility>

namespace server
{

using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::Request;
using scimkit::Response;
namespace json = scimkit::json;

std::string_view header_of(Request const& request, std::string_view name) noexcept
{
    for (auto const& header : request.headers)
        if (scimkit::equal_ascii_ignoring_case(header.name, name))
            return header.value;
    return {};
}

std::string_view cookie_of(Request const& request, std::string_view name) noexcept
{
    for (auto const& header : request.headers)
    {
        if (!scimkit::equal_ascii_ignoring_case(header.name, "Cookie"))
            continue;
        for (auto rest = header.value; !rest.empty();)
        {
            auto const end = std::min(rest.find(';'), rest.size());
            auto cookie = rest.substr(0, end);
            rest.remove_prefix(std::min(end + 1, rest.size()));
            cookie.remove_prefix(std::min(cookie.find_first_not_of(' '), cookie.size()));
            if (cookie.size() > name.size() && cookie.starts_with(name) && cookie[name.size()] == '=')
                return cookie.substr(name.size() + 1);
        }
    }
    return {};
}

std::string_view path_of_target(std::string_view target) noexcept { return target.substr(0, target.find('?')); }

bool is_safe_method(std::string_view method) noexcept { return method == "GET" || method == "HEAD"; }

namespace
{

/// A name that somebody else's name server can point here is not among them.
bool is_this_machine(std::string_view host) noexcept
{
    for (std::string_view const name : {"127.0.0.1", "localhost", "[::1]"})
        if (host.starts_with(name) && (host.size() == name.size() || host[name.size()] == ':'))
            return true;
    return false;
}

} // namespace

bool is_of_same_origin(Request const& request, std::string_view origin)
{
    if (auto const site = header_of(request, "Sec-Fetch-Site"); !site.empty() && site != "same-origin")
        return false;
    auto const said = header_of(request, "Origin");
    if (said.empty()) // no browser: it has the cookie and the token, or it has nothing
        return true;
    if (!origin.empty())
        return said == origin;
    auto const host = header_of(request, "Host");
    return is_this_machine(host) && said == "http://" + std::string{host};
}

scimkit::result<json::object> json_body(Request const& request)
{
    auto const type = header_of(request, "Content-Type");
    if (!scimkit::equal_ascii_ignoring_case(type.substr(0, type.find(';')), "application/json"))
        return Error{ErrorCode::unsupported_media_type, "The body has to be application/json."};
    auto parsed = scimkit::parse_json(request.body, {.max_bytes = std::size_t{64} << 10});
    if (!parsed)
        return parsed.error();
    if (!parsed->is_object())
        return Error{ErrorCode::invalid_syntax, "The body has to be a JSON object."};
    return std::move(parsed->get_object());
}

std::string text_in(json::object const& object, std::string_view name)
{
    auto const* const value = object.if_contains(name);
    return value && value->is_string() ? std::string{value->get_string()} : std::string{};
}

Response json_response(int status, json::value const& value)
{
    Response response{.status = status, .headers = {{"Content-Type", "application/json"}}};
    scimkit::write_json(response.body, value);
    return response;
}

Response refusal(ErrorCode code, std::string detail) { return scimkit::error_response({code, std::move(detail)}); }

} // namespace server
