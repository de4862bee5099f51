// ApplicationStore: the application's users and groups, exposed to SCIM.
#pragma once

#include <scimkit/store/small_store.hpp>

#include <memory>
#include <string>

namespace sample
{

/// Opens or creates the application's database. Throws std::runtime_error if that fails. The registry must outlive
/// the store.
std::shared_ptr<scimkit::SmallStore> open_application_store(std::string const& file,
                                                            scimkit::SchemaRegistry const& registry);

} // namespace sample
