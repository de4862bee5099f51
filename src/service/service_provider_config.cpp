// ServiceProviderConfig (RFC 7643 section 5): what this configuration and this store really do, and nothing that they
// do not.
#include <scimkit/core/json.hpp>
#include <scimkit/schema/registry.hpp>

#include "announcements.hpp"
#include "discovery_documents.hpp"

#include <algorithm>

namespace scimkit::service
{
namespace
{

json::object supported(bool is) { return {{"supported", is}}; }

json::array authentication_schemes(Authenticator const& authenticator)
{
    json::array schemes;
    for (AuthenticationScheme const& scheme : authenticator.schemes())
    {
        json::object entry{{"type", scheme.type}, {"name", scheme.name}, {"description", scheme.description}};
        if (!scheme.spec_uri.empty())
            entry["specUri"] = scheme.spec_uri;
        if (!scheme.documentation_uri.empty())
            entry["documentationUri"] = scheme.documentation_uri;
        if (scheme.primary)
            entry["primary"] = true;
        schemes.emplace_back(std::move(entry));
    }
    return schemes;
}

json::object bulk(ServiceOptions const& options)
{
    auto const& limits = options.limits;
    return {{"supported", options.bulk},
            {"maxOperations", options.bulk ? limits.max_bulk_operations : 0},
            {"maxPayloadSize", options.bulk ? std::min(limits.max_bulk_bytes, limits.max_body_bytes) : 0}};
}

/// RFC 9865 section 4.
json::object pagination(ServiceOptions const& options)
{
    auto const& limits = options.limits;
    json::object announced{{"cursor", true},
                           {"index", true},
                           {"defaultPaginationMethod", options.default_paging == Paging::cursor ? "cursor" : "index"},
                           {"maxPageSize", limits.max_page_size},
                           {"cursorTimeout", limits.cursor_timeout.count()}};
    if (limits.default_page_size > 0) // a size of 0 is legal here, and not there
        announced["defaultPageSize"] = limits.default_page_size;
    return announced;
}

/// draft-sehgal-scim-delta-query-01: ServiceProviderConfig.
json::object delta_query(ServiceState const& state)
{
    json::array supported{"ServerRoot"};
    for (auto const& type : state.options.registry->resource_types())
        if (!state.plan_of(*type).is_membership) // the log has their groups
            supported.emplace_back(type->name());
    return {{"supported", true},
            {"deltaTokenExpiry", state.options.limits.delta_timeout.count()},
            {"supportedResources", std::move(supported)}};
}

bool can_change_passwords(SchemaRegistry const& registry)
{
    return std::ranges::any_of(registry.resource_types(),
                               [](auto const& type)
                               {
                                   auto const* password = type->schema().find_attribute("password");
                                   return password && password->mutability == Mutability::write_only;
                               });
}

} // namespace

std::string service_provider_config(ServiceState const& state)
{
    ServiceOptions const& options = state.options;
    json::object document{{"schemas", json::array{urn::service_provider_config}}};
    if (!options.documentation_uri.empty())
        document["documentationUri"] = options.documentation_uri;
    document["patch"] = supported(options.patch);
    document["bulk"] = bulk(options);
    if (options.cursor_paging)
        document["pagination"] = pagination(options);
    if (options.delta_query)
        document["DeltaQuery"] = delta_query(state);
    document["filter"] = {{"supported", true}, {"maxResults", options.limits.max_page_size}};
    document["changePassword"] = supported(can_change_passwords(*options.registry));
    document["sort"] = supported(true);
    document["etag"] = supported(state.traits.versions);
    document["authenticationSchemes"] = authentication_schemes(*options.authenticator);
    for (Announcement& announced : announcements(options))
        document[announced.definition.name] = std::move(announced.value);
    document["meta"] = discovery_meta("ServiceProviderConfig", options.base_url + "/ServiceProviderConfig");
    return discovery_text(document);
}

} // namespace scimkit::service
