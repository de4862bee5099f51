// The discovery documents (RFC 7644 section 4, RFC 7643 sections 5 to 7), written once at start. They say what this
// configuration and this store really do.
#include <scimkit/core/json.hpp>
#include <scimkit/core/text.hpp>

#include "../core/percent_encoding.hpp"
#include "presenter.hpp"

namespace scimkit::service
{
namespace
{

json::object supported(bool is) { return {{"supported", is}}; }

json::object meta(std::string_view resource_type, std::string const& location)
{
    return {{"resourceType", resource_type}, {"location", location}};
}

std::string text_of(json::object const& document)
{
    std::string text;
    write_json(text, document);
    return text;
}

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

bool can_change_passwords(SchemaRegistry const& registry)
{
    return std::ranges::any_of(registry.resource_types(),
                               [](auto const& type)
                               {
                                   auto const* password = type->schema().find_attribute("password");
                                   return password && password->mutability == Mutability::write_only;
                               });
}

std::string configuration(ServiceState const& state)
{
    ServiceOptions const& options = state.options;
    json::object document{{"schemas", json::array{urn::service_provider_config}}};
    if (!options.documentation_uri.empty())
        document["documentationUri"] = options.documentation_uri;
    document["patch"] = supported(options.patch);
    document["bulk"] = {{"supported", false}, {"maxOperations", 0}, {"maxPayloadSize", 0}};
    document["filter"] = {{"supported", true}, {"maxResults", options.limits.max_page_size}};
    document["changePassword"] = supported(can_change_passwords(*options.registry));
    document["sort"] = supported(true);
    document["etag"] = supported(state.traits.versions);
    document["authenticationSchemes"] = authentication_schemes(*options.authenticator);
    document["meta"] = meta("ServiceProviderConfig", options.base_url + "/ServiceProviderConfig");
    return text_of(document);
}

std::string resource_type_document(ResourceType const& type, std::string const& base_url)
{
    json::object document{{"schemas", json::array{urn::resource_type}}, {"id", type.name()}, {"name", type.name()}};
    if (!type.definition().description.empty())
        document["description"] = type.definition().description;
    document["endpoint"] = type.endpoint();
    document["schema"] = type.schema().id;
    if (!type.extensions().empty())
    {
        json::array extensions;
        for (auto const& extension : type.extensions())
            extensions.push_back({{"schema", extension.schema->id}, {"required", extension.required}});
        document["schemaExtensions"] = std::move(extensions);
    }
    std::string location = base_url + "/ResourceTypes/";
    append_segment(location, type.name());
    document["meta"] = meta("ResourceType", location);
    return text_of(document);
}

std::string schema_document(Schema const& schema, std::string const& base_url)
{
    json::object document = to_json(schema);
    std::string location = base_url + "/Schemas/";
    append_segment(location, schema.id);
    document["meta"] = meta("Schema", location);
    return text_of(document);
}

std::string list_of(std::vector<std::string const*> const& documents)
{
    std::string list;
    begin_list(list, documents.size(), 1, documents.size());
    char const* separator = "";
    for (std::string const* document : documents)
    {
        list += separator + *document;
        separator = ",";
    }
    end_list(list);
    return list;
}

} // namespace

DiscoveryDocuments make_discovery_documents(ServiceState const& state)
{
    auto const& registry = *state.options.registry;
    std::string const& base_url = state.options.base_url;
    DiscoveryDocuments documents;
    documents.configuration = configuration(state);

    std::vector<std::string const*> types;
    for (auto const& type : registry.resource_types())
        types.push_back(&(documents.resource_type[type->name()] = resource_type_document(*type, base_url)));
    documents.resource_types = list_of(types);

    std::vector<std::string const*> schemas;
    for (Schema const& schema : registry.schemas())
        schemas.push_back(&(documents.schema[to_ascii_lower(schema.id)] = schema_document(schema, base_url)));
    documents.schemas = list_of(schemas);
    return documents;
}

} // namespace scimkit::service
