// ApplicationStore: the application's users and groups, exposed to SCIM.
#pragma once

#include <scimkit/store/small_store.hpp>

#include <memory>
#include <string>

namespace sample
{

/// Opens or creates the application's database. Throws std::runtime_error if that fails. The registry must outlive
/// the store. The tables have no column for a tenant, so the store ignores which one asks: all see the same users. An
/// application with tenants has such a column, and names it in every statement.
std::shared_ptr<scimkit::SmallStore> open_application_store(std::string const& file,
                                                            scimkit::SchemaRegistry const& registry);

} // namespace sample
