// Schemas in the form of RFC 7643 section 7, read and written by one file, so that what /Schemas announces can be
// loaded again.
#include <scimkit/core/text.hpp>
#include <scimkit/schema/registry.hpp>

#include "definitions.hpp"
#include "json_members.hpp"
#include "keywords.hpp"

#include <algorithm>
#include <span>

namespace scimkit
{

json::value const* find_member(json::object const& object, std::string_view name)
{
    auto const found =
        std::find_if(object.begin(), object.end(),
                     [name](json::key_value_pair const& member) {
                         return equal_ascii_ignoring_case({member.key().data(), member.key().size()}, name);
                     });
    return found == object.end() || found->value().is_null() ? nullptr : &found->value();
}

namespace
{

// Attributes, sub-attributes, and the sub-attributes of those that the Schema schema alone has.
constexpr std::size_t max_nesting = 3;

Error invalid_member(std::string detail) { return {ErrorCode::invalid_value, std::move(detail)}; }

Error wrong_kind(std::string_view name, std::string_view wanted)
{
    return invalid_member("\"" + std::string{name} + "\" must be " + std::string{wanted});
}

// Leaves `target` as it is where the member is absent.
template <class Enumeration>
result<void> read_keyword(json::object const& object, std::string_view name, std::span<std::string_view const> keywords,
                          Enumeration& target)
{
    if (!find_member(object, name))
        return {};
    auto const text = string_member(object, name);
    if (!text)
        return text.error();
    auto const found =
        std::find_if(keywords.begin(), keywords.end(),
                     [&](std::string_view keyword) { return equal_ascii_ignoring_case(keyword, *text); });
    if (found == keywords.end())
        return invalid_member("\"" + *text + "\" is not a keyword of \"" + std::string{name} + "\"");
    target = static_cast<Enumeration>(found - keywords.begin());
    return {};
}

result<void> read_characteristics(json::object const& object, Attribute& attribute)
{
    if (auto read = read_keyword(object, "type", keywords::types, attribute.type); !read)
        return read;
    if (auto read = read_keyword(object, "mutability", keywords::mutabilities, attribute.mutability); !read)
        return read;
    if (auto read = read_keyword(object, "returned", keywords::returned, attribute.returned); !read)
        return read;
    if (auto read = read_keyword(object, "uniqueness", keywords::uniqueness, attribute.uniqueness); !read)
        return read;

    auto const multi_valued = boolean_member(object, "multiValued", false);
    auto const required = boolean_member(object, "required", false);
    auto const case_exact = boolean_member(object, "caseExact", false);
    for (auto const* read : {&multi_valued, &required, &case_exact})
        if (!*read)
            return read->error();
    attribute.multi_valued = *multi_valued;
    attribute.required = *required;
    attribute.case_exact =
        keywords::is_always_case_exact(attribute.type) || (keywords::has_case(attribute.type) && *case_exact);

    auto description = string_member(object, "description");
    if (!description)
        return description.error();
    attribute.description = *std::move(description);
    auto canonical_values = strings_member(object, "canonicalValues");
    if (!canonical_values)
        return canonical_values.error();
    attribute.canonical_values = *std::move(canonical_values);
    auto reference_types = strings_member(object, "referenceTypes");
    if (!reference_types)
        return reference_types.error();
    attribute.reference_types = *std::move(reference_types);
    return {};
}

// What a multi-valued complex attribute has whose schema lists nothing (RFC 7643 section 2.4).
std::vector<Attribute> default_sub_attributes()
{
    using namespace definitions;
    return {text("type", "What the value is for, or what kind it is of."), primary(),
            immutable(text("display", "The value as people read it.")), text("value", "The value."),
            reference("$ref", {"uri"}, "The URI of what the value names.")};
}

result<std::vector<Attribute>> read_attributes(json::value const& list, std::string const& parent, std::size_t depth);

result<Attribute> read_attribute(json::value const& definition, std::string const& parent, std::size_t depth)
{
    auto const* object = definition.if_object();
    auto const name = object ? string_member(*object, "name") : wrong_kind("attributes", "an array of objects");
    if (!name || name->empty())
    {
        auto error = name ? invalid_member("an attribute has no name") : name.error();
        error.attribute = parent;
        return error;
    }
    auto const path = parent.empty() ? *name : parent + "." + *name;

    Attribute attribute{.name = *name};
    if (auto const read = read_characteristics(*object, attribute); !read)
    {
        auto error = read.error();
        error.attribute = path;
        return error;
    }
    if (auto const* list = find_member(*object, "subAttributes"))
    {
        auto sub_attributes = read_attributes(*list, path, depth + 1);
        if (!sub_attributes)
            return sub_attributes.error();
        attribute.sub_attributes = *std::move(sub_attributes);
    }
    if (attribute.type == AttributeType::complex && attribute.multi_valued && attribute.sub_attributes.empty())
        attribute.sub_attributes = default_sub_attributes();
    return attribute;
}

result<std::vector<Attribute>> read_attributes(json::value const& list, std::string const& parent, std::size_t depth)
{
    auto refuse = [&parent](std::string reason) { return Error{ErrorCode::invalid_value, std::move(reason), parent}; };
    auto const* array = list.if_array();
    if (!array)
        return refuse("its attributes must be an array");
    if (depth > max_nesting)
        return refuse("sub-attributes are nested too deep");
    std::vector<Attribute> attributes;
    attributes.reserve(array->size());
    for (auto const& definition : *array)
    {
        auto attribute = read_attribute(definition, parent, depth);
        if (!attribute)
            return attribute.error();
        attributes.push_back(*std::move(attribute));
    }
    return attributes;
}

json::array to_json(std::vector<std::string> const& strings)
{
    json::array array;
    array.reserve(strings.size());
    for (auto const& text : strings)
        array.emplace_back(text);
    return array;
}

json::array to_json(std::vector<Attribute> const& attributes);

json::object to_json(Attribute const& attribute)
{
    json::object object;
    object["name"] = attribute.name;
    object["type"] = to_string(attribute.type);
    if (!attribute.sub_attributes.empty())
        object["subAttributes"] = to_json(attribute.sub_attributes);
    object["multiValued"] = attribute.multi_valued;
    if (!attribute.description.empty())
        object["description"] = attribute.description;
    object["required"] = attribute.required;
    if (!attribute.canonical_values.empty())
        object["canonicalValues"] = to_json(attribute.canonical_values);
    if (keywords::has_case(attribute.type))
        object["caseExact"] = attribute.case_exact;
    object["mutability"] = to_string(attribute.mutability);
    object["returned"] = to_string(attribute.returned);
    if (keywords::has_uniqueness(attribute.type))
        object["uniqueness"] = to_string(attribute.uniqueness);
    if (!attribute.reference_types.empty())
        object["referenceTypes"] = to_json(attribute.reference_types);
    return object;
}

json::array to_json(std::vector<Attribute> const& attributes)
{
    json::array array;
    array.reserve(attributes.size());
    for (auto const& attribute : attributes)
        array.emplace_back(to_json(attribute));
    return array;
}

} // namespace

result<std::string> string_member(json::object const& object, std::string_view name)
{
    auto const* member = find_member(object, name);
    if (!member)
        return std::string{};
    if (!member->is_string())
        return wrong_kind(name, "a string");
    return std::string{member->get_string()};
}

result<bool> boolean_member(json::object const& object, std::string_view name, bool fallback)
{
    auto const* member = find_member(object, name);
    if (!member)
        return fallback;
    if (!member->is_bool())
        return wrong_kind(name, "true or false");
    return member->get_bool();
}

result<std::vector<std::string>> strings_member(json::object const& object, std::string_view name)
{
    std::vector<std::string> strings;
    auto const* member = find_member(object, name);
    if (!member)
        return strings;
    if (!member->is_array())
        return wrong_kind(name, "an array of strings");
    for (auto const& element : member->get_array())
    {
        if (!element.is_string())
            return wrong_kind(name, "an array of strings");
        strings.emplace_back(element.get_string());
    }
    return strings;
}

result<Schema> parse_schema(json::value const& definition)
{
    auto const* object = definition.if_object();
    if (!object)
        return invalid_member("A schema must be a JSON object.");
    auto const id = string_member(*object, "id");
    if (!id || id->empty())
        return invalid_member("A schema must have its URI as \"id\".");
    auto refuse = [&id](Error error)
    {
        auto const place = error.attribute.empty() ? std::string{} : ", attribute " + error.attribute;
        error.detail = "The schema " + *id + place + ": " + error.detail + ".";
        return error;
    };

    Schema schema{.id = *id, .name = {}};
    auto name = string_member(*object, "name");
    if (!name)
        return refuse(name.error());
    schema.name = *std::move(name);
    auto description = string_member(*object, "description");
    if (!description)
        return refuse(description.error());
    schema.description = *std::move(description);
    auto const* list = find_member(*object, "attributes");
    if (!list)
        return refuse(invalid_member("\"attributes\" is missing"));
    auto attributes = read_attributes(*list, {}, 1);
    if (!attributes)
        return refuse(attributes.error());
    schema.attributes = *std::move(attributes);
    return schema;
}

json::object to_json(Schema const& schema)
{
    json::object object;
    object["schemas"] = json::array{urn::schema};
    object["id"] = schema.id;
    object["name"] = schema.name;
    if (!schema.description.empty())
        object["description"] = schema.description;
    object["attributes"] = to_json(schema.attributes);
    return object;
}

} // namespace scimkit
