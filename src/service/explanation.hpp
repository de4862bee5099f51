// What an error body says beyond RFC 7644 section 3.12, for an administrator who wonders what to do about a refusal:
// the requirement, where it stands, and the setting that would have let the request pass.
#pragma once

#include <scimkit/core/error.hpp>
#include <scimkit/security/authentication.hpp>

#include <optional>
#include <string>

namespace scimkit::service
{

/// The name of what follows in an error body; not one of its `schemas` (RFC 7644 section 3.1).
inline constexpr std::string_view explanation_uri = "urn:scimkit:params:scim:api:messages:2.0:ErrorExplanation";

/// A row of the requirements (docs/conformance.md), or a place of HTTP, which has none.
struct Requirement
{
    std::string_view id{};    ///< "7644-3.5.2-e"; empty: it is one of HTTP
    std::string_view place{}; ///< then: "RFC 9110 section 15.5.9"

    /// "RFC 7644 section 3.5.2"
    std::string reference() const;
};

/// What was not obeyed: what the setting is about, or else what the error says itself, or else what the code is about.
/// Nothing: of a 401, which tells nobody anything, and of the service's own failures.
std::optional<Requirement> requirement_of(Error const& error) noexcept;

/// The Error with the requirement that the operation has of its own for such a fault, where it says nothing better.
Error with_requirement(Error error, std::optional<Access::Operation> operation);

/// Writes the member of an error body that explains it by the requirement, after a comma.
void write_explanation(std::string& body, Error const& error, Requirement const& requirement);

} // namespace scimkit::service
