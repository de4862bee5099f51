// The documents of schemas and resource types (RFC 7644 section 4, RFC 7643 sections 6 and 7), written once at start.
#include <scimkit/core/json.hpp>
#include <scimkit/core/text.hpp>
#include <scimkit/schema/registry.hpp>

#include "../core/percent_encoding.hpp"
#include "announcements.hpp"
#include "discovery_documents.hpp"
#include "presenter.hpp"

namespace scimkit::service
{
namespace
{

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
    document["meta"] = discovery_meta("ResourceType", location);
    return discovery_text(document);
}

std::string schema_document(Schema const& schema, std::string const& base_url)
{
    json::object document = to_json(schema);
    std::string location = base_url + "/Schemas/";
    append_segment(location, schema.id);
    document["meta"] = discovery_meta("Schema", location);
    return discovery_text(document);
}

/// ServiceProviderConfig is described as it is.
Schema with_announcements(Schema schema, ServiceOptions const& options)
{
    if (schema.id != urn::service_provider_config)
        return schema;
    for (Announcement& announced : announcements(options))
        schema.attributes.push_back(std::move(announced.definition));
    return schema;
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

json::object discovery_meta(std::string_view resource_type, std::string const& location)
{
    return {{"resourceType", resource_type}, {"location", location}};
}

std::string discovery_text(json::object const& document)
{
    std::string text;
    write_json(text, document);
    return text;
}

DiscoveryDocuments make_discovery_documents(ServiceState const& state)
{
    auto const& registry = *state.options.registry;
    std::string const& base_url = state.options.base_url;
    DiscoveryDocuments documents;
    documents.service_provider_config = service_provider_config(state);

    std::vector<std::string const*> types;
    for (auto const& type : registry.resource_types())
        types.push_back(&(documents.resource_type[type->name()] = resource_type_document(*type, base_url)));
    documents.resource_types = list_of(types);

    std::vector<std::string const*> schemas;
    for (Schema const& schema : registry.schemas())
        schemas.push_back(&(documents.schema[to_ascii_lower(schema.id)] =
                                schema_document(with_announcements(schema, state.options), base_url)));
    documents.schemas = list_of(schemas);
    return documents;
}

} // namespace scimkit::service
