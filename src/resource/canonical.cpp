// Whole bodies (RFC 7644 sections 3.3 and 3.5.1): which schema each name belongs to, and what of it the reader of
// values makes.
#include "canonical.hpp"

#include <scimkit/core/text.hpp>
#include <scimkit/schema/registry.hpp>

#include "canonical_parts.hpp"
#include "kept.hpp"
#include "names_in_order.hpp"
#include "quoted.hpp"
#include "seen.hpp"
#include "value_reader.hpp"

#include <algorithm>
#include <vector>

namespace scimkit
{

namespace
{

Error bad_syntax(std::string detail, std::string attribute = {})
{
    return {ErrorCode::invalid_syntax, std::move(detail), std::move(attribute)};
}

// Reads one body. Members come in any order, an extension's attributes from its object and from fully qualified
// names at the root; `schemas` can be judged only when everything else is read.
class BodyReader
{
public:
    BodyReader(ResourceType const& type, CanonicalOptions const& options)
        : type_(type)
        , options_(options)
        , common_(common_schema().attributes)
        , base_(type.schema().attributes)
    {
    }

    result<json::object> read(json::object const& body)
    {
        attributes_.reserve(body.size());
        json::value const* schemas = nullptr;
        RootNames names{type_};
        for (auto const& [name, value] : body)
        {
            auto member = names.find(name);
            if (!member)
                member = find_member(name, type_, options_.names);
            if (!member)
            {
                if (auto passed = pass_unknown_member(name, type_, options_); !passed)
                    return passed.error();
                continue;
            }
            if (member->schema == &common_schema() && member->attribute->name == "schemas")
                schemas = &value;
            auto const done = member->attribute      ? read_attribute(*member, value)
                              : member->in_extension ? read_extension(*member, value)
                                                     : read_base(value);
            if (!done)
                return done.error();
        }
        if (auto fine = check_schemas(schemas); !fine)
            return fine.error();
        for (auto& extension : extensions_)
            if (!extension.attributes.empty())
                attributes_.emplace(extension.schema->id, std::move(extension.attributes));
        return std::move(attributes_);
    }

private:
    struct Extension
    {
        Schema const* schema;
        Seen seen;
        bool has_object = false;
        bool is_listed = false;
        json::object attributes{};
    };

    Extension& extension(Schema const& schema)
    {
        auto found = std::find_if(extensions_.begin(), extensions_.end(),
                                  [&](Extension const& e) { return e.schema == &schema; });
        return found != extensions_.end()
                   ? *found
                   : extensions_.emplace_back(Extension{.schema = &schema, .seen = Seen{schema.attributes}});
    }

    result<void> read_attribute(AttributeRef const& attribute, json::value const& value)
    {
        bool const is_common = attribute.schema == &common_schema();
        auto& seen = attribute.in_extension ? extension(*attribute.schema).seen : is_common ? common_ : base_;
        if (!seen.insert(*attribute.attribute))
            return Place(attribute).fault(ErrorCode::invalid_syntax, "the name is there twice").against("7643-2.1-f");
        if (attribute.attribute->mutability == Mutability::read_only)
            return pass_read_only(value, *attribute.attribute, Place{attribute});
        if (is_common && attribute.attribute->name == "schemas")
            return {};
        auto canonical =
            ValueReader{options_, attribute.schema}.read(value, *attribute.attribute, nullptr, Place{attribute});
        if (!canonical)
            return canonical.error();
        if (!canonical->is_null())
        {
            auto& target = attribute.in_extension ? extension(*attribute.schema).attributes : attributes_;
            target.emplace(attribute.attribute->name, std::move(*canonical));
        }
        return {};
    }

    // Whatever the value of what is readOnly, it is ignored (RFC 7643 section 7); a name that no schema has is not.
    result<void> pass_read_only(json::value const& value, Attribute const& attribute, Place const& place) const
    {
        if (options_.ignore_unknown_attributes || attribute.type != AttributeType::complex)
            return {};
        if (auto const* elements = value.if_array())
        {
            for (std::size_t i = 0; i < elements->size(); ++i)
                if (auto known = check_known_names((*elements)[i], attribute, place.element(i)); !known)
                    return known;
            return {};
        }
        return check_known_names(value, attribute, place);
    }

