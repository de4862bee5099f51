// The one reader of values, for every way in: what an element must keep, and what text may have in it (RFC 7643 section
// 2.3).
#include "value_reader.hpp"

#include <scimkit/core/base64.hpp>
#include <scimkit/core/budget.hpp>
#include <scimkit/core/date_time.hpp>
#include <scimkit/core/text.hpp>
#include <scimkit/schema/registry.hpp>

#include "characters.hpp"
#include "elements.hpp"
#include "formats.hpp"
#include "quoted.hpp"
#include "seen.hpp"

#include <algorithm>

namespace scimkit
{

namespace
{

constexpr std::string_view needs_value = "it is required: it says what is meant";

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

// The setting under which a value of the wrong shape would have been rewritten, by the rules of
// tolerance/value_rewriter.
std::string_view setting_for(json::value const& got, Attribute const& attribute) noexcept
{
    if (auto const* array = got.if_array(); array && array->size() == 1 && !array->front().is_array())
        return "array-for-single=on";
    auto const* text = got.if_string();
    bool const has_value = attribute.find_sub_attribute("value") != nullptr;
    if (attribute.type == AttributeType::complex && got.is_object())
        return "object-for-multi=on";
    if (attribute.type == AttributeType::complex && text && has_value)
    {
        if (!text->empty())
            return !attribute.multi_valued || is_resource_reference(attribute) ? "string-for-complex=on" : "";
        return attribute.multi_valued ? "" : "empty-string-clears-complex=on";
    }
    bool const is_truth =
        text && (equal_ascii_ignoring_case(*text, "true") || equal_ascii_ignoring_case(*text, "false"));
    return attribute.type == AttributeType::boolean && is_truth ? "boolean-as-string=on" : "";
}

Error wrong_type(Place const& place, std::string_view expected, json::value const& got, Attribute const& attribute)
{
    std::string reason = "expected ";
    reason += expected;
    reason += ", got ";
    reason += kind_of(got);
    return place.fault(ErrorCode::invalid_value, reason).allowed_by(setting_for(got, attribute));
}

// Whole numbers become doubles, which are written with a fraction (RFC 7643 section 2.3.3), if none is rounded.
json::value as_decimal(json::value const& number)
{
    constexpr std::int64_t exact = std::int64_t{1} << 53;
    if (number.is_int64() && number.get_int64() >= -exact && number.get_int64() <= exact)
        return static_cast<double>(number.get_int64());
    return number;
}

bool is_blank_string(json::value const& value) noexcept
{
    auto const* text = value.if_string();
    return text && is_blank(*text);
}

// An element of blanks says no more than one of nulls.
bool says_nothing(json::value const& element) noexcept
{
    auto const* members = element.if_object();
    return members ? std::all_of(members->begin(), members->end(), // a mark alone marks nothing
                                 [](json::key_value_pair const& member)
                                 { return member.key() == "primary" || is_blank_string(member.value()); })
                   : element.is_null() || is_blank_string(element);
}

// What an element is about: `value`, or where there is none anything but its label.
bool has_content(json::object const& members, Attribute const& attribute)
{
    if (auto const* value = attribute.find_sub_attribute("value"))
        return members.contains(value->name);
    return std::any_of(members.begin(), members.end(),
                       [](json::key_value_pair const& member)
                       { return member.key() != "type" && member.key() != "primary" && member.key() != "display"; });
}

bool names_nothing(json::object const& members) noexcept
{
    return std::all_of(members.begin(), members.end(),
                       [](json::key_value_pair const& member) { return member.key() == "primary"; });
}

bool is_key(Attribute const& attribute, Attribute const* parent) noexcept
{
    return parent && attribute.name == "value" && is_keyed(*parent);
}

// The value in the schema's spelling, so that whoever keeps it as a number or an enumeration needs to know no other.
result<json::value> one_of_the_canonical(std::string_view text, Attribute const& attribute, Place const& place)
{
    auto const key = comparison_key(text, attribute.case_exact);
    for (std::string const& canonical : attribute.canonical_values)
        if (comparison_key(canonical, attribute.case_exact) == key)
            return json::value(canonical);
    std::string reason = "it is none of";
    for (std::string const& canonical : attribute.canonical_values)
        reason += (&canonical == &attribute.canonical_values.front() ? " \"" : ", \"") + canonical + '"';
    return place.fault(ErrorCode::invalid_value, reason).against("7643-2.3.1-d");
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
        return json::value{};
    if (is_empty_external_id(value, attribute, schema_))
        return json::value{};
    return attribute.multi_valued ? read_array(value, attribute, parent, place)
                                  : read_single(value, attribute, parent, place);
}

result<json::value> ValueReader::read_array(json::value const& value, Attribute const& attribute,
                                            Attribute const* parent, Place const& place) const
{
    auto const* array = value.if_array();
    if (!array)
        return wrong_type(place, "an array", value, attribute);
    json::array out;
    out.reserve(array->size());
    // What is there twice is kept once (RFC 7643 section 2.4).
    ElementIndex present{attribute, known_by_value(attribute) ? ElementMatch::value_first : ElementMatch::same};
    for (std::size_t i = 0; i < array->size(); ++i)
    {
        auto const here = place.element(i);
        if ((*array)[i].is_null())
            return here.fault(ErrorCode::invalid_value, "null is no element").against("7643-2.4-a");
        auto element = read_element((*array)[i], attribute, parent, here);
        if (!element)
            return element;
        auto const weighed = present.weighed();
        auto const known = present.find(out, *element);
        if (options_.budget && !options_.budget->spend(present.weighed() - weighed))
            return options_.budget->error();
        if (known && is_primary(*element))
            out[*known].as_object()["primary"] = true; // the mark is passed on
        else if (!known)
        {
            out.push_back(std::move(*element));
            present.added(out);
        }
    }
    return out.empty() ? json::value{} : json::value(std::move(out));
}

result<json::value> ValueReader::read_element(json::value const& element, Attribute const& attribute,
                                              Attribute const* parent, Place const& place) const
{
    auto read = read_single(element, attribute, parent, place);
    if (read)
    {
        if (auto fine = check_element(*read, attribute, place); !fine)
            return fine.error();
    }
    return read;
}

result<void> ValueReader::check_element(json::value const& element, Attribute const& attribute,
                                        Place const& place) const
{
    if (says_nothing(element))
        return place.fault(ErrorCode::invalid_value, "the element says nothing: null and [] are what clears");
    auto const* members = element.if_object();
    if (members && options_.only_compared && names_nothing(*members))
        return place.fault(ErrorCode::invalid_value, "the element does not say which one is meant");
    // The URI of a reference may stand for its id; whoever computes the one from the other sees to it.
    auto const has_uri = [&] { return is_resource_reference(attribute) && members->contains("$ref"); };
    if (members && !members->contains("value") && is_keyed(attribute) && (options_.only_compared || !has_uri()))
        return place.sub_attribute("value")
            .fault(ErrorCode::invalid_value, std::string{needs_value})
            .against("7643-2.4-h");
    return {};
}

result<json::value> ValueReader::read_single(json::value const& value, Attribute const& attribute,
                                             Attribute const* parent, Place const& place) const
{
    switch (attribute.type)
    {
    case AttributeType::boolean:
        return value.is_bool() ? result<json::value>{value} : wrong_type(place, "true or false", value, attribute);
    case AttributeType::integer:
        return value.is_int64() || value.is_uint64() ? result<json::value>{value}
                                                     : wrong_type(place, "an integer of 64 bits", value, attribute);
    case AttributeType::decimal:
        return value.is_number() ? result<json::value>{as_decimal(value)}
                                 : wrong_type(place, "a number", value, attribute);
    case AttributeType::complex:
    {
        auto members = read_members(value, attribute, place, false);
        if (!members)
            return members.error();
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
        return wrong_type(place, "a string", value, attribute);
    if (auto fine = check_text(*string, attribute, parent, place); !fine)
        return fine.error();
    if (attribute.only_canonical_values)
        return one_of_the_canonical(*string, attribute, place);
    return value;
}

result<void> ValueReader::check_text(std::string_view text, Attribute const& attribute, Attribute const* parent,
                                     Place const& place) const
{
    if (text.size() > options_.max_value_bytes)
    {
        return place.fault(ErrorCode::invalid_value,
                           "it is longer than the limit of " + std::to_string(options_.max_value_bytes) + " bytes");
    }
    bool const is_id = is_key(attribute, parent);
    if ((attribute.required || is_id) && is_blank(text))
        return place.fault(ErrorCode::invalid_value, "it is required and must not be empty or blank")
            .against(attribute.required ? "7644-3.3-o" : "7643-2.4-h");
    bool const is_exact =
        is_id || (attribute.uniqueness != Uniqueness::none && attribute.type == AttributeType::string);
    bool const names_resource = is_id && is_resource_reference(*parent) && !options_.only_compared;
    if (auto const reason = names_resource ? id_fault(text)
                            : is_exact     ? identifier_fault(text)
                                           : text_fault(text);
        !reason.empty())
        return place.fault(ErrorCode::invalid_value, reason)
            .against(!parent && attribute.name == "userName" ? "7644-5-d" : "");
    if (attribute.type == AttributeType::date_time && !parse_date_time(text))
        return place.fault(ErrorCode::invalid_value, "expected a date and time such as 2026-11-22T08:15:30Z")
            .against("7643-2.3.5-a");
    if (attribute.type == AttributeType::binary && !is_base64(text))
        return place.fault(ErrorCode::invalid_value, "expected base64 (RFC 4648 section 4)").against("7643-2.3.6-a");
    if (!options_.lax_formats)
    {
        if (auto const expected = format_fault(schema_, parent, attribute, text); !expected.empty())
            return place.fault(ErrorCode::invalid_value, "expected " + std::string{expected})
                .allowed_by("lax-formats=on");
    }
    return {};
}

result<json::object> ValueReader::read_members(json::value const& value, Attribute const& attribute, Place const& place,
                                               bool keep_null) const
{
    auto const* object = value.if_object();
    if (!object)
        return wrong_type(place, "an object", value, attribute);
    json::object out;
    out.reserve(object->size());
    Seen seen{attribute.sub_attributes};
    std::string_view lost; // a name that was left out
    char const* lost_why = ", which has no meaning here,";
    bool any_kept = false; // or ignored because the RFC says so
    for (auto const& [name, member] : *object)
    {
        auto const* sub = attribute.find_sub_attribute(name);
        if (!sub)
        {
            if (options_.ignore_unknown_attributes)
            {
                lost = name;
                continue;
            }
            return place.fault(ErrorCode::invalid_syntax, "there is no sub-attribute " + quoted_name(name))
                .allowed_by("ignore-unknown-attributes=on");
        }
        if (!seen.insert(*sub))
            return place.sub_attribute(sub->name)
                .fault(ErrorCode::invalid_syntax, "the name is there twice")
                .against("7643-2.1-f");
        any_kept = any_kept || keep_null || !member.is_null();
        if (sub->mutability == Mutability::read_only)
        {
            if (options_.refuse_read_only)
                return place.sub_attribute(sub->name)
                    .fault(ErrorCode::mutability, "it is readOnly")
                    .against("7644-3.5.2-o")
                    .allowed_by("ignore-readonly-echo=on");
            continue;
        }
        if (options_.only_compared && member.is_null() && sub->name == "value")
        {
            lost = name; // or what else the element says would select too many
            lost_why = ", which is null,";
        }
        auto read_value = read(member, *sub, &attribute, place.sub_attribute(sub->name));
        if (!read_value)
            return read_value.error();
        if (keep_null || !read_value->is_null())
            out.emplace(sub->name, std::move(*read_value));
    }
    if (auto completed = complete_reference(out, attribute, place); !completed)
        return completed.error();
    // What is left out must leave what the client can have meant: never an e-mail that is but a type.
    bool const is_element = attribute.multi_valued && !keep_null;
    if (lost.data() && (!any_kept || (is_element && !has_content(out, attribute))))
    {
        return place.fault(ErrorCode::invalid_value,
                           "without " + quoted_name(lost) + lost_why + " nothing of it is left");
    }
    return out;
}

result<void> ValueReader::complete_reference(json::object& members, Attribute const& attribute,
                                             Place const& place) const
{
    auto const* value = members.if_contains("value");
    auto const* uri = members.if_contains("$ref");
    bool const is_by_uri = uri && uri->is_string() && (!value || value->is_null());
    if (!is_by_uri || !options_.id_of_uri || options_.only_compared || !is_resource_reference(attribute))
        return {};
    auto const value_place = place.sub_attribute("value");
    auto id = options_.id_of_uri(attribute, uri->get_string());
    if (!id)
        return value_place.fault(ErrorCode::invalid_value, std::string{needs_value}).against("7643-2.4-h");
    auto read_value = read(json::value(*id), *attribute.find_sub_attribute("value"), &attribute, value_place);
    if (!read_value)
        return read_value.error();
    members["value"] = std::move(*read_value);
    return {};
}

} // namespace scimkit
