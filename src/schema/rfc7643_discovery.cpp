// The schemas of RFC 7643 sections 5 to 7, by which a service provider describes itself, as corrected by the
// verified errata and with what section 5 requires and the printed schema lacks (etag, authentication type), and RFC
// 9865 section 4 adds (pagination).
#include <scimkit/schema/registry.hpp>

#include "definitions.hpp"

namespace scimkit::definitions
{
namespace
{

Attribute flag(std::string name, std::string description)
{
    return of_type(AttributeType::boolean, std::move(name), std::move(description));
}

Attribute limit(std::string name, std::string description)
{
    return required(of_type(AttributeType::integer, std::move(name), std::move(description)));
}

// A feature of the protocol: whether it is there, and its limits.
Attribute feature(std::string name, std::string description, std::vector<Attribute> limits = {})
{
    limits.insert(limits.begin(), required(flag("supported", "Whether the service provider offers it.")));
    return required(complex(std::move(name), std::move(description), std::move(limits)));
}

std::vector<Attribute> all_read_only(std::vector<Attribute> attributes)
{
    for (auto& attribute : attributes)
        attribute = read_only(std::move(attribute));
    return attributes;
}

Schema service_provider_config()
{
    return {
        .id = std::string{urn::service_provider_config},
        .name = "ServiceProviderConfig",
        .description = "What the service provider can do",
        .attributes = all_read_only({
            reference("documentationUri", {"external"}, "Where people find help."),
            feature("patch", "Changing resources with PATCH."),
            feature("bulk", "Many operations in one request.",
                    {limit("maxOperations", "The most operations in one request."),
                     limit("maxPayloadSize", "The most bytes in one request.")}),
            feature("filter", "Searching with filters.", {limit("maxResults", "The most resources in one answer.")}),
            feature("changePassword", "Changing passwords."),
            feature("sort", "Sorting of results."),
            feature("etag", "Versions of resources as entity tags."),
            complex("pagination", "How lists are divided into pages.",
                    {required(flag("cursor", "Whether pages can be asked for by cursor.")),
                     required(flag("index", "Whether pages can be asked for by the index of their first resource.")),
                     canonical({"cursor", "index"},
                               text("defaultPaginationMethod", "What a request gets that asks for neither.")),
                     of_type(AttributeType::integer, "defaultPageSize", "The resources of a page without a count."),
                     of_type(AttributeType::integer, "maxPageSize", "The most resources in one page."),
                     of_type(AttributeType::integer, "cursorTimeout", "Seconds for which a cursor serves at least.")}),
            multi_valued(required(
                complex("authenticationSchemes", "The ways in which clients can authenticate.",
                        {required(canonical({"oauth", "oauth2", "oauthbearertoken", "httpbasic", "httpdigest"},
                                            text("type", "The kind of authentication."))),
                         required(text("name", "The name of the scheme.")),
                         required(text("description", "What the scheme is.")),
                         reference("specUri", {"external"}, "Where the scheme is specified."),
                         reference("documentationUri", {"external"}, "Where its use is explained."), primary()}))),
        })};
}

Schema resource_type()
{
    return {.id = std::string{urn::resource_type},
            .name = "ResourceType",
            .description = "A kind of resource and where it is found",
            .attributes = all_read_only({
                text("id", "The identifier of the resource type, equal to its name."),
                unique(case_exact(required(text("name", "The name of the resource type.")))),
                text("description", "What resources of this type are."),
                unique(required(reference("endpoint", {"uri"}, "The endpoint, relative to the base URL."))),
                required(reference("schema", {"uri"}, "The URI of the base schema.")),
                multi_valued(complex("schemaExtensions", "The schemas that extend the base schema.",
                                     {required(reference("schema", {"uri"}, "The URI of the extension.")),
                                      required(flag("required", "Whether every resource must have it."))})),
            })};
}

// The characteristics of RFC 7643 section 7, of an attribute or of a sub-attribute.
std::vector<Attribute> characteristics(std::vector<std::string> types)
{
    return {required(case_exact(text("name", "The name of the attribute."))),
            required(canonical(std::move(types), text("type", "The data type."))),
            required(flag("multiValued", "Whether it can have several values.")),
            case_exact(text("description", "What the attribute means.")),
            flag("required", "Whether a resource must have it."),
            multi_valued(case_exact(text("canonicalValues", "Values that are suggested."))),
            flag("caseExact", "Whether upper and lower case differ when values are compared."),
            canonical({"readOnly", "readWrite", "immutable", "writeOnly"},
                      case_exact(text("mutability", "Whether and when the value may be changed."))),
            canonical({"always", "never", "default", "request"},
                      case_exact(text("returned", "When the value is part of an answer."))),
            canonical({"none", "server", "global"},
                      case_exact(text("uniqueness", "Among which resources the value is unique."))),
            multi_valued(case_exact(text("referenceTypes", "The resource types that a reference can point to.")))};
}

Schema schema()
{
    auto attributes =
        characteristics({"string", "complex", "boolean", "decimal", "integer", "dateTime", "reference", "binary"});
    attributes.push_back(multi_valued(
        complex("subAttributes", "The parts of a complex attribute.",
                characteristics({"string", "boolean", "decimal", "integer", "dateTime", "reference", "binary"}))));
    return {.id = std::string{urn::schema},
            .name = "Schema",
            .description = "The attributes of a resource or an extension",
            .attributes = all_read_only({
                always_returned(required(text("id", "The URI of the schema."))),
                required(text("name", "The name of the schema.")),
                text("description", "What the schema is for."),
                multi_valued(required(complex("attributes", "The attributes.", std::move(attributes)))),
            })};
}

} // namespace

std::vector<Schema> const& discovery_schemas()
{
    static std::vector<Schema> const schemas{service_provider_config(), resource_type(), schema()};
    return schemas;
}

} // namespace scimkit::definitions
