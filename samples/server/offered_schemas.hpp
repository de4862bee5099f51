// Which extensions tenants have, and which they may have besides; for the page of the administration.
#pragma once

#include <scimkit/core/json.hpp>
#include <scimkit/tenants/tenants.hpp>

#include "configuration.hpp"

namespace server
{

/// Extensions of the resource types that the tenant offers. Empty, if its profile cannot be had with the server's
/// schemas; then it is not served either.
scimkit::json::array extensions_of(scimkit::Tenant const& tenant, Configuration const& configuration);

/// Files that tenants may name, with what each has, or why it cannot be named. `files` is null without a directory.
scimkit::json::object schema_files(Configuration const& configuration);

} // namespace server
