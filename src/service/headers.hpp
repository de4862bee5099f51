// Request headers that the service reads: finding them, taking lists apart, media types.
#pragma once

#include <scimkit/service/service.hpp>

#include <string_view>

namespace scimkit::service
{

inline constexpr std::string_view scim_media_type = "application/scim+json";
inline constexpr std::string_view json_media_type = "application/json";

/// The value of the first header of that name, ignoring case; empty if there is none.
std::string_view find_header(Request const& request, std::string_view name) noexcept;

/// Without blanks at its ends.
std::string_view trim(std::string_view text) noexcept;

/// Cuts off and returns what stands before the first `separator`, trimmed.
std::string_view take_before(std::string_view& text, char separator) noexcept;

/// Whether a body of this request is JSON as SCIM sends it (RFC 7644 section 3.8). Parameters are ignored. `lenient`
/// also takes application/json and a body that says nothing. Error: unsupported_media_type.
result<void> check_content_type(Request const& request, bool lenient);

/// application/json where `Accept` prefers it to application/scim+json, and `allow_json`; else application/scim+json.
/// No request is refused for its Accept header: identity providers send all kinds.
std::string_view choose_media_type(Request const& request, bool allow_json);

/// What an error body holds for the sender of a request, by its `Accept`.
ErrorBody error_body_for(Request const& request, ErrorExplanations explanations) noexcept;

} // namespace scimkit::service
