// The common attributes (RFC 7643 section 3.1), User, Group and EnterpriseUser (sections 4.1, 4.2 and 4.3), with the
// characteristics that hold after the verified errata and sections 2.3.6, 2.3.7 and 2.3.8: references and certificates
// are case-exact, complex attributes have no uniqueness, Group.displayName is required.
#include <scimkit/schema/registry.hpp>

#include "definitions.hpp"

namespace scimkit
{
namespace definitions
{
namespace
{

// A multi-valued attribute with value, display, type and primary (RFC 7643 section 2.4).
Attribute plural(std::string name, std::string description, Attribute value, std::vector<std::string> types)
{
    return multi_valued(complex(
        std::move(name), std::move(description),
        {std::move(value), text("display", "The value as people read it."),
         canonical(std::move(types), text("type", "What the value is for, or what kind it is of.")), primary()}));
}

Attribute name()
{
    return complex("name", "The parts of the person's name.",
                   {text("formatted", "The whole name, ready to show."),
                    text("familyName", "The family name, or last name."),
                    text("givenName", "The given name, or first name."), text("middleName", "The middle names."),
                    text("honorificPrefix", "Titles before the name, such as Dr."),
                    text("honorificSuffix", "What follows the name, such as III.")});
}

Attribute addresses()
{
    return multi_valued(
        complex("addresses", "Postal addresses.",
                {text("formatted", "The whole address as on an envelope, with line breaks."),
                 text("streetAddress", "Street, house number, box; may have several lines."),
                 text("locality", "City or town."), text("region", "State, province or region."),
                 text("postalCode", "Postal code."), text("country", "Country code of two letters (ISO 3166-1)."),
                 canonical({"work", "home", "other"}, text("type", "What the address is for.")), primary(),
                 text("display", "A name to show for the address.")}));
}

Attribute groups()
{
    return read_only(multi_valued(
        complex("groups", "Groups that the user belongs to; changed through the groups.",
                {case_exact(text("value", "The id of the group.")),
                 reference("$ref", {"Group"}, "The URI of the group."), text("display", "The name of the group."),
                 canonical({"direct", "indirect"}, text("type", "Whether the user is a member itself or through "
                                                                "another group."))})));
}

Attribute password()
{
    auto attribute = text("password", "The password in clear, to set it; it can never be read.");
    attribute.mutability = Mutability::write_only;
    attribute.returned = Returned::never;
    return attribute;
}

} // namespace

Schema user()
{
    auto const plain_value = [](std::string description) { return text("value", std::move(description)); };
    return {.id = std::string{urn::user},
            .name = "User",
            .description = "A person's account",
            .attributes = {
                required(unique(text("userName", "The name by which the user signs in, unique among all users."))),
                name(),
                text("displayName", "The name to show for the user."),
                text("nickName", "What the user is casually called."),
                reference("profileUrl", {"external"}, "Where the user's profile page is."),
                text("title", "Position, such as Vice President."),
                text("userType", "How the user relates to the organization, such as Contractor."),
                text("preferredLanguage", "Languages the user prefers, in the form of HTTP Accept-Language."),
                text("locale", "Language tag for formats of numbers, dates and currency."),
                text("timezone", "Time zone by its IANA name, such as Europe/Rome."),
                of_type(AttributeType::boolean, "active", "Whether the account may be used."),
                password(),
                plural("emails", "Email addresses.", plain_value("An email address."), {"work", "home", "other"}),
                plural("phoneNumbers", "Phone numbers.", plain_value("A phone number, best as a tel URI."),
                       {"work", "home", "mobile", "fax", "pager", "other"}),
                plural("ims", "Instant messaging addresses.", plain_value("An instant messaging address."),
                       {"aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo", "other"}),
                plural("photos", "Pictures of the user.", reference("value", {"external"}, "Where the picture is."),
                       {"photo", "thumbnail"}),
                addresses(),
                groups(),
                plural("entitlements", "Things the user has a right to.", plain_value("An entitlement."), {}),
                plural("roles", "Roles of the user.", plain_value("A role."), {}),
                plural("x509Certificates", "X.509 certificates of the user.",
                       case_exact(of_type(AttributeType::binary, "value", "One certificate, DER in base64.")), {}),
            }};
}

Schema group()
{
    return {.id = std::string{urn::group},
            .name = "Group",
            .description = "A group of users and groups",
            .attributes = {
                required(text("displayName", "The name of the group.")),
                multi_valued(
                    complex("members", "Who belongs to the group.",
                            {immutable(case_exact(text("value", "The id of the member."))),
                             immutable(reference("$ref", {"User", "Group"}, "The URI of the member.")),
                             immutable(canonical({"User", "Group"}, text("type", "The resource type of the member."))),
                             immutable(text("display", "The name of the member."))})),
            }};
}

Schema enterprise_user()
{
    return {.id = std::string{urn::enterprise_user},
            .name = "EnterpriseUser",
            .description = "What a business knows of a user",
            .attributes = {
                text("employeeNumber", "The number that the organization gave the person."),
                text("costCenter", "The cost center."),
                text("organization", "The organization."),
                text("division", "The division."),
                text("department", "The department."),
                complex("manager", "The user's manager.",
                        {case_exact(text("value", "The id of the manager's User resource.")),
                         reference("$ref", {"User"}, "The URI of the manager's User resource."),
                         read_only(text("displayName", "The manager's name."))}),
            }};
}

} // namespace definitions

Schema const& common_schema()
{
    using namespace definitions;
    static Schema const schema{
        .id = "",
        .name = "Common",
        .description = "Attributes that every resource has",
        .attributes = {
            always_returned(required(
                multi_valued(reference("schemas", {"uri"}, "The schemas whose attributes the resource has.")))),
            always_returned(
                read_only(case_exact(unique(text("id", "The resource's identifier, given by the service provider."))))),
            case_exact(text("externalId", "The resource's identifier at the client.")),
            read_only(complex("meta", "What the service provider keeps about the resource.",
                              {case_exact(text("resourceType", "The name of the resource type.")),
                               of_type(AttributeType::date_time, "created", "When the resource was added."),
                               of_type(AttributeType::date_time, "lastModified", "When it was last changed."),
                               reference("location", {"uri"}, "The URI of the resource."),
                               case_exact(text("version", "The resource's version, its entity tag."))})),
        }};
    return schema;
}

std::vector<Schema> rfc7643_schemas()
{
    std::vector<Schema> schemas{definitions::user(), definitions::group(), definitions::enterprise_user()};
    auto const& discovery = definitions::discovery_schemas();
    schemas.insert(schemas.end(), discovery.begin(), discovery.end());
    return schemas;
}

std::vector<ResourceTypeDefinition> rfc7643_resource_types()
{
    return {{.name = "User",
             .endpoint = "/Users",
             .schema = std::string{urn::user},
             .description = "User accounts",
             .extensions = {{.schema = std::string{urn::enterprise_user}, .required = false}}},
            {.name = "Group",
             .endpoint = "/Groups",
             .schema = std::string{urn::group},
             .description = "Groups",
             .large_attributes = {"members"}}};
}

} // namespace scimkit
