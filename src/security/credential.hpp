// Whose a request is, where subjects of several issuers meet.
#pragma once

#include <scimkit/security/authentication.hpp>

#include <string>

namespace scimkit::detail
{

/// The subject with its issuer, if it has one: the same for the same credentials, whatever they are for.
inline std::string credential_of(Principal const& principal)
{
    return principal.issuer.empty() ? principal.subject : principal.issuer + '\n' + principal.subject;
}

} // namespace scimkit::detail
