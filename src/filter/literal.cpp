// Where a literal of a filter meets the type of its attribute (RFC 7644 section 3.4.2.2): what cannot be compared is
// refused here, so that neither evaluation nor a store meets a comparison without a meaning.
#include "literal.hpp"

#include <scimkit/core/text.hpp>
#include <scimkit/filter/evaluate.hpp>

#include <cmath>

namespace scimkit
{

namespace
{

/// How a type is called in a message, with its article.
constexpr std::string_view describe(AttributeType type) noexcept
{
    switch (type)
    {
    case AttributeType::string:
        return "a string";
    case AttributeType::boolean:
        return "a boolean";
    case AttributeType::decimal:
        return "a decimal number";
    case AttributeType::integer:
        return "an integer";
    case AttributeType::date_time:
        return "a dateTime";
    case AttributeType::reference:
        return "a reference";
    case AttributeType::binary:
        return "binary";
    case AttributeType::complex:
        break;
    }
    return "complex";
}

bool fits(AttributeType type, CompareOperator op) noexcept
{
    switch (type)
    {
    case AttributeType::string:
    case AttributeType::reference:
        return true;
    case AttributeType::integer:
    case AttributeType::decimal:
    case AttributeType::date_time:
        return !detail::is_substring(op);
    case AttributeType::boolean:
    case AttributeType::binary:
    case AttributeType::complex:
        break;
    }
    return detail::is_equality(op);
}

Error refusal(AttributeRef const& attribute, std::string_view reason)
{
    std::string path = attribute.path();
    std::string detail = path;
    detail += " is ";
    detail += describe(attribute.leaf().type);
    detail += " and ";
    detail.append(reason).append(".");
    return {.code = ErrorCode::invalid_filter,
            .detail = std::move(detail),
            .attribute = std::move(path),
            .requirement = "7644-3.4.2.2-w"};
}

/// Which one says that values of this type are not compared so.
std::string_view row_of_mismatch(AttributeType type, CompareOperator op) noexcept
{
    if (detail::is_substring(op))
        return "7644-3.4.2.2-v";
    return type == AttributeType::boolean  ? "7644-3.4.2.2-t"
           : type == AttributeType::binary ? "7644-3.4.2.2-u"
                                           : "7644-3.4.2.2-au";
}

Error operator_refusal(AttributeRef const& attribute, CompareOperator op, std::string_view literal = "")
{
    std::string reason = "cannot be compared with ";
    reason += to_string(op);
    reason += literal;
    return refusal(attribute, reason)
        .against(literal.empty() ? row_of_mismatch(attribute.leaf().type, op) : "7644-3.4.2.2-x");
}

StringKey make_string_key(std::string_view text, Attribute const& attribute)
{
    if (attribute.type == AttributeType::binary)
        return {.text = std::string{text}, .key = std::string{text}};
    return {.text = std::string{text}, .key = comparison_key(text, attribute.case_exact)};
}

/// A number as an integer, where it is one.
std::optional<Number> to_integer(double value) noexcept
{
    if (std::trunc(value) != value || std::isinf(value))
        return std::nullopt;
    if (value >= -0x1p63 && value < 0x1p63)
        return Number{static_cast<std::int64_t>(value)};
    return Number{value};
}

std::optional<Number> to_number(Attribute const& attribute, json::value const& value) noexcept
{
    switch (value.kind())
    {
    case json::kind::int64:
        return Number{value.get_int64()};
    case json::kind::uint64:
        return Number{value.get_uint64()};
    case json::kind::double_:
        return attribute.type == AttributeType::integer ? to_integer(value.get_double())
                                                        : std::optional<Number>{value.get_double()};
    default:
        return std::nullopt;
    }
}

} // namespace

namespace detail
{

result<BoundLiteral> bind_literal(Literal const& literal, CompareOperator op, AttributeRef const& attribute,
                                  BindOptions const& options)
{
    Attribute const& leaf = attribute.leaf();
    if (std::holds_alternative<std::nullptr_t>(literal))
        return is_equality(op) ? result<BoundLiteral>{BoundLiteral{nullptr}} : operator_refusal(attribute, op, " null");
    if (!fits(leaf.type, op))
        return operator_refusal(attribute, op);
    auto const* const text = std::get_if<std::string>(&literal);
    switch (leaf.type)
    {
    case AttributeType::string:
    case AttributeType::reference:
    case AttributeType::binary:
        if (!text)
            return refusal(attribute, "compares with a string");
        if (options.refuse_null_characters && text->find('\0') != std::string::npos)
            return refusal(attribute, "cannot be compared here with a text that has the character U+0000");
        return BoundLiteral{make_string_key(*text, leaf)};
    case AttributeType::boolean:
        if (auto const* const value = std::get_if<bool>(&literal))
            return BoundLiteral{*value};
        if (bool const yes = text && equal_ascii_ignoring_case(*text, "true");
            yes || (text && equal_ascii_ignoring_case(*text, "false")))
        {
            if (options.boolean_as_string)
                return BoundLiteral{yes};
            return refusal(attribute, "compares with true or false").allowed_by("boolean-as-string=on");
        }
        return refusal(attribute, "compares with true or false");
    case AttributeType::integer:
    case AttributeType::decimal:
        if (auto const* const number = std::get_if<NumberLiteral>(&literal))
            return BoundLiteral{parse_number(number->text)};
        return refusal(attribute, "compares with a number");
    case AttributeType::date_time:
        if (text)
        {
            if (auto const instant = parse_date_time(*text))
                return BoundLiteral{*instant};
        }
        return refusal(attribute, "compares with an xsd:dateTime in double quotes");
    case AttributeType::complex:
        break;
    }
    return operator_refusal(attribute, op);
}

} // namespace detail

std::optional<BoundLiteral> to_literal(Attribute const& attribute, json::value const& value)
{
    switch (attribute.type)
    {
    case AttributeType::string:
    case AttributeType::reference:
    case AttributeType::binary:
        if (auto const* const text = value.if_string())
            return BoundLiteral{make_string_key(*text, attribute)};
        return std::nullopt;
    case AttributeType::boolean:
        if (auto const* const boolean = value.if_bool())
            return BoundLiteral{*boolean};
        return std::nullopt;
    case AttributeType::integer:
    case AttributeType::decimal:
        if (auto const number = to_number(attribute, value))
            return BoundLiteral{*number};
        return std::nullopt;
    case AttributeType::date_time:
        if (auto const* const text = value.if_string())
        {
            if (auto const instant = parse_date_time(*text))
                return BoundLiteral{*instant};
        }
        return std::nullopt;
    case AttributeType::complex:
        break;
    }
    return std::nullopt;
}

} // namespace scimkit
