// Reads schemas for the model, so that it judges by what the service publishes and not by what the service has inside.
#include "types.hpp"

#include <algorithm>

namespace scimkit::model
{
namespace
{

bool flag_of(json::object const& object, std::string_view name)
{
    auto const* value = object.if_contains(name);
    return value && value->is_bool() && value->get_bool();
}

Kind attribute_kind_of(std::string_view type)
{
    if (type == "boolean")
        return Kind::boolean;
    if (type == "integer")
        return Kind::integer;
    if (type == "decimal")
        return Kind::decimal;
    if (type == "dateTime")
        return Kind::instant;
    if (type == "reference")
        return Kind::reference;
    if (type == "binary")
        return Kind::binary;
    return type == "complex" ? Kind::complex : Kind::text;
}

Change change_of(std::string_view mutability)
{
    if (mutability == "readOnly")
        return Change::read_only;
    if (mutability == "immutable")
        return Change::immutable;
    return mutability == "writeOnly" ? Change::write_only : Change::read_write;
}

Shown shown_of(std::string_view returned)
{
    if (returned == "always")
        return Shown::always;
    if (returned == "request")
        return Shown::on_request;
    return returned == "never" ? Shown::never : Shown::by_default;
}

Attribute read_attribute(json::object const& definition)
{
    Attribute attribute{.name = text_of(definition, "name")};
    attribute.kind = attribute_kind_of(text_of(definition, "type"));
    attribute.multi = flag_of(definition, "multiValued");
    attribute.required = flag_of(definition, "required");
    attribute.exact =
        flag_of(definition, "caseExact") || attribute.kind == Kind::reference || attribute.kind == Kind::binary;
    auto const uniqueness = text_of(definition, "uniqueness");
    attribute.unique = uniqueness == "server" || uniqueness == "global";
    attribute.change = change_of(text_of(definition, "mutability"));
    attribute.shown = shown_of(text_of(definition, "returned"));
    if (auto const* types = definition.if_contains("referenceTypes"); types && types->is_array())
        for (auto const& type : types->get_array())
            if (std::string const name{type.as_string()}; name != "external" && name != "uri")
                attribute.refers_to.push_back(name);
    if (auto const* subs = definition.if_contains("subAttributes"); subs && subs->is_array())
        for (auto const& sub : subs->get_array())
            attribute.subs.push_back(read_attribute(sub.as_object()));
    if (is_reference(attribute)) // ids are exact wherever they stand (docs/design.md)
        for (Attribute& sub : attribute.subs)
            sub.exact = sub.exact || sub.name == "value";
    return attribute;
}

Attribute const* find(std::vector<Attribute> const& attributes, std::string_view name)
{
    auto const found =
        std::ranges::find_if(attributes, [&](Attribute const& each) { return equal_names(each.name, name); });
    return found != attributes.end() ? &*found : nullptr;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

} // namespace

std::string text_of(json::object const& object, std::string_view name)
{
    auto const* value = object.if_contains(name);
    return value && value->is_string() ? std::string{value->get_string()} : std::string{};
}

bool equal_names(std::string_view a, std::string_view b)
{
    return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

Attribute const* Attribute::sub(std::string_view sub_name) const { return find(subs, sub_name); }

Attribute const* Schema::find(std::string_view name) const { return model::find(attributes, name); }

bool is_reference(Attribute const& attribute)
{
    auto const* uri = attribute.sub("$ref");
    return attribute.sub("value") && uri && !uri->refers_to.empty();
}

Schema const& common_attributes()
{
    static Schema const common = []
    {
        auto const fixed = [](std::string name, Kind kind)
        { return Attribute{.name = std::move(name), .kind = kind, .exact = true, .change = Change::read_only}; };
        Attribute meta = fixed("meta", Kind::complex);
        meta.subs = {fixed("resourceType", Kind::text), fixed("created", Kind::instant),
                     fixed("lastModified", Kind::instant), fixed("location", Kind::reference),
                     fixed("version", Kind::text)};
        Attribute id = fixed("id", Kind::text);
        id.shown = Shown::always;
        Attribute schemas = fixed("schemas", Kind::reference);
        schemas.multi = true;
        schemas.shown = Shown::always;
        return Schema{.uri = {}, .attributes = {id, meta, schemas}};
    }();
    return common;
}

Schema read_schema(json::object const& definition)
{
    Schema schema{.uri = text_of(definition, "id"), .attributes = {}};
    for (auto const& attribute : definition.at("attributes").as_array())
        schema.attributes.push_back(read_attribute(attribute.as_object()));
    return schema;
}

Type const* find_type(Types const& types, std::string_view name)
{
    auto const found = std::ranges::find(types, name, &Type::name);
    return found != types.end() ? &*found : nullptr;
}

} // namespace scimkit::model
