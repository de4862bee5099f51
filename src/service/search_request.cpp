// Two spellings of one question (RFC 7644 sections 3.4.2 and 3.4.3) become one value, so that nothing behind it asks
// how it came. Filters on sensitive values may come in a body only (section 7.5.2).
#include "search_request.hpp"

#include <scimkit/core/text.hpp>

#include "../core/repeated_names.hpp"

#include <algorithm>

namespace scimkit::service
{
namespace
{

result<void> set_sort_order(SearchRequest& request, std::string_view order)
{
    if (equal_ascii_ignoring_case(order, "descending"))
        request.descending = true;
    else if (!equal_ascii_ignoring_case(order, "ascending"))
        return Error{ErrorCode::invalid_value, "sortOrder has to be ascending or descending."}.against(
            "7644-3.4.2.3-d");
    return {};
}

constexpr std::string_view string_kind = "a string"; ///< the other kind is a list of them

Error wrong_kind(std::string_view name, std::string_view kind)
{
    return Error{ErrorCode::invalid_syntax, std::string{name} + " has to be " + std::string{kind} + "."}.against(
        kind == string_kind ? "7644-3.4.3-g" : "7644-3.4.3-c");
}

result<std::vector<std::string>> read_names(json::value const& value, std::string_view name, bool lenient)
{
    if (auto const* text = value.if_string(); text && lenient)
        return text->empty() ? std::vector<std::string>{} : std::vector{std::string{*text}};
    auto const* array = value.if_array();
    if (!array)
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
        return wrong_kind(name, string_kind);
    return std::string{value.get_string()};
}

bool names_message(json::value const& schemas, std::string_view message)
{
    auto const* array = schemas.if_array();
    return array &&
           std::ranges::any_of(*array, [&](json::value const& uri)
                               { return uri.is_string() && equal_ascii_ignoring_case(uri.get_string(), message); });
}

/// Takes one member of a SearchRequest. Members that RFC 7644 section 3.4.3 does not name are ignored, as such
/// parameters are.
result<void> read_member(SearchRequest& request, std::string_view name, json::value const& value, bool lenient,
                         bool beside_cursor)
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
    if (is("sortOrder"))
    {
        auto const order = read_text(value, "sortOrder");
        return order ? set_sort_order(request, *order) : order.error();
    }
    auto const of_page = read_pagination(request.page, name, value, lenient, beside_cursor);
    return of_page ? result<void>{} : of_page.error();
}

result<SearchRequest> checked(SearchRequest request)
{
    auto sound = check(request.page);
    return sound ? result<SearchRequest>{std::move(request)} : std::move(sound).error();
}

} // namespace

ShapeRequest read_shape(Target const& target)
{
    ShapeRequest shape;
    if (auto const* names = target.find("attributes"); names && !names->empty())
        shape.attributes.push_back(*names);
    if (auto const* names = target.find("excludedAttributes"); names && !names->empty())
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
    auto page = read_pagination(target, cursors);
    if (!page)
        return std::move(page).error();
    request.page = std::move(*page);
    return checked(std::move(request));
}

result<SearchRequest> read_search_request(json::value const& body, bool lenient, bool cursors, std::string_view message)
{
    bool const is_search = message == search_request_urn; // the rows are about no other message
    auto const* object = body.if_object();
    if (!object)
        return Error{ErrorCode::invalid_syntax, "The body has to be a SearchRequest object."}.against(
            is_search ? "7644-3.4.3-k" : "");
    if (auto once = check_repeated_names(*object); !once)
        return std::move(once).error();
    bool has_schemas = false;
    bool const beside_cursor = object->contains("cursor");
    SearchRequest request;
    for (auto const& [key, value] : *object)
    {
        std::string_view const name{key};
        if (equal_ascii_ignoring_case(name, "schemas"))
            has_schemas = names_message(value, message);
        else if (!cursors && equal_ascii_ignoring_case(name, "cursor"))
            continue;
        else if (auto read = read_member(request, name, value, lenient, beside_cursor); !read)
            return std::move(read).error();
    }
    if (!has_schemas)
        return Error{ErrorCode::invalid_syntax, "schemas has to name " + std::string{message} + "."}.against(
            is_search ? "7644-3.4.3-b" : "");
    return checked(std::move(request));
}

} // namespace scimkit::service
