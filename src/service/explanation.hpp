// What an error body says beyond RFC 7644 section 3.12, for an administrator who wonders what to do about a refusal:
// the requirement, where it stands, and the setting that would have let the request pass.
#pragma once

#include <scimkit/core/error.hpp>

#include <string>

namespace scimkit::service
{

/// The name of what follows in an error body; not one of its `schemas` (RFC 7644 section 3.1).
inline constexpr std::string_view explanation_uri = "urn:scimkit:params:scim:api:messages:2.0:ErrorExplanation";

/// A row of the requirements (docs/conformance.md), and its place in an RFC.
struct Requirement
{
    std::string_view id;  ///< "7644-3.5.2-e"; empty: it is one of HTTP
    std::string_view rfc; ///< "RFC 7644 section 3.5.2"
};

/// What was not obeyed: what the setting is about, or where there is none what the code is about. Null: of a 401, which
/// tells nobody anything, and of the service's own failures.
Requirement const* requirement_of(Error const& error) noexcept;

/// Writes the member of an error body that explains it by the requirement, after a comma.
void write_explanation(std::string& body, Error const& error, Requirement const& requirement);

} // namespace scimkit::service
