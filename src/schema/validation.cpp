// A schema that contradicts itself (a complex attribute in a complex one, a boolean that is unique) would surface as a
// puzzling answer much later; here it stops the start, with its place and the reason (RFC 7643 sections 2.2 and 7).
#include "validation.hpp"

#include <scimkit/schema/registry.hpp>

#include "keywords.hpp"
#include "names.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_set>

namespace scimkit
{
namespace
{

using Names = std::unordered_set<std::string_view, NameHash, NameEqual>;
using Reason = std::optional<std::string>; // why not; nothing if all is well

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

// One path segment of unreserved characters (RFC 3986 section 2.3), so that it needs no escapes in a URL.
bool is_path_segment(std::string_view text)
{
    return !text.empty() && is_letter_or_digit(text.front()) &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return is_letter_or_digit(c) || c == '-' || c == '.' || c == '_' || c == '~'; });
}

bool is_schema_uri(std::string_view uri)
{
    auto const colon = uri.find(':');
    return colon != 0 && colon != std::string_view::npos && uri.back() != ':' &&
           std::all_of(uri.begin(), uri.end(),
                       [](char c) {
                           return c > ' ' && c < 0x7F &&
                                  std::string_view{"\"<>\\^`{|}[]"}.find(c) == std::string_view::npos;
                       });
}

Reason check_type(Attribute const& attribute, Attribute const* parent)
{
    bool const is_complex = attribute.type == AttributeType::complex;
    if (is_complex && parent)
        return "it is complex inside a complex attribute";
    if (is_complex && attribute.sub_attributes.empty())
        return "it is complex and has no sub-attributes";
    if (!is_complex && !attribute.sub_attributes.empty())
        return "it has sub-attributes and is not complex";
    if (attribute.type != AttributeType::reference && !attribute.reference_types.empty())
        return "it has reference types and is not a reference";
    if (attribute.uniqueness != Uniqueness::none && !keywords::has_uniqueness(attribute.type))
        return "a value of type " + std::string{to_string(attribute.type)} + " cannot be unique";
    return std::nullopt;
}

Reason check_mutability(Attribute const& attribute, Attribute const* parent)
{
    bool const parent_is_read_only = parent && parent->mutability == Mutability::read_only;
    if (attribute.required && attribute.mutability == Mutability::read_only && !parent_is_read_only)
        return "it is required and readOnly, so no client could ever fulfil it";
    if (attribute.mutability == Mutability::write_only && attribute.returned == Returned::always)
        return "it is writeOnly and always returned";
    return std::nullopt;
}

// An enumeration, with values that can be told apart as the attribute compares.
Reason check_only_values(Attribute const& attribute)
{
    if (!attribute.only_canonical_values)
        return std::nullopt;
    if (attribute.type != AttributeType::string && attribute.type != AttributeType::reference)
        return "only text can be limited to its canonical values";
    if (attribute.canonical_values.empty())
        return "it is limited to its canonical values and has none";
    std::unordered_set<std::string> keys;
    for (std::string const& value : attribute.canonical_values)
        if (!keys.insert(comparison_key(value, attribute.case_exact)).second)
            return "it is limited to its canonical values, of which two are the same";
    return std::nullopt;
}

// Sub-attributes whose meaning RFC 7643 section 2.4 fixes.
Reason check_standard_meaning(Attribute const& attribute, Attribute const* parent)
{
    if (!parent || !parent->multi_valued)
        return std::nullopt;
    if (equal_ascii_ignoring_case(attribute.name, "primary") &&
        (attribute.type != AttributeType::boolean || attribute.multi_valued))
        return "\"primary\" must be a single boolean";
    if (equal_ascii_ignoring_case(attribute.name, "$ref") && attribute.type != AttributeType::reference)
        return "\"$ref\" must be a reference";
    return std::nullopt;
}

Reason check_attribute(Attribute const& attribute, Attribute const* parent)
{
    if (!(parent ? is_sub_attribute_name(attribute.name) : is_attribute_name(attribute.name)))
        return "names begin with a letter and have letters, digits, '$', '-' and '_'";
    if (auto reason = check_type(attribute, parent))
        return reason;
    if (auto reason = check_mutability(attribute, parent))
        return reason;
    if (auto reason = check_only_values(attribute))
        return reason;
    return check_standard_meaning(attribute, parent);
}

