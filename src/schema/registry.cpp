// Everything that is declared is checked together, once, and frozen (RFC 7643 sections 3.2 and 3.3): whoever holds a
// registry may point into it, and no request meets a schema that makes no sense.
#include <scimkit/core/text.hpp>
#include <scimkit/schema/registry.hpp>

#include "definitions.hpp"
#include "keep.hpp"
#include "keywords.hpp"
#include "pack_members.hpp"
#include "validation.hpp"

#include <algorithm>

namespace scimkit
{
namespace
{

// Characteristics that follow from others, whatever was declared. Ids are exact wherever they stand. What is writeOnly
// is never returned (RFC 7643 section 7), and neither is any part of it.
void apply_type_rules(std::vector<Attribute>& attributes, bool inside_write_only = false)
{
    for (auto& attribute : attributes)
    {
        if (inside_write_only && attribute.mutability != Mutability::read_only)
            attribute.mutability = Mutability::write_only; // hashed, as every secret is; of immutable ones too
        bool const write_only = inside_write_only || attribute.mutability == Mutability::write_only;
        if (write_only)
            attribute.returned = Returned::never;
        attribute.case_exact = keywords::is_always_case_exact(attribute.type) ||
                               (keywords::has_case(attribute.type) && attribute.case_exact);
        apply_type_rules(attribute.sub_attributes, write_only);
        if (is_resource_reference(attribute))
            for (auto& sub : attribute.sub_attributes)
                sub.case_exact = sub.case_exact || equal_ascii_ignoring_case(sub.name, "value");
    }
}

bool is_discovery_schema(std::string_view id)
{
    auto const& schemas = definitions::discovery_schemas();
    return std::any_of(schemas.begin(), schemas.end(),
                       [id](Schema const& schema) { return equal_ascii_ignoring_case(schema.id, id); });
}

Error invalid_definition(std::string detail) { return {ErrorCode::invalid_value, std::move(detail)}; }

// Those that were added, checked, then the discovery schemas.
result<std::vector<Schema>> collect_schemas(std::vector<Schema> const& added)
{
    std::vector<Schema> schemas;
    auto const& discovery = definitions::discovery_schemas();
    for (auto const& schema : added)
    {
        // A definition that came from rfc7643_schemas() or another provider's /Schemas may be among them.
        if (std::find(discovery.begin(), discovery.end(), schema) != discovery.end())
            continue;
        if (is_discovery_schema(schema.id))
            return invalid_definition("The schema " + schema.id + " is built in and cannot be replaced.");
        if (auto checked = check_schema(schema); !checked)
            return checked.error();
        if (std::any_of(schemas.begin(), schemas.end(),
                        [&schema](Schema const& other) { return equal_ascii_ignoring_case(other.id, schema.id); }))
            return invalid_definition("The schema " + schema.id + " is there twice.");
        apply_type_rules(schemas.emplace_back(schema).attributes);
    }
    schemas.insert(schemas.end(), discovery.begin(), discovery.end());
    return schemas;
}

// Definitions of other providers may list the common attributes in a base schema: the characteristics of RFC 7643
// section 3.1 win.
void drop_common_attributes(std::vector<Schema>& schemas, std::vector<ResourceTypeDefinition> const& types)
{
    for (auto& schema : schemas)
        if (std::any_of(types.begin(), types.end(),
                        [&schema](ResourceTypeDefinition const& type)
                        { return equal_ascii_ignoring_case(type.schema, schema.id); }))
            std::erase_if(schema.attributes, [](Attribute const& attribute)
                          { return common_schema().find_attribute(attribute.name) != nullptr; });
}

// Checks a definition against the registry as built so far, gives its URIs the schemas' spelling, and finds its
// schemas: the base first, then the extensions.
result<std::vector<Schema const*>> resolve_schemas(ResourceTypeDefinition& type, SchemaRegistry const& registry)
{
    auto refuse = [&type](std::string const& reason)
    { return invalid_definition("The resource type \"" + type.name + "\": " + reason + "."); };

    if (auto checked = check_names(type); !checked)
        return checked.error();
    auto const& types = registry.resource_types();
    if (std::any_of(types.begin(), types.end(),
                    [&type](auto const& other) { return equal_ascii_ignoring_case(other->name(), type.name); }))
        return refuse("the name is there twice");
    if (registry.find_endpoint(type.endpoint, true))
        return refuse("the endpoint \"" + type.endpoint + "\" is another resource type's");

    auto const* base = registry.find_schema(type.schema);
    if (!base)
        return refuse("the base schema \"" + type.schema + "\" is not known");
    if (auto checked = check_base_schema(type, *base); !checked)
        return checked.error();
    type.schema = base->id;

    std::vector<Schema const*> schemas{base};
    for (auto& extension : type.extensions)
    {
        auto const* schema = registry.find_schema(extension.schema);
        if (!schema)
            return refuse("the extension \"" + extension.schema + "\" is not known");
        if (std::find(schemas.begin(), schemas.end(), schema) != schemas.end())
            return refuse("the schema \"" + extension.schema + "\" is there twice");
        extension.schema = schema->id;
        schemas.push_back(schema);
    }
    for (auto const* extension : std::span{schemas}.subspan(1))
        if (auto checked = check_extension(type, *extension); !checked)
            return checked.error();
    return schemas;
}

} // namespace

Schema const* SchemaRegistry::find_schema(std::string_view uri) const noexcept
{
    auto const found = std::find_if(schemas_.begin(), schemas_.end(),
                                    [uri](Schema const& schema) { return equal_ascii_ignoring_case(schema.id, uri); });
    return found == schemas_.end() ? nullptr : &*found;
}

ResourceType const* SchemaRegistry::find_resource_type(std::string_view name) const noexcept
{
    auto const found =
        std::find_if(types_.begin(), types_.end(), [name](auto const& type) { return type->name() == name; });
    return found == types_.end() ? nullptr : found->get();
}

ResourceType const* SchemaRegistry::find_endpoint(std::string_view endpoint, bool ignore_case) const noexcept
{
    auto const found = std::find_if(types_.begin(), types_.end(),
                                    [endpoint, ignore_case](auto const& type) {
                                        return ignore_case ? equal_ascii_ignoring_case(type->endpoint(), endpoint)
                                                           : type->endpoint() == endpoint;
                                    });
    return found == types_.end() ? nullptr : found->get();
}

using Builder = SchemaRegistry::Builder;

Builder& Builder::add_rfc7643()
{
    schemas_.push_back(definitions::user());
    schemas_.push_back(definitions::group());
    schemas_.push_back(definitions::enterprise_user());
    for (auto& type : rfc7643_resource_types())
        types_.push_back(std::move(type));
    return *this;
}

Builder& Builder::add(Schema schema)
{
    schemas_.push_back(std::move(schema));
    return *this;
}

Builder& Builder::add(ResourceTypeDefinition type)
{
    types_.push_back(std::move(type));
    return *this;
}

Builder& Builder::add(SchemaRegistry const& other)
{
    auto const add_once = [this](Schema const& schema)
    {
        if (std::ranges::none_of(schemas_, [&](Schema const& known) { return known.id == schema.id; }))
            schemas_.push_back(schema);
    };
    for (auto const& type : other.resource_types())
    {
        auto const* whole = type->before_keep_only();
        types_.push_back(whole ? whole->definition() : type->definition());
        if (!whole)
            continue;
        keep_only(type->name(), all_names(*type));
        add_once(whole->schema());
        for (auto const& extension : whole->extensions())
            add_once(*extension.schema);
    }
    for (Schema const& schema : other.schemas())
        add_once(schema);
    return *this;
}

Builder& Builder::extend(std::string_view resource_type, std::string_view schema_uri, bool required)
{
    extends_.push_back(
        {.type = std::string{resource_type}, .extension = {.schema = std::string{schema_uri}, .required = required}});
    return *this;
}

Builder& Builder::keep_only(std::string_view resource_type, std::vector<std::string> attributes)
{
    Keep& keep = keep_of(resource_type);
    keep.attributes = std::move(attributes);
    keep.all = false;
    return *this;
}

Builder& Builder::leave_out(std::string_view resource_type, std::vector<std::string> attributes)
{
    auto& left_out = keep_of(resource_type).left_out;
    left_out.insert(left_out.end(), attributes.begin(), attributes.end());
    return *this;
}

Builder::Keep& Builder::keep_of(std::string_view resource_type)
{
    auto const known = std::ranges::find(keeps_, resource_type, &Keep::type);
    return known != keeps_.end() ? *known : keeps_.emplace_back(Keep{.type = std::string{resource_type}, .all = true});
}

Builder& Builder::suggest_values(std::string_view schema_uri, std::string_view attribute,
                                 std::vector<std::string> values)
{
    if (values.empty())
        errors_.push_back(invalid_definition("suggest_values: there are no values."));
    only_values_.push_back({std::string{schema_uri}, std::string{attribute}, std::move(values), false});
    return *this;
}

Builder& Builder::only_values(std::string_view schema_uri, std::string_view attribute, std::vector<std::string> values)
{
    only_values_.push_back({std::string{schema_uri}, std::string{attribute}, std::move(values)});
    return *this;
}

/// What keep_only() left behind of one resource type.
struct Builder::Kept
{
    std::string type;
    std::unique_ptr<ResourceType const> whole;
    bool external_id;
};

result<std::vector<ResourceTypeDefinition>> Builder::extended_types() const
{
    auto types = types_;
    for (auto const& extend : extends_)
    {
        auto const type = std::find_if(types.begin(), types.end(),
                                       [&extend](auto const& definition) { return definition.name == extend.type; });
        if (type == types.end())
            return invalid_definition("The schema " + extend.extension.schema + " is to extend the resource type \"" +
                                      extend.type + "\", which is not known.");
        type->extensions.push_back(extend.extension);
    }
    return types;
}

result<Builder::Kept> Builder::keep(Keep const& wanted, std::vector<ResourceTypeDefinition>& types,
                                    SchemaRegistry& registry)
{
    auto const type = std::ranges::find_if(types, [&](auto const& each) { return each.name == wanted.type; });
    if (type == types.end())
        return invalid_definition("keep_only: the resource type \"" + wanted.type + "\" is not known.");
    auto const found = resolve_schemas(*type, registry);
    if (!found)
        return found.error();
    std::vector<ResourceType::Extension> extensions;
    Schema const* base = nullptr;
    for (std::size_t i = 0; i < found->size(); ++i)
    {
        auto const* copy = registry.whole_schemas_.emplace_back(std::make_unique<Schema>(*(*found)[i])).get();
        if (i == 0)
            base = copy;
        else
            extensions.push_back({.schema = copy, .required = type->extensions[i - 1].required});
    }
    auto const index = static_cast<std::size_t>(type - types.begin());
    Kept kept{wanted.type, std::unique_ptr<ResourceType const>(new ResourceType(*type, base, extensions, index)),
              false};
    auto names = wanted.all ? all_names(*kept.whole) : wanted.attributes;
    if (!wanted.left_out.empty())
    {
        auto left = names_without(names, wanted.left_out, *kept.whole);
        if (!left)
            return std::move(left).error();
        names = std::move(*left);
    }
    kept.external_id = std::ranges::any_of(names, [](std::string const& name)
                                           { return equal_ascii_ignoring_case(name, "externalId"); });
    if (auto done = keep_named(*type, *kept.whole, names, types, registry.schemas_); !done)
        return std::move(done).error();
    return kept;
}

result<std::shared_ptr<SchemaRegistry const>> Builder::build() const
{
    if (!errors_.empty())
        return errors_.front();
    auto schemas = collect_schemas(schemas_);
    if (!schemas)
        return schemas.error();
    for (OnlyValues const& each : only_values_)
        if (auto limited = set_values(*schemas, each.schema, each.attribute, each.values, each.only); !limited)
            return std::move(limited).error();
    std::shared_ptr<SchemaRegistry> const registry{new SchemaRegistry};
    registry->schemas_ = *std::move(schemas);

    auto extended = extended_types();
    if (!extended)
        return std::move(extended).error();
    auto types = *std::move(extended);
    drop_common_attributes(registry->schemas_, types);
    admit_members(registry->schemas_, types);
    std::vector<Kept> kept;
    for (Keep const& each : keeps_)
    {
        auto done = keep(each, types, *registry);
        if (!done)
            return std::move(done).error();
        kept.push_back(*std::move(done));
    }
    for (auto& type : types)
    {
        auto const found = resolve_schemas(type, *registry);
        if (!found)
            return found.error();
        std::vector<ResourceType::Extension> extensions;
        for (std::size_t i = 0; i < type.extensions.size(); ++i)
            extensions.push_back({.schema = (*found)[i + 1], .required = type.extensions[i].required});
        auto const own = std::ranges::find(kept, type.name, &Kept::type);
        std::unique_ptr<ResourceType> made{new ResourceType(std::move(type), found->front(), std::move(extensions),
                                                            registry->types_.size(),
                                                            own == kept.end() || own->external_id)};
        if (own != kept.end())
            made->whole_ = std::move(own->whole);
        registry->types_.push_back(std::move(made));
    }
    return std::shared_ptr<SchemaRegistry const>(registry);
}

} // namespace scimkit
