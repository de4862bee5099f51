// Who asks for what the server answers beside its service: as strictly as the service itself.
#pragma once

#include <scimkit/security/authentication.hpp>
#include <scimkit/service/message.hpp>
#include <scimkit/tenants/tenants.hpp>

#include <optional>

namespace server
{

struct Entered
{
    std::optional<scimkit::Principal> principal; ///< nothing: refused
    scimkit::Response refused{};
};

/// 401 comes with the authenticator's challenge. Two Authorization headers are 400: a proxy in front may have looked at
/// the other one. Whose good credentials are refused is said, the tenant only where `tenants` (null: there are none)
/// knows it: an issuer of tokens may name any, and each would be a label of metrics.
Entered enter(scimkit::Request const& request, scimkit::Authenticator& authenticator,
              scimkit::TenantDirectory const* tenants);

} // namespace server
