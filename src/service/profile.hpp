// What a service has to obey because of its profile.
#pragma once

#include <scimkit/service/service.hpp>

namespace scimkit::service
{

/// Gives options the tolerance of their profile, where they have the default one. Before defaults are filled in.
void take_tolerance(ServiceOptions& options);

/// The definitions of RFC 7643, as the profile, if there is one, wants them.
result<std::shared_ptr<SchemaRegistry const>> default_registry(Profile const* profile);

/// Whether the rulings of what the profile announces hold. Nothing: it announces nothing.
std::optional<bool> announced_by_profile(ServiceOptions const& options);

} // namespace scimkit::service