    static result<void> check_known_names(json::value const& value, Attribute const& attribute, Place const& place)
    {
        if (auto const* members = value.if_object())
            for (auto const& member : *members)
                if (!attribute.find_sub_attribute(member.key()))
                    return place
                        .fault(ErrorCode::invalid_syntax, "there is no sub-attribute " + quoted_name(member.key()))
                        .allowed_by("ignore-unknown-attributes=on");
        return {};
    }

    result<void> read_extension(AttributeRef const& member, json::value const& value)
    {
        auto& place = extension(*member.schema);
        if (place.has_object)
            return bad_syntax(member.schema->id + ": the name is there twice.", member.schema->id)
                .against("7643-2.1-f");
        place.has_object = true;
        if (value.is_null())
            return {};
        auto const* object = value.if_object();
        if (!object)
        {
            return Error{ErrorCode::invalid_value,
                         member.schema->id + ": expected an object with the extension's attributes.",
                         member.schema->id};
        }
        Kept kept;
        for (auto const& [name, inner] : *object)
        {
            auto const* attribute = member.schema->find_attribute(name);
            kept.count(attribute != nullptr, inner);
            if (!attribute)
            {
                if (auto passed = pass_unknown_member(member.schema->id + ':' + std::string{name}, type_, options_);
                    !passed)
                {
                    return passed;
                }
                continue;
            }
            if (auto done = read_attribute({member.schema, attribute, nullptr, true}, inner); !done)
                return done;
        }
        return kept.judge(member.schema->id);
    }

    // The base schema's attributes in an object under its URI, as extensions have theirs.
    result<void> read_base(json::value const& value)
    {
        auto const& uri = type_.schema().id;
        if (std::exchange(has_base_object_, true))
            return bad_syntax(uri + ": the name is there twice.", uri).against("7643-2.1-f");
        if (value.is_null())
            return {};
        auto const* object = value.if_object();
        if (!object)
            return Error{ErrorCode::invalid_value, uri + ": expected an object with the schema's attributes.", uri};
        Kept kept;
        for (auto const& [name, inner] : *object)
        {
            auto const attribute = type_.find_root_attribute(name);
            kept.count(attribute.has_value(), inner);
            auto const done = attribute ? read_attribute(*attribute, inner)
                                        : pass_unknown_member(uri + ':' + std::string{name}, type_, options_);
            if (!done)
                return done;
        }
        return kept.judge(uri);
    }

    result<void> check_schemas(json::value const* schemas)
    {
        bool has_base = false;
        if (schemas && !schemas->is_null())
        {
            auto const* uris = schemas->if_array();
            if (!uris)
                return bad_syntax("schemas: expected an array of schema URIs.", "schemas").against("7643-3-a");
            for (auto const& uri : *uris)
            {
                if (!uri.is_string())
                    return bad_syntax("schemas: expected an array of schema URIs.", "schemas").against("7643-3-a");
                auto const known = list_schema(uri.get_string(), has_base);
                if (!known)
                    return known;
            }
        }
        if (!has_base && !options_.missing_schemas)
            return bad_syntax("schemas: " + type_.schema().id + " has to be in it.", "schemas")
                .allowed_by("missing-schemas=on");
        auto const unlisted = std::find_if(extensions_.begin(), extensions_.end(),
                                           [](Extension const& e) { return !e.is_listed && !e.attributes.empty(); });
        if (unlisted != extensions_.end() && !options_.extension_without_schema)
        {
            return bad_syntax("schemas: " + unlisted->schema->id + " has to be in it, since the body has its data.",
                              "schemas")
                .allowed_by("extension-without-schema=on");
        }
        return {};
    }

