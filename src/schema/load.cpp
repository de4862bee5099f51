// Definitions from JSON: schemas (RFC 7643 section 7) and resource types (section 6).
#include <scimkit/core/text.hpp>
#include <scimkit/schema/registry.hpp>

#include "json_members.hpp"

#include <algorithm>
#include <fstream>
#include <span>

namespace scimkit
{
namespace
{

constexpr std::size_t max_file_bytes = std::size_t{16} << 20;

Error invalid_document(std::string detail) { return {ErrorCode::invalid_value, std::move(detail)}; }

enum class Kind
{
    schema,
    resource_type,
    unknown
};

// By `schemas`; RFC 7643 section 8.7 prints its schemas without, so by what only one of them has otherwise.
Kind kind_of(json::object const& object)
{
    if (auto const schemas = strings_member(object, "schemas"); schemas && !schemas->empty())
    {
        auto const names = [&](std::string_view uri)
        {
            return std::any_of(schemas->begin(), schemas->end(),
                               [uri](std::string const& other) { return equal_ascii_ignoring_case(other, uri); });
        };
        return names(urn::schema) ? Kind::schema : names(urn::resource_type) ? Kind::resource_type : Kind::unknown;
    }
    if (find_member(object, "attributes"))
        return Kind::schema;
    return find_member(object, "endpoint") ? Kind::resource_type : Kind::unknown;
}

result<ResourceTypeDefinition::Extension> read_extension(json::value const& element)
{
    auto const* object = element.if_object();
    if (!object)
        return invalid_document("\"schemaExtensions\" must be an array of objects");
    auto schema = string_member(*object, "schema");
    if (!schema)
        return schema.error();
    auto const required = boolean_member(*object, "required", false);
    if (!required)
        return required.error();
    if (schema->empty() || !find_member(*object, "required"))
        return invalid_document("each of \"schemaExtensions\" must have \"schema\" and \"required\"");
    return ResourceTypeDefinition::Extension{.schema = *std::move(schema), .required = *required};
}

result<ResourceTypeDefinition> read_resource_type(json::object const& object)
{
    ResourceTypeDefinition type{.name = {}, .endpoint = {}, .schema = {}};
    for (auto const& [name, target] : {std::pair{"name", &type.name},
                                       {"endpoint", &type.endpoint},
                                       {"schema", &type.schema},
                                       {"description", &type.description}})
    {
        auto text = string_member(object, name);
        if (!text)
            return text.error();
        *target = *std::move(text);
    }
    if (type.name.empty() || type.endpoint.empty() || type.schema.empty())
        return invalid_document("\"name\", \"endpoint\" and \"schema\" must be there");
    if (!type.endpoint.starts_with('/')) // "Users" is relative to the base URL just as well
        type.endpoint.insert(type.endpoint.begin(), '/');

    if (auto const* list = find_member(object, "schemaExtensions"))
    {
        if (!list->is_array())
            return invalid_document("\"schemaExtensions\" must be an array of objects");
        for (auto const& element : list->get_array())
        {
            auto extension = read_extension(element);
            if (!extension)
                return extension.error();
            type.extensions.push_back(*std::move(extension));
        }
    }
    return type;
}

result<std::string> read_file(std::filesystem::path const& file)
{
    std::error_code ec;
    auto const size = std::filesystem::file_size(file, ec);
    std::ifstream in{file, std::ios::binary};
    if (ec || !in)
        return invalid_document("it cannot be read.");
    if (size > max_file_bytes)
        return invalid_document("it is larger than 16 MiB.");
    std::string text(size, '\0');
    if (!in.read(text.data(), static_cast<std::streamsize>(size)))
        return invalid_document("it cannot be read.");
    return text;
}

// The definitions in a single one, an array or a ListResponse.
std::span<json::value const> elements_of(json::value const& definitions)
{
    auto const* list = &definitions;
    if (auto const* object = definitions.if_object())
        if (auto const* resources = find_member(*object, "Resources"))
            list = resources;
    if (auto const* array = list->if_array())
        return {array->data(), array->size()};
    return {list, 1};
}

} // namespace

SchemaRegistry::Builder& SchemaRegistry::Builder::load(std::filesystem::path const& file)
{
    auto refuse = [&](Error const& error) -> Builder&
    {
        errors_.push_back(invalid_document("The file " + file.string() + ": " + error.detail));
        return *this;
    };
    auto const text = read_file(file);
    if (!text)
        return refuse(text.error());
    auto const value = parse_json(*text, {.max_bytes = max_file_bytes});
    if (!value)
        return refuse(value.error());

    auto const errors_before = errors_.size();
    load(*value);
    for (auto error = errors_.begin() + static_cast<std::ptrdiff_t>(errors_before); error != errors_.end(); ++error)
        error->detail.insert(0, "The file " + file.string() + ": ");
    return *this;
}

SchemaRegistry::Builder& SchemaRegistry::Builder::load(json::value const& definitions)
{
    for (auto const& element : elements_of(definitions))
    {
        auto const* object = element.if_object();
        switch (object ? kind_of(*object) : Kind::unknown)
        {
        case Kind::schema:
            if (auto schema = parse_schema(element))
                schemas_.push_back(*std::move(schema));
            else
                errors_.push_back(schema.error());
            break;
        case Kind::resource_type:
            if (auto type = read_resource_type(*object))
                replace_or_add(*std::move(type));
            else
                errors_.push_back(invalid_document("A resource type is wrong: " + type.error().detail + "."));
            break;
        case Kind::unknown:
            errors_.push_back(
                invalid_document("A definition is neither a schema nor a resource type (by its \"schemas\")."));
            break;
        }
    }
    return *this;
}

void SchemaRegistry::Builder::replace_or_add(ResourceTypeDefinition type)
{
    auto const known =
        std::find_if(types_.begin(), types_.end(), [&type](auto const& other) { return other.name == type.name; });
    if (known == types_.end())
    {
        types_.push_back(std::move(type));
        return;
    }
    // JSON cannot say which attributes are large: with the same base schema they stay so.
    if (equal_ascii_ignoring_case(known->schema, type.schema))
        type.large_attributes = std::move(known->large_attributes);
    *known = std::move(type);
}

} // namespace scimkit
