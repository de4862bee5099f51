// A store in which nobody is switched off.
#pragma once

#include <scimkit/store/store.hpp>

#include <memory>

namespace scimkit::tenants
{

/// `inner`, with 403 for a change of `active` to false, whatever request it comes from.
std::shared_ptr<ResourceStore> no_deactivation(std::shared_ptr<ResourceStore> inner);

} // namespace scimkit::tenants
