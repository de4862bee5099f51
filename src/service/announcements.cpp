// Each block says what is so: it is made of the registry and the options, never of what somebody wished for.
#include "announcements.hpp"

#include <scimkit/schema/registry.hpp>
#include <scimkit/tolerance/profile.hpp>

#include "profile.hpp"

#include <string>
#include <utility>

namespace scimkit::service
{
namespace
{

bool has(SchemaRegistry const& registry, std::string_view schema)
{
    for (auto const& type : registry.resource_types())
        if (type->schema().id == schema)
            return true;
    return false;
}

/// The definition of a value, as far as JSON tells.
Attribute definition_of(std::string name, json::value const& value, std::string description = {})
{
    Attribute definition{.name = std::move(name), .description = std::move(description)};
    definition.mutability = Mutability::read_only;
    if (value.is_bool())
        definition.type = AttributeType::boolean;
    definition.multi_valued = value.is_array();
    if (auto const* members = value.if_object())
    {
        definition.type = AttributeType::complex;
        for (auto const& [member, inner] : *members)
            definition.sub_attributes.push_back(definition_of(std::string{member}, inner));
    }
    return definition;
}

/// What the users' attribute, `roles` or `entitlements`, can hold.
json::object assignable(SchemaRegistry const& registry, std::string_view name, bool supported, std::string_view many)
{
    json::object block{{"supported", supported}};
    auto const* user = registry.find_schema(urn::user);
    auto const* attribute = user ? user->find_attribute(name) : nullptr;
    if (!attribute)
        return block;
    auto const* type = attribute->find_sub_attribute("type");
    block[many] = attribute->multi_valued;
    block["primarySupported"] = attribute->find_sub_attribute("primary") != nullptr;
    block["typeSupported"] = type != nullptr;
    if (type && !type->canonical_values.empty())
    {
        json::array types;
        for (std::string const& each : type->canonical_values)
            types.emplace_back(each);
        block["types"] = std::move(types);
    }
    return block;
}

} // namespace

std::vector<Announcement> announcements(ServiceOptions const& options)
{
    std::vector<Announcement> all;
    auto const add = [&](std::string name, json::value value, std::string description)
    {
        auto definition = definition_of(std::move(name), value, std::move(description));
        all.push_back({std::move(definition), std::move(value)});
    };
    auto const& registry = *options.registry;
    if (auto const holds = announced_by_profile(options))
        add(options.profile->announced, *holds, "Whether all that " + options.profile->name + " asks for holds.");
    bool const roles = has(registry, "urn:ietf:params:scim:schemas:core:2.0:Role");
    bool const entitlements = has(registry, "urn:ietf:params:scim:schemas:core:2.0:Entitlement");
    if (roles || entitlements)
        add("RolesAndEntitlements",
            json::object{
                {"roles", assignable(registry, "roles", roles, "multipleRolesSupported")},
                {"entitlements", assignable(registry, "entitlements", entitlements, "multipleEntitlementsSupported")}},
            "Which catalogues of roles and entitlements there are.");
    bool const agents = has(registry, "urn:ietf:params:scim:schemas:core:2.0:Agent");
    bool const applications = has(registry, "urn:ietf:params:scim:schemas:core:2.0:AgenticApplication");
    if (agents || applications)
        add("agentExtension",
            json::object{
                {"supported", true}, {"agentsSupported", agents}, {"agenticApplicationsSupported", applications}},
            "Which resources of agents there are.");
    if (!options.security_events.empty() || options.async_requests)
    {
        json::object events{{"asyncRequest", options.async_requests ? "request" : "none"}};
        if (!options.security_events.empty())
        {
            json::array uris;
            for (std::string const& uri : options.security_events)
                uris.emplace_back(uri);
            events["eventUris"] = std::move(uris);
        }
        add("securityEvents", std::move(events),
            "Which security events receivers are told of, and whether requests may be carried out later.");
    }
    return all;
}

} // namespace scimkit::service
