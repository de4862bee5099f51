// Places in attribute notation, and one selected element: what a table of people needs, and no more of the grammar of
// paths than that.
#include "csv_mapping.hpp"

#include <scimkit/core/text.hpp>
#include <scimkit/schema/registry.hpp>

#include "lines.hpp"

#include <algorithm>
#include <charconv>

namespace scimkit::maintenance
{
namespace
{

Error wrong(std::string_view attribute, std::string const& why)
{
    return {ErrorCode::invalid_value, "The mapping's attribute '" + std::string{attribute} + "' " + why,
            std::string{attribute}};
}

/// `emails[type eq "work"].value` without its brackets, which come by themselves.
struct Notation
{
    std::string plain{};
    std::string select_by{};
    std::string select_value{};
};

result<Notation> split(std::string_view text)
{
    auto const open = text.find('[');
    if (open == std::string_view::npos)
        return Notation{std::string{text}, {}, {}};
    auto const close = text.find(']', open);
    std::string_view const inside =
        close == std::string_view::npos ? std::string_view{} : text.substr(open + 1, close - open - 1);
    constexpr std::string_view is = " eq \"";
    auto const test = inside.find(is);
    if (test == std::string_view::npos || !inside.ends_with('"') || inside.size() < test + is.size() + 1)
        return wrong(text, "may select an element by NAME eq \"VALUE\" only.");
    Notation notation;
    notation.plain = std::string{text.substr(0, open)} + std::string{text.substr(close + 1)};
    notation.select_by = trimmed(inside.substr(0, test));
    notation.select_value = inside.substr(test + is.size(), inside.size() - test - is.size() - 1);
    return notation;
}

bool is_true(std::string_view cell)
{
    return equal_ascii_ignoring_case(cell, "true") || cell == "1" || equal_ascii_ignoring_case(cell, "yes");
}

bool is_false(std::string_view cell)
{
    return equal_ascii_ignoring_case(cell, "false") || cell == "0" || equal_ascii_ignoring_case(cell, "no");
}

} // namespace

result<CsvTarget> CsvTarget::make(std::string_view attribute, CsvMapping const& mapping, SchemaRegistry const& registry)
{
    auto const* const type = registry.find_resource_type(mapping.resource_type);
    if (!type)
        return Error{ErrorCode::invalid_value, "There is no resource type '" + mapping.resource_type + "'."};
    auto notation = split(attribute);
    if (!notation)
        return notation.error();
    auto const path = parse_attribute_path(notation->plain);
    if (!path)
        return wrong(attribute, "is none: " + path.error().detail);
    auto const found = type->resolve(*path);
    if (!found || !found->attribute)
        return wrong(attribute, "is none of " + type->name() + ".");
    CsvTarget target;
    target.attribute_ = *found;
    target.text_ = attribute;
    target.list_separator_ = mapping.list_separator;
    target.select_by_ = std::move(notation->select_by);
    target.select_value_ = std::move(notation->select_value);
    Attribute const& top = *found->attribute;
    if (!target.select_by_.empty() &&
        (!top.multi_valued || !found->sub_attribute || !top.find_sub_attribute(target.select_by_)))
        return wrong(attribute,
                     "selects an element, and needs one of several with that sub-attribute and one behind it.");
    if (top.type == AttributeType::complex && !found->sub_attribute && !top.find_sub_attribute("value"))
        return wrong(attribute, "is complex: name a sub-attribute.");
    return target;
}

result<json::value> CsvTarget::read(std::string_view cell) const
{
    Attribute const* leaf = &attribute_.leaf();
    if (leaf->type == AttributeType::complex)
        leaf = leaf->find_sub_attribute("value");
    auto const refuse = [&](char const* kind) {
        return Error{ErrorCode::invalid_value, "'" + text_ + "' has to be " + kind + ".", text_};
    };
    switch (leaf->type)
    {
    case AttributeType::boolean:
        if (!is_true(cell) && !is_false(cell))
            return refuse("true or false");
        return json::value(is_true(cell));
    case AttributeType::integer:
    {
        std::int64_t number = 0;
        auto const parsed = std::from_chars(cell.data(), cell.data() + cell.size(), number);
        if (parsed.ec != std::errc{} || parsed.ptr != cell.data() + cell.size())
            return refuse("an integer");
        return json::value(number);
    }
    case AttributeType::decimal:
    {
        auto number = parse_json(cell);
        if (!number || !number->is_number())
            return refuse("a number");
        return *number;
    }
    default:
        return json::value(json::string(cell));
    }
}

json::object& CsvTarget::object_of(json::object& body) const
{
    if (!attribute_.in_extension)
        return body;
    json::value& extension = body[attribute_.schema->id];
    return extension.is_object() ? extension.get_object() : extension.emplace_object();
}

/// The element that the notation selects; null where there is none and none is to be made.
json::object* CsvTarget::selected(json::object& root, bool make) const
{
    json::value& array = root[attribute_.attribute->name];
    if (!array.is_array())
        array.emplace_array();
    for (json::value& element : array.get_array())
        if (auto const* by = element.get_object().if_contains(select_by_);
            by && by->is_string() && by->get_string() == select_value_)
            return &element.get_object();
    if (!make)
    {
        if (array.get_array().empty())
            root.erase(attribute_.attribute->name);
        return nullptr;
    }
    json::object element;
    element[select_by_] = select_value_;
    return &array.get_array().emplace_back(std::move(element)).get_object();
}

std::vector<std::string_view> CsvTarget::cells_of(std::string_view cell) const
{
    if (list_separator_ == '\0' || !attribute_.attribute->multi_valued)
        return {cell};
    std::vector<std::string_view> cells;
    for (std::size_t begin = 0; begin <= cell.size();)
    {
        auto const end = std::min(cell.find(list_separator_, begin), cell.size());
        if (auto const one = trimmed(cell.substr(begin, end - begin)); !one.empty())
            cells.push_back(one);
        begin = end + 1;
    }
    return cells;
}

result<void> CsvTarget::put(json::object& body, std::string_view cell) const
{
    Attribute const& top = *attribute_.attribute;
    json::object& root = object_of(body);
    for (std::string_view const one : cells_of(cell))
    {
        auto value = read(one);
        if (!value)
            return value.error();
        std::string const sub = attribute_.sub_attribute ? attribute_.sub_attribute->name : "value";
        if (!select_by_.empty())
            (*selected(root, true))[sub] = std::move(*value);
        else if (top.multi_valued)
        {
            json::value& array = root[top.name];
            if (!array.is_array())
                array.emplace_array();
            if (top.type == AttributeType::complex)
                array.get_array().emplace_back(json::object{{sub, std::move(*value)}});
            else
                array.get_array().push_back(std::move(*value));
        }
        else if (top.type == AttributeType::complex)
        {
            json::value& complex = root[top.name];
            if (!complex.is_object())
                complex.emplace_object();
            complex.get_object()[sub] = std::move(*value);
        }
        else
            root[top.name] = std::move(*value);
    }
    return {};
}

result<void> CsvTarget::put_constant(json::object& body, std::string_view value) const
{
    json::object& root = object_of(body);
    if (!select_by_.empty())
    {
        auto* const element = selected(root, false);
        return element && !element->contains(attribute_.sub_attribute->name) ? put(body, value) : result<void>{};
    }
    json::value const* const there = root.if_contains(attribute_.attribute->name);
    bool const is_set = there && (!attribute_.sub_attribute || !there->is_object() ||
                                  there->get_object().contains(attribute_.sub_attribute->name));
    return is_set ? result<void>{} : put(body, value);
}

} // namespace scimkit::maintenance

