// The stores that --store and commands name.
#pragma once

#include <scimkit/store/store.hpp>

#include "configuration.hpp"

#include <memory>
#include <optional>
#include <string>

namespace server
{

/// Opens it. Errors: one sentence for the operator.
scimkit::result<std::shared_ptr<scimkit::ResourceStore>> open_store(Settings const& settings, std::string const& store);

/// The one of --store. To check, nothing is opened (it might be in use, and a store that is missing would be made):
/// then a memory store stands for any that could be.
scimkit::result<std::shared_ptr<scimkit::ResourceStore>> open_store(Settings const& settings, Purpose purpose);

/// The service, if --index names attributes that there are: once, of all types that tenants may have some of.
scimkit::result<scimkit::ServiceOptions> with_known_indexes(scimkit::ServiceOptions service, Settings const& settings);

/// Where the administration keeps what is its own: beside the store of the resources, so that no tenant is in its way.
/// A backup takes both; other commands take it instead, if they are told to.
Settings settings_of_administration(Settings settings);

/// Of "lmdb:DIR"; nothing for other stores.
std::optional<std::string> directory_of(std::string const& store);

} // namespace server
