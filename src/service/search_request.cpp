// Two spellings of one question (RFC 7644 sections 3.4.2 and 3.4.3) become one value, so that nothing behind it asks
// how it came. Filters on sensitive values may come in a body only (section 7.5.2).
#include "search_request.hpp"

#include <scimkit/core/text.hpp>

#include <algorithm>
#include <limits>

namespace scimkit::service
{
namespace
{

// Positions stay within what a JSON reader of any language takes for an integer.
constexpr std::uint64_t largest = std::numeric_limits<std::int64_t>::max();

/// A number as the client gave it: negative ones count as 0, larger ones than any list as the largest.
result<std::uint64_t> read_number(std::string_view text, std::string_view name)
{
    bool const negative = text.starts_with('-');
    auto const digits = text.substr(negative ? 1 : 0);
    if (digits.empty() || !std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; }))
        return Error{ErrorCode::invalid_value, std::string{name} + " has to be an integer."};
    std::uint64_t number = 0;
    for (char const c : digits)
    {
        if (number > (largest - 9) / 10)
            return negative ? 0 : largest;
        number = number * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return negative ? 0 : number;
}

result<std::uint64_t> read_number(json::value const& value, std::string_view name, bool lenient)
{
    if (auto const* text = value.if_string(); text != nullptr && lenient)
        return read_number(std::string_view{*text}, name);
    if (auto const* number = value.if_int64())
        return *number < 0 ? 0 : static_cast<std::uint64_t>(*number);
    if (value.if_uint64())
        return largest;
    auto const* text = value.if_string();
    bool const is_number = text != nullptr && read_number(std::string_view{*text}, name);
    return Error{ErrorCode::invalid_value, std::string{name} + " has to be an integer."}.allowed_by(
        is_number ? "search-strings=on" : "");
}

result<void> set_sort_order(SearchRequest& request, std::string_view order)
{
    if (equal_ascii_ignoring_case(order, "descending"))
        request.descending = true;
    else if (!equal_ascii_ignoring_case(order, "ascending"))
        return Error{ErrorCode::invalid_value, "sortOrder has to be ascending or descending."};
    return {};
}

Error wrong_kind(std::string_view name, std::string_view kind)
{
    return {ErrorCode::invalid_syntax, std::string{name} + " has to be " + std::string{kind} + "."};
}

result<std::vector<std::string>> read_names(json::value const& value, std::string_view name, bool lenient)
{
    if (auto const* text = value.if_string(); text != nullptr && lenient)
        return text->empty() ? std::vector<std::string>{} : std::vector{std::string{*text}};
    auto const* array = value.if_array();
    if (array == nullptr)
        return wrong_kind(name, "an array of strings").allowed_by(value.is_string() ? "search-strings=on" : "");
    std::vector<std::string> names;
    for (json::value const& element : *array)
    {
        if (!element.is_string())
            return wrong_kind(name, "an array of strings");
        names.emplace_back(element.get_string());
    }
    return names;
}

result<std::string> read_text(json::value const& value, std::string_view name)
{
    if (!value.is_string())
        return wrong_kind(name, "a string");
    return std::string{value.get_string()};
}

bool names_message(json::value const& schemas, std::string_view message)
{
    auto const* array = schemas.if_array();
    return array != nullptr &&
           std::ranges::any_of(*array, [&](json::value const& uri)
                               { return uri.is_string() && equal_ascii_ignoring_case(uri.get_string(), message); });
}

/// Takes one member of a SearchRequest. Members that RFC 7644 section 3.4.3 does not name are ignored, as such
/// parameters are.
result<void> read_member(SearchRequest& request, std::string_view name, json::value const& value, bool lenient)
{
    auto const is = [&](std::string_view known) { return equal_ascii_ignoring_case(name, known); };
    auto const take = [](auto&& read, auto& into) -> result<void>
    {
        if (!read)
            return std::move(read).error();
        into = std::move(*read);
        return {};
    };
    if (value.is_null())
        return {};
    if (is("attributes"))
        return take(read_names(value, "attributes", lenient), request.shape.attributes);
    if (is("excludedAttributes"))
        return take(read_names(value, "excludedAttributes", lenient), request.shape.excluded);
    if (is("filter"))
        return take(read_text(value, "filter"), request.filter);
    if (is("sortBy"))
        return take(read_text(value, "sortBy"), request.sort_by);
    if (is("startIndex"))
    {
        auto number = read_number(value, "startIndex", lenient);
        if (number)
            *number = std::max<std::uint64_t>(*number, 1);
        return take(std::move(number), request.start_index);
    }
    if (is("cursor"))
        return take(read_text(value, "cursor"), request.cursor);
    if (is("count"))
        return take(read_number(value, "count", lenient), request.count);
    if (is("sortOrder"))
    {
        auto const order = read_text(value, "sortOrder");
        return order ? set_sort_order(request, *order) : order.error();
    }
    return {};
}

/// RFC 9865 section 2.1: a count that is none has a word of its own beside a cursor.
Error wrong_count(Error error, bool beside_cursor)
{
    if (beside_cursor)
        error.code = ErrorCode::invalid_count;
    return error;
}

/// RFC 9865 leaves open what both mean.
result<SearchRequest> checked(SearchRequest request)
{
    if (request.cursor && request.start_index)
        return Error{ErrorCode::invalid_value, "cursor and startIndex exclude each other."};
    return request;
}

} // namespace