    result<void> list_schema(std::string_view uri, bool& has_base)
    {
        bool const legacy = options_.names.legacy_schema_uris;
        if (type_.is_base_schema(uri, legacy))
        {
            has_base = true;
        }
        else if (auto const* known = type_.find_extension(uri, legacy))
        {
            extension(*known).is_listed = true;
        }
        else if (!options_.ignore_unknown_schemas)
        {
            bool const is_old = type_.is_base_schema(uri, true) || type_.find_extension(uri, true);
            return bad_syntax("schemas: " + quoted(uri) + " is not a schema of the resource type " + type_.name() + ".",
                              "schemas")
                .allowed_by(is_old ? "legacy-schema-uris=on" : "ignore-unknown-schemas=on");
        }
        return {};
    }

    ResourceType const& type_;
    CanonicalOptions const& options_;
    Seen common_;
    Seen base_;
    std::vector<Extension> extensions_; // a resource type has few
    json::object attributes_;
    bool has_base_object_ = false;
};

} // namespace

std::optional<AttributeRef> find_member(std::string_view name, ResourceType const& type, NameResolution const& names)
{
    if (auto attribute = type.find_root_attribute(name))
        return attribute;
    auto const colon = name.rfind(':');
    if (colon == std::string_view::npos)
        return std::nullopt;
    if (auto const* extension = type.find_extension(name, names.legacy_schema_uris))
        return AttributeRef{.schema = extension, .in_extension = true};
    if (type.is_base_schema(name, names.legacy_schema_uris))
        return AttributeRef{.schema = &type.schema()};
    // At the root of a body an extension's attribute needs its URI, whatever `names` says of paths.
    NameResolution const with_uri{.legacy_schema_uris = names.legacy_schema_uris,
                                  .dot_after_schema_uri = names.dot_after_schema_uri};
    auto last = name.substr(colon + 1);
    AttributePath path{.uri = std::string{name.substr(0, colon)}, .name = std::string{last}};
    auto found = type.resolve(path, with_uri);
    if (auto const dot = last.find('.'); !found && names.dot_after_schema_uri && dot != std::string_view::npos)
    {
        path.name = last.substr(0, dot);
        path.sub_attribute = last.substr(dot + 1);
        found = type.resolve(path, with_uri);
    }
    return found && !found->sub_attribute ? found : std::nullopt;
}

result<void> pass_unknown_member(std::string_view name, ResourceType const& type, CanonicalOptions const& options)
{
    auto const uri = name.substr(0, name.rfind(':') + 1);
    bool const legacy = options.names.legacy_schema_uris;
    auto const schema = uri.empty() ? uri : uri.substr(0, uri.size() - 1);
    bool const is_of_unknown_schema =
        !schema.empty() && !type.is_base_schema(schema, legacy) && !type.find_extension(schema, legacy);
    if (is_of_unknown_schema ? options.ignore_unknown_schemas : options.ignore_unknown_attributes)
        return {};
    auto fault =
        bad_syntax("The resource type " + type.name() +
                   (is_of_unknown_schema ? " has no schema for " : " has no attribute ") + quoted_name(name) + ".");
    // Nearer to what was meant than leaving it out.
    if (!legacy && find_member(name, type, {.legacy_schema_uris = true}))
        return std::move(fault).allowed_by("legacy-schema-uris=on");
    if (!options.names.dot_after_schema_uri && find_member(name, type, {.dot_after_schema_uri = true}))
        return std::move(fault).allowed_by("dot-after-schema-uri=on");
    return std::move(fault).allowed_by(is_of_unknown_schema ? "ignore-unknown-schemas=on"
                                                            : "ignore-unknown-attributes=on");
}

result<json::object> canonicalise(json::value const& body, ResourceType const& type, CanonicalOptions const& options)
{
    auto const* object = body.if_object();
    if (!object)
        return bad_syntax("The body has to be a JSON object.");
    return BodyReader{type, options}.read(*object);
}

} // namespace scimkit
