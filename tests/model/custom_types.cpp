// Definitions of the fuzzer's resource types. Small ones matter as much as large ones: JSON objects of few members grow
// at other moments than those of many.
#include "custom_types.hpp"

#include <array>
#include <string>

namespace scimkit::model
{
namespace
{

constexpr std::array sizes{0, 1, 2, 3, 5, 8, 13, 30};
constexpr std::string_view prefix = "urn:example:params:scim:schemas:";

json::object plain(std::string const& name, std::string_view type, bool multi = false)
{
    return {{"name", name},        {"type", type},       {"multiValued", multi},      {"description", "Of the fuzzer"},
            {"required", false},   {"caseExact", false}, {"mutability", "readWrite"}, {"returned", "default"},
            {"uniqueness", "none"}};
}

json::object with(json::object definition, std::string_view name, json::value value)
{
    definition[name] = std::move(value);
    return definition;
}

json::object complex(std::string const& name, bool multi, json::array subs)
{
    return with(plain(name, "complex", multi), "subAttributes", std::move(subs));
}

/// The attributes in the order in which types take them: a type of size n has the first n.
json::object attribute(int index)
{
    std::string const name = "at" + std::to_string(index);
    switch (index % 15)
    {
    case 0:
        return complex(name, true,
                       {plain("value", "string"), plain("type", "string"), plain("display", "string"),
                        plain("primary", "boolean")});
    case 1:
        return plain(name, "string");
    case 2:
        return plain(name, "string", true);
    case 3:
        return complex(name, false,
                       {plain("text", "string"), plain("count", "integer"), plain("tags", "string", true)});
    case 4:
        return plain(name, "boolean");
    case 5:
        return plain(name, "integer", true);
    case 6:
        return complex(name, true,
                       {plain("label", "string"), plain("tags", "string", true),
                        with(plain("code", "string"), "caseExact", true)});
    case 7:
        return with(plain(name, "string"), "mutability", "immutable");
    case 8:
        return plain(name, "decimal");
    case 9:
        return plain(name, "dateTime");
    case 10:
        return with(plain(name, "string"), "returned", "request");
    case 11:
        return with(plain(name, "string"), "uniqueness", "server");
    case 12:
        return complex(name, false, {plain("value", "string"), plain("display", "string")});
    case 13:
        return with(plain(name, "reference"), "referenceTypes", json::array{"external"});
    default:
        return with(plain(name, "string"), "caseExact", true);
    }
}

json::object schema(std::string const& name, json::array attributes)
{
    return {{"schemas", json::array{"urn:ietf:params:scim:schemas:core:2.0:Schema"}},
            {"id", std::string{prefix} + name},
            {"name", name},
            {"description", "Of the fuzzer"},
            {"attributes", std::move(attributes)}};
}

json::object people()
{
    auto const immutable = [](json::object definition)
    { return with(std::move(definition), "mutability", "immutable"); };
    return complex("people", true,
                   {immutable(plain("value", "string")),
                    immutable(with(plain("$ref", "reference"), "referenceTypes", json::array{"User"})),
                    immutable(plain("type", "string"))});
}

json::object const& object_of(json::value const& list, std::string_view key, std::string_view text)
{
    for (json::value const& each : list.at("Resources").as_array())
        if (each.at(key) == json::value(text))
            return each.get_object();
    throw std::invalid_argument{"discovery has no " + std::string{text}};
}

} // namespace

std::shared_ptr<SchemaRegistry const> make_registry()
{
    SchemaRegistry::Builder builder;
    builder.add_rfc7643().add_pack("group-membership-01");
    for (int const size : sizes)
    {
        json::array attributes;
        for (int i = 0; i < size; ++i)
            attributes.emplace_back(attribute(i));
        auto const name = "Size" + std::to_string(size);
        builder.load(json::value(schema(name, std::move(attributes))));
        builder.add(ResourceTypeDefinition{.name = name,
                                           .endpoint = "/" + name,
                                           .schema = std::string{prefix} + name,
                                           .description = "Of the fuzzer"});
    }
    builder.load(json::value(schema("Extra", {attribute(0), attribute(1), attribute(3), attribute(2)})));
    builder.extend("Size5", std::string{prefix} + "Extra");
    builder.extend("Size0", std::string{prefix} + "Extra");
    builder.load(json::value(schema("Team", {with(plain("displayName", "string"), "required", true), people()})));
    builder.add(ResourceTypeDefinition{.name = "Team",
                                       .endpoint = "/Teams",
                                       .schema = std::string{prefix} + "Team",
                                       .description = "Of the fuzzer",
                                       .large_attributes = {"people"}});
    return builder.build().value();
}

Types read_types(json::value const& schemas, json::value const& resource_types)
{
    Types types;
    for (json::value const& each : resource_types.at("Resources").as_array())
    {
        Type type{.name = std::string{each.at("name").as_string()},
                  .endpoint = std::string{each.at("endpoint").as_string()},
                  .schema = read_schema(object_of(schemas, "id", each.at("schema").as_string()))};
        type.schema.attributes.push_back({.name = "externalId", .exact = true});
        if (auto const* extensions = each.as_object().if_contains("schemaExtensions"))
            for (json::value const& extension : extensions->as_array())
                type.extensions.push_back(read_schema(object_of(schemas, "id", extension.at("schema").as_string())));
        type.of_members = type.name == "GroupMembership";
        for (std::string_view const members : {"members", "people"})
            if (type.schema.find(members))
                type.members = members;
        types.push_back(std::move(type));
    }
    return types;
}

} // namespace scimkit::model
