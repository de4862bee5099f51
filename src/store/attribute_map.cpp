// Columns are named by PATCH paths (RFC 7644 section 3.5.2, figure 7), bound once, so that a store over a table reads
// and writes `emails[type eq "work"].value` without knowing what a filter is.
#include <scimkit/filter/bind.hpp>
#include <scimkit/filter/evaluate.hpp>
#include <scimkit/filter/filter.hpp>
#include <scimkit/store/attribute_map.hpp>

#include "../filter/visit.hpp"

#include <algorithm>
#include <utility>

namespace scimkit
{
namespace
{

/// The eq tests of a value filter as members of an element; false for any other filter.
bool members_of(BoundFilter const& filter, json::object& element)
{
    return for_each_equality(filter,
                             [&](BoundComparison const& test)
                             {
                                 if (!test.attribute.sub_attribute)
                                     return false;
                                 std::string const& name = test.attribute.sub_attribute->name;
                                 if (auto const* text = std::get_if<StringKey>(&test.value))
                                     element[name] = text->text;
                                 else if (auto const* flag = std::get_if<bool>(&test.value))
                                     element[name] = *flag;
                                 else
                                     return false;
                                 return true;
                             });
}

bool is_primary(json::value const& element)
{
    json::object const* object = element.if_object();
    json::value const* primary = object ? object->if_contains("primary") : nullptr;
    return primary && primary->is_bool() && primary->get_bool();
}

/// The element that the path means: the first that matches its filter; without one the primary, else the first.
json::value const* find_element(BoundPath const& path, json::array const& elements)
{
    if (!path.filter.empty())
    {
        for (json::value const& element : elements)
            if (matches_element(path.filter.front(), element))
                return &element;
        return nullptr;
    }
    for (json::value const& element : elements)
        if (is_primary(element))
            return &element;
    return elements.empty() ? nullptr : &elements.front();
}

json::object& object_in(json::object& parent, std::string_view name)
{
    json::value& child = parent[name];
    if (!child.is_object())
        child.emplace_object();
    return child.get_object();
}

/// The object that holds the sub-attribute, made where it is missing.
json::object& element_in(json::object& parent, BoundPath const& path)
{
    Attribute const& attribute = *path.attribute.attribute;
    if (!attribute.multi_valued)
        return object_in(parent, attribute.name);
    json::value& list = parent[attribute.name];
    if (!list.is_array())
        list.emplace_array();
    json::array& elements = list.get_array();
    if (json::value const* found = find_element(path, elements); found && found->is_object())
        return elements[static_cast<std::size_t>(found - elements.data())].get_object();
    json::object element;
    if (!path.filter.empty())
        members_of(path.filter.front(), element);
    return elements.emplace_back(std::move(element)).get_object();
}

/// The sub-attributes that a filter tests, "emails.type" of `type eq "work"`.
void add_tested(Filter const& filter, std::string const& prefix, std::vector<std::string>& names)
{
    if (auto const* all = std::get_if<Conjunction>(&filter.node))
        for (Filter const& operand : all->operands)
            add_tested(operand, prefix, names);
    else if (auto const* test = std::get_if<Comparison>(&filter.node))
        names.push_back(prefix + "." + test->attribute.name);
}

} // namespace

result<std::vector<std::string>> attributes_of(std::span<std::string_view const> paths,
                                               std::initializer_list<std::string_view> more)
{
    std::vector<std::string> names;
    for (std::string_view text : paths)
    {
        auto const path = parse_path(text);
        if (!path)
            return path.error();
        AttributePath whole = path->attribute;
        std::string const prefix = to_string(whole);
        if (!path->filter.empty())
            add_tested(path->filter.front(), prefix, names);
        names.push_back(path->sub_attribute.empty() ? prefix : prefix + "." + path->sub_attribute);
    }
    names.insert(names.end(), more.begin(), more.end());
    return names;
}

result<AttributeMap> AttributeMap::make(ResourceType const& type, std::span<std::string_view const> paths)
{
    AttributeMap map;
    for (std::string_view text : paths)
    {
        auto const wrong = [&](ErrorCode code, std::string const& why) {
            return Error{code, "The column path '" + std::string{text} + "': " + why, std::string{text}};
        };

        auto parsed = parse_path(text);
        if (!parsed)
            return wrong(parsed.error().code, parsed.error().detail);
        auto bound = bind(*parsed, type);
        if (!bound)
            return wrong(bound.error().code, bound.error().detail);
        json::object ignored;
        if (!bound->filter.empty() && !members_of(bound->filter.front(), ignored))
            return wrong(ErrorCode::invalid_filter, "only eq tests joined by and can describe a column.");
        AttributeRef const& target = bound->attribute;
        if (!target.attribute || target.leaf().type == AttributeType::complex)
            return wrong(ErrorCode::invalid_path, "a column holds one simple value.");
        if (target.attribute->multi_valued && !target.sub_attribute)
            return wrong(ErrorCode::invalid_path, "a column cannot hold several values.");
        if (!target.in_extension && target.attribute->mutability == Mutability::read_only)
            return wrong(ErrorCode::invalid_path, "id, meta and schemas are fields of Resource, other readOnly "
                                                  "attributes are computed.");
        map.columns_.push_back(std::move(*bound));
    }
    return map;
}

namespace
{

/// Those of the attribute that the path is about; null if it has none.
json::array const* elements_of(Resource const& resource, AttributeRef const& attribute)
{
    json::value const* list =
        find_value(resource.attributes, {attribute.schema, attribute.attribute, nullptr, attribute.in_extension});
    return list ? list->if_array() : nullptr;
}

} // namespace

std::string AttributeMap::left_out(Resource const& resource) const
{
    for (BoundPath const& path : columns_)
    {
        AttributeRef const& attribute = path.attribute;
        json::array const* elements = attribute.attribute->multi_valued ? elements_of(resource, attribute) : nullptr;
        if (!elements)
            continue;
        for (json::value const& element : *elements)
        {
            auto const holds = [&](BoundPath const& other)
            { return other.attribute.attribute == attribute.attribute && find_element(other, *elements) == &element; };
            if (std::ranges::none_of(columns_, holds))
                return AttributeRef{attribute.schema, attribute.attribute, nullptr, attribute.in_extension}.path();
        }
    }
    return {};
}

json::value const* AttributeMap::get(Resource const& resource, std::size_t column) const
{
    BoundPath const& path = columns_[column];
    if (!path.attribute.attribute->multi_valued)
        return find_value(resource.attributes, path.attribute);
    json::array const* elements = elements_of(resource, path.attribute);
    json::value const* element = elements ? find_element(path, *elements) : nullptr;
    json::object const* object = element ? element->if_object() : nullptr;
    return object ? object->if_contains(path.attribute.sub_attribute->name) : nullptr;
}

void AttributeMap::set(Resource& resource, std::size_t column, json::value value) const
{
    if (value.is_null())
        return;
    BoundPath const& path = columns_[column];
    AttributeRef const& target = path.attribute;
    if (target.leaf().type == AttributeType::boolean && value.is_number())
        value = value.to_number<double>() != 0;
    json::object& root = target.in_extension ? object_in(resource.attributes, target.schema->id) : resource.attributes;
    if (target.sub_attribute)
        element_in(root, path)[target.sub_attribute->name] = std::move(value);
    else
        root[target.attribute->name] = std::move(value);
}

} // namespace scimkit
