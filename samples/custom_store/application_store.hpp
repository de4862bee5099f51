// ApplicationStore: the application's users and groups, exposed to SCIM.
#pragma once

#include <scimkit/store/small_store.hpp>

#include "sqlite.hpp"

#include <memory>
#include <string>

namespace sample
{

/// What the tables have columns for, and nothing else. An e-mail address is one of work, since there is one column.
std::shared_ptr<scimkit::SchemaRegistry const> application_registry();

class ApplicationStore : public scimkit::SmallStore
{
public:
    /// The resources that a statement finds; it selects what sql::users and sql::groups select.
    virtual scimkit::result<void> select(scimkit::ResourceType const& type, char const* statement,
                                         std::vector<Value> const& parameters,
                                         scimkit::function_ref<bool(scimkit::Resource&&)> sink) = 0;
};

/// Opens or creates the application's database. Throws std::runtime_error if that fails. The registry must outlive
/// the store. The tables have no column for a tenant, so the store ignores which one asks: all see the same users. An
/// application with tenants has such a column, and names it in every statement.
std::shared_ptr<ApplicationStore> open_application_store(std::string const& file,
                                                         scimkit::SchemaRegistry const& registry);

} // namespace sample
