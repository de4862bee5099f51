// Who asks for what the server answers beside its service: as strictly as the service itself.
#pragma once

#include <scimkit/security/authentication.hpp>
#include <scimkit/service/message.hpp>

#include <optional>

namespace server
{

struct Entered
{
    std::optional<scimkit::Principal> principal; ///< nothing: refused
    scimkit::Response refused{};
};

/// 401 comes with the authenticator's challenge. Two Authorization headers are 400: a proxy in front may have looked at
/// the other one.
Entered enter(scimkit::Request const& request, scimkit::Authenticator& authenticator);

} // namespace server