ShapeRequest read_shape(Target const& target)
{
    ShapeRequest shape;
    if (auto const* names = target.find("attributes"); names != nullptr && !names->empty())
        shape.attributes.push_back(*names);
    if (auto const* names = target.find("excludedAttributes"); names != nullptr && !names->empty())
        shape.excluded.push_back(*names);
    return shape;
}

result<SearchRequest> read_query_parameters(Target const& target, bool cursors)
{
    SearchRequest request{.shape = read_shape(target)};
    if (auto const* filter = target.find("filter"))
        request.filter = *filter;
    if (auto const* attribute = target.find("sortBy"))
        request.sort_by = *attribute;
    if (auto const* order = target.find("sortOrder"))
        if (auto set = set_sort_order(request, *order); !set)
            return std::move(set).error();
    if (auto const* index = target.find("startIndex"))
    {
        auto const number = read_number(*index, "startIndex");
        if (!number)
            return number.error();
        request.start_index = std::max<std::uint64_t>(*number, 1);
    }
    if (auto const* cursor = target.find("cursor"); cursor != nullptr && cursors)
        request.cursor = *cursor;
    if (auto const* count = target.find("count"))
    {
        auto number = read_number(*count, "count");
        if (!number)
            return wrong_count(std::move(number).error(), request.cursor.has_value());
        request.count = *number;
    }
    return checked(std::move(request));
}

result<SearchRequest> read_search_request(json::value const& body, bool lenient, bool cursors, std::string_view message)
{
    auto const* object = body.if_object();
    if (object == nullptr)
        return Error{ErrorCode::invalid_syntax, "The body has to be a SearchRequest object."};
    bool has_schemas = false;
    SearchRequest request;
    for (auto const& [key, value] : *object)
    {
        std::string_view const name{key};
        if (equal_ascii_ignoring_case(name, "schemas"))
            has_schemas = names_message(value, message);
        else if (!cursors && equal_ascii_ignoring_case(name, "cursor"))
            continue;
        else if (auto read = read_member(request, name, value, lenient); !read)
            return wrong_count(std::move(read).error(),
                               object->contains("cursor") && equal_ascii_ignoring_case(name, "count"));
    }
    if (!has_schemas)
        return Error{ErrorCode::invalid_syntax, "schemas has to name " + std::string{message} + "."};
    return checked(std::move(request));
}

} // namespace scimkit::service