namespace scimkit
{
namespace
{

result<std::string> text_member(json::value const& value, std::string_view name)
{
    if (value.is_string())
        return std::string{value.get_string()};
    if (value.is_bool() || value.is_number())
    {
        std::string text;
        write_json(text, value);
        return text;
    }
    return Error{ErrorCode::invalid_value, "The mapping's '" + std::string{name} + "' has to be a text."};
}

result<char> separator_member(json::value const& value, std::string_view name)
{
    auto const* const text = value.if_string();
    if (!text || text->size() != 1 || text->front() == '"' || text->front() == '\n')
        return Error{ErrorCode::invalid_value, "The mapping's '" + std::string{name} + "' has to be one character."};
    return text->front();
}

template <class Entry>
result<void> read_pairs(json::value const& value, std::string_view name, std::vector<Entry>& into)
{
    auto const* const object = value.if_object();
    if (!object)
        return Error{ErrorCode::invalid_value, "The mapping's '" + std::string{name} + "' has to be an object."};
    for (auto const& [key, member] : *object)
    {
        auto text = text_member(member, key);
        if (!text)
            return text.error();
        into.push_back({std::string{key}, std::move(*text)});
    }
    return {};
}

result<void> read_member(CsvMapping& mapping, std::string_view name, json::value const& value)
{
    if (name == "columns")
        return read_pairs(value, name, mapping.columns);
    if (name == "constants")
        return read_pairs(value, name, mapping.constants);
    if (name == "resourceType")
    {
        auto const text = text_member(value, name);
        if (text)
            mapping.resource_type = *text;
        return text ? result<void>{} : result<void>{text.error()};
    }
    if (name != "separator" && name != "listSeparator")
        return Error{ErrorCode::invalid_value,
                     "The mapping has a member '" + std::string{name} + "' that nobody knows."};
    auto const separator = separator_member(value, name);
    if (separator)
        (name == "separator" ? mapping.separator : mapping.list_separator) = *separator;
    return separator ? result<void>{} : result<void>{separator.error()};
}

} // namespace

result<CsvMapping> read_csv_mapping(std::string_view text)
{
    auto const parsed = parse_json(text);
    if (!parsed)
        return parsed.error();
    auto const* const object = parsed->if_object();
    if (!object)
        return Error{ErrorCode::invalid_syntax, "The mapping has to be a JSON object."};
    CsvMapping mapping;
    for (auto const& [name, value] : *object)
        if (auto read = read_member(mapping, name, value); !read)
            return read.error();
    if (mapping.columns.empty())
        return Error{ErrorCode::invalid_value, "The mapping names no columns."};
    return mapping;
}

} // namespace scimkit
