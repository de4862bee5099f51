#include "value_reader.hpp"

#include <scimkit/core/base64.hpp>
#include <scimkit/core/date_time.hpp>
#include <scimkit/resource/elements.hpp>
#include <scimkit/schema/registry.hpp>

#include "formats.hpp"
#include "quoted.hpp"
#include "seen.hpp"

#include <algorithm>

namespace scimkit
{

namespace
{

std::string_view kind_of(json::value const& value) noexcept
{
    switch (value.kind())
    {
    case json::kind::null:
        return "null";
    case json::kind::bool_:
        return "a boolean";
    case json::kind::int64:
    case json::kind::uint64:
        return "a number";
    case json::kind::double_:
        return "a number with fraction or exponent";
    case json::kind::string:
        return "a string";
    case json::kind::array:
        return "an array";
    case json::kind::object:
        return "an object";
    }
    return "something else";
}

Error wrong_type(Place const& place, std::string_view expected, json::value const& got)
{
    std::string reason = "expected ";
    reason += expected;
    reason += ", got ";
    reason += kind_of(got);
    return place.fault(ErrorCode::invalid_value, reason);
}

// Whole numbers become doubles, which are written with a fraction (RFC 7643 section 2.3.3), if none is rounded.
json::value as_decimal(json::value const& number)
{
    constexpr std::int64_t exact = std::int64_t{1} << 53;
    if (number.is_int64() && number.get_int64() >= -exact && number.get_int64() <= exact)
        return static_cast<double>(number.get_int64());
    return number;
}

bool is_blank(std::string_view text) noexcept
{
    return std::all_of(text.begin(), text.end(), [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); });
}

// Both the same state: then one of them is enough (RFC 7643 section 2.4).
bool is_repetition(json::value const& stored, json::value const& incoming, Attribute const& attribute)
{
    auto const* a = stored.if_object();
    auto const* b = incoming.if_object();
    if (!a || !b || known_by_value(attribute))
    {
        return true; // found by its value, which is all that counts
    }
    auto const* primary_a = a->if_contains("primary");
    auto const* primary_b = b->if_contains("primary");
    return a->size() == b->size() && (primary_a && *primary_a == true) == (primary_b && *primary_b == true);
}

// An externalId is not empty (RFC 7643 section 3.1): "" says what null says.
bool is_empty_external_id(json::value const& value, Attribute const& attribute, Schema const* schema)
{
    auto const* text = value.if_string();
    return text && text->empty() && schema == &common_schema() && attribute.name == "externalId";
}

} // namespace

result<json::value> ValueReader::read(json::value const& value, Attribute const& attribute, Attribute const* parent,
                                      Place const& place) const
{
    if (value.is_null())
    {
        return json::value{};
    }
    if (is_empty_external_id(value, attribute, schema_))
    {
        return json::value{};
    }
    return attribute.multi_valued ? read_array(value, attribute, parent, place)
                                  : read_single(value, attribute, parent, place);
}

result<json::value> ValueReader::read_array(json::value const& value, Attribute const& attribute,
                                            Attribute const* parent, Place const& place) const
{
    auto const* array = value.if_array();
    if (!array)
    {
        return wrong_type(place, "an array", value);
    }
    json::array out;
    out.reserve(array->size());
    ElementIndex present(attribute, known_by_value(attribute) ? ElementMatch::value_first : ElementMatch::given);
    for (std::size_t i = 0; i < array->size(); ++i)
    {
        auto const here = place.element(i);
        if ((*array)[i].is_null())
        {
            return here.fault(ErrorCode::invalid_value, "null is no element");
        }
        auto element = read_single((*array)[i], attribute, parent, here);
        if (!element)
        {
            return element;
        }
        if (element->is_null())
        {
            continue;
        }
        if (auto const same = present.find(out, *element); same && is_repetition(out[*same], *element, attribute))
        {
            continue;
        }
        out.push_back(std::move(*element));
        present.added(out);
    }
    return out.empty() ? json::value{} : json::value(std::move(out));
}

