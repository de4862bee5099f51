// What the page's requests have in common: headers, cookies, JSON.
#pragma once

#include <scimkit/core/json.hpp>
#include <scimkit/service/message.hpp>

#include <string>
#include <string_view>

namespace server
{

/// The value of the first header of that name; empty if there is none.
std::string_view header_of(scimkit::Request const& request, std::string_view name) noexcept;

/// The value of the first cookie of that name; empty if there is none.
std::string_view cookie_of(scimkit::Request const& request, std::string_view name) noexcept;

/// "/x/y" of "/x/y?z".
std::string_view path_of_target(std::string_view target) noexcept;

bool is_safe_method(std::string_view method) noexcept;

/// Whether the page itself sends it, as far as a browser says: another site's form or script is told by Origin and
/// Sec-Fetch-Site. `origin` empty: http, and the host that was asked for, if that is a name of this machine.
bool is_of_same_origin(scimkit::Request const& request, std::string_view origin);

/// The body, which has to be a JSON object. Errors: invalid_syntax, unsupported_media_type (so that no form of another
/// site can send it).
scimkit::result<scimkit::json::object> json_body(scimkit::Request const& request);

/// Empty if there is none.
std::string text_in(scimkit::json::object const& object, std::string_view name);

scimkit::Response json_response(int status, scimkit::json::value const& value);

/// An error as SCIM says it.
scimkit::Response refusal(scimkit::ErrorCode code, std::string detail);

} // namespace server