result<void> check_attributes(std::vector<Attribute> const& attributes, Attribute const* parent, Schema const& schema)
{
    Names names;
    for (auto const& attribute : attributes)
    {
        auto reason = check_attribute(attribute, parent);
        if (!reason && !names.insert(attribute.name).second)
            reason = "the name is there twice, ignoring case";
        if (reason)
        {
            auto path = parent ? parent->name + "." + attribute.name : attribute.name;
            auto detail = "The schema " + schema.id + ", attribute \"" + path + "\": " + *reason + ".";
            return Error{ErrorCode::invalid_value, std::move(detail), std::move(path)};
        }
        if (auto checked = check_attributes(attribute.sub_attributes, &attribute, schema); !checked)
            return checked;
    }
    return {};
}

Error refuse(ResourceTypeDefinition const& type, std::string const& reason)
{
    return {ErrorCode::invalid_value, "The resource type \"" + type.name + "\": " + reason + "."};
}

bool is_untold(Attribute const& attribute) noexcept
{
    return attribute.mutability == Mutability::write_only || attribute.returned == Returned::never;
}

// Stores keep the elements by their `value`, and the observer and the change log tell of them by it.
Reason check_large_attribute(std::string const& name, Schema const& base)
{
    auto const* attribute = base.find_attribute(name);
    if (!attribute)
        return "the base schema has no such attribute";
    if (!attribute->multi_valued || attribute->type != AttributeType::complex)
        return "it is not a multi-valued complex attribute";
    auto const* value = attribute->find_sub_attribute("value");
    if (!value || value->multi_valued)
        return "it has no sub-attribute \"value\" of one value";
    if (!is_resource_reference(*attribute) && value->mutability != Mutability::immutable)
        return "its elements are not known by their \"value\", which must be immutable where it names no resource";
    if (is_untold(*attribute) || is_untold(*value))
        return "it is secret (writeOnly or never returned), or its \"value\" is, by which its elements are told";
    return std::nullopt;
}

} // namespace

result<void> check_schema(Schema const& schema)
{
    if (!is_schema_uri(schema.id))
        return Error{ErrorCode::invalid_value,
                     "The schema \"" + schema.name + "\" has the id \"" + schema.id + "\", which is no URI."};
    return check_attributes(schema.attributes, nullptr, schema);
}

result<void> check_names(ResourceTypeDefinition const& type)
{
    // RFC 7644 section 3.2, and the older name of the configuration endpoint.
    constexpr std::array<std::string_view, 6> protocol_endpoints{
        "/Me", "/Bulk", "/Schemas", "/ResourceTypes", "/ServiceProviderConfig", "/ServiceProviderConfigs"};

    if (!is_path_segment(type.name))
        return refuse(type, "the name must be letters, digits, '-', '.', '_' and '~'");
    if (!type.endpoint.starts_with('/') || !is_path_segment(std::string_view{type.endpoint}.substr(1)))
        return refuse(type, "the endpoint \"" + type.endpoint + "\" is not a path of one segment such as \"/Users\"");
    if (std::any_of(protocol_endpoints.begin(), protocol_endpoints.end(),
                    [&type](std::string_view endpoint) { return equal_ascii_ignoring_case(endpoint, type.endpoint); }))
        return refuse(type, "the endpoint \"" + type.endpoint + "\" belongs to the protocol");
    return {};
}

result<void> check_base_schema(ResourceTypeDefinition const& type, Schema const& base)
{
    Names names;
    for (auto const& name : type.large_attributes)
    {
        auto reason = check_large_attribute(name, base);
        if (!reason && !names.insert(name).second)
            reason = "it is there twice";
        if (reason)
            return refuse(type, "the large attribute \"" + name + "\": " + *reason);
    }
    return {};
}

result<void> check_extension(ResourceTypeDefinition const& type, Schema const& extension)
{
    for (auto const& common : common_schema().attributes)
        if (extension.find_attribute(common.name))
            return refuse(type, "the extension " + extension.id + " defines the common attribute \"" + common.name +
                                    "\", which every resource has already");
    return {};
}

} // namespace scimkit