result<json::value> ValueReader::read_single(json::value const& value, Attribute const& attribute,
                                             Attribute const* parent, Place const& place) const
{
    switch (attribute.type)
    {
    case AttributeType::boolean:
        return value.is_bool() ? result<json::value>(value) : wrong_type(place, "true or false", value);
    case AttributeType::integer:
        return value.is_int64() || value.is_uint64() ? result<json::value>(value)
                                                     : wrong_type(place, "an integer of 64 bits", value);
    case AttributeType::decimal:
        return value.is_number() ? result<json::value>(as_decimal(value)) : wrong_type(place, "a number", value);
    case AttributeType::complex:
    {
        auto members = read_members(value, attribute, place, false);
        if (!members)
        {
            return members.error();
        }
        return members->empty() ? json::value{} : json::value(std::move(*members));
    }
    case AttributeType::string:
    case AttributeType::date_time:
    case AttributeType::reference:
    case AttributeType::binary:
        break;
    }
    return read_text(value, attribute, parent, place);
}

result<json::value> ValueReader::read_text(json::value const& value, Attribute const& attribute,
                                           Attribute const* parent, Place const& place) const
{
    auto const* string = value.if_string();
    if (!string)
    {
        return wrong_type(place, "a string", value);
    }
    std::string_view const text = *string;
    if (attribute.required && is_blank(text))
    {
        return place.fault(ErrorCode::invalid_value, "it is required and must not be empty or blank");
    }
    if (attribute.type == AttributeType::date_time && !parse_date_time(text))
    {
        return place.fault(ErrorCode::invalid_value, "expected a date and time such as 2026-11-22T08:15:30Z");
    }
    if (attribute.type == AttributeType::binary && !is_base64(text))
    {
        return place.fault(ErrorCode::invalid_value, "expected base64 (RFC 4648 section 4)");
    }
    if (!options_.lax_formats)
    {
        if (auto const expected = format_fault(schema_, parent, attribute, text); !expected.empty())
        {
            return place.fault(ErrorCode::invalid_value, "expected " + std::string(expected));
        }
    }
    return value;
}

result<json::object> ValueReader::read_members(json::value const& value, Attribute const& attribute, Place const& place,
                                               bool keep_null) const
{
    auto const* object = value.if_object();
    if (!object)
    {
        return wrong_type(place, "an object", value);
    }
    json::object out;
    out.reserve(object->size());
    Seen seen(attribute.sub_attributes);
    for (auto const& [name, member] : *object)
    {
        auto const* sub = attribute.find_sub_attribute(name);
        if (!sub)
        {
            if (options_.ignore_unknown_attributes)
            {
                continue;
            }
            return place.fault(ErrorCode::invalid_syntax, "there is no sub-attribute " + quoted(name));
        }
        if (!seen.insert(*sub))
        {
            return place.sub_attribute(sub->name).fault(ErrorCode::invalid_syntax, "the name is there twice");
        }
        if (sub->mutability == Mutability::read_only)
        {
            if (options_.refuse_read_only)
            {
                return place.sub_attribute(sub->name).fault(ErrorCode::mutability, "it is readOnly");
            }
            continue;
        }
        auto read_value = read(member, *sub, &attribute, place.sub_attribute(sub->name));
        if (!read_value)
        {
            return read_value.error();
        }
        if (keep_null || !read_value->is_null())
        {
            out.emplace(sub->name, std::move(*read_value));
        }
    }
    return out;
}

result<json::value> canonicalise_value(json::value const& value, Attribute const& attribute, std::string_view path,
                                       CanonicalOptions const& options)
{
    return ValueReader(options, nullptr).read(value, attribute, nullptr, Place(path));
}

result<json::value> canonicalise_value(json::value const& value, AttributeRef const& attribute,
                                       CanonicalOptions const& options)
{
    Place const place(attribute);
    ValueReader const reader(options, attribute.schema);
    if (!attribute.sub_attribute)
    {
        return reader.read(value, *attribute.attribute, nullptr, place);
    }
    return reader.read(value, *attribute.sub_attribute, attribute.attribute,
                       place.sub_attribute(attribute.sub_attribute->name));
}

result<json::value> canonicalise_element(json::value const& element, AttributeRef const& attribute, std::size_t index,
                                         CanonicalOptions const& options)
{
    Place const place(attribute);
    ValueReader const reader(options, attribute.schema);
    if (!attribute.sub_attribute)
    {
        return reader.read_single(element, *attribute.attribute, nullptr, place.element(index));
    }
    auto const sub_place = place.sub_attribute(attribute.sub_attribute->name);
    return reader.read_single(element, *attribute.sub_attribute, attribute.attribute, sub_place.element(index));
}

result<json::object> canonicalise_members(json::value const& complex, AttributeRef const& attribute,
                                          CanonicalOptions const& options)
{
    return ValueReader(options, attribute.schema).read_members(complex, *attribute.attribute, Place(attribute), true);
}

} // namespace scimkit
