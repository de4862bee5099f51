// Numbers of a page are taken as RFC 7644 section 3.4.2.4 has them: what is too small counts as the least, and what no
// list has is no error.
#include "pagination.hpp"

#include <scimkit/core/text.hpp>

#include <algorithm>
#include <limits>

namespace scimkit::service
{
namespace
{

// Positions stay within what a JSON reader of any language takes for an integer.
constexpr std::uint64_t largest = std::numeric_limits<std::int64_t>::max();

Error no_integer(std::string_view name)
{
    return Error{ErrorCode::invalid_value, std::string{name} + " has to be an integer."}.against("7644-3.4.2.4-j");
}

/// A number as the client gave it: negative ones count as 0, larger ones than any list as the largest.
result<std::uint64_t> read_number(std::string_view text, std::string_view name)
{
    bool const negative = text.starts_with('-');
    auto const digits = text.substr(negative ? 1 : 0);
    if (digits.empty() || !std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; }))
        return no_integer(name);
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
    if (auto const* text = value.if_string(); text && lenient)
        return read_number(std::string_view{*text}, name);
    if (auto const* number = value.if_int64())
        return *number < 0 ? 0 : static_cast<std::uint64_t>(*number);
    if (value.if_uint64())
        return largest;
    auto const* text = value.if_string();
    bool const is_number = text && read_number(std::string_view{*text}, name);
    return no_integer(name).allowed_by(is_number ? "search-strings=on" : "");
}

result<void> take_start_index(Pagination& page, result<std::uint64_t> number)
{
    if (!number)
        return std::move(number).error();
    page.start_index = std::max<std::uint64_t>(*number, 1);
    return {};
}

/// RFC 9865 section 2.1: a count that is none has a word of its own beside a cursor.
result<void> take_count(Pagination& page, result<std::uint64_t> number, bool beside_cursor)
{
    if (number)
    {
        page.count = *number;
        return {};
    }
    auto error = std::move(number).error();
    if (!beside_cursor)
        return error;
    error.code = ErrorCode::invalid_count;
    return std::move(error).against("9865-2.1-d");
}

} // namespace

result<Pagination> read_pagination(Target const& target, bool cursors)
{
    Pagination page;
    if (auto const* index = target.find("startIndex"))
        if (auto taken = take_start_index(page, read_number(*index, "startIndex")); !taken)
            return std::move(taken).error();
    if (auto const* cursor = target.find("cursor"); cursor && cursors)
        page.cursor = *cursor;
    if (auto const* count = target.find("count"))
        if (auto taken = take_count(page, read_number(*count, "count"), page.cursor.has_value()); !taken)
            return std::move(taken).error();
    return page;
}

result<bool> read_pagination(Pagination& page, std::string_view name, json::value const& value, bool lenient,
                             bool beside_cursor)
{
    result<void> taken{};
    if (equal_ascii_ignoring_case(name, "startIndex"))
        taken = take_start_index(page, read_number(value, "startIndex", lenient));
    else if (equal_ascii_ignoring_case(name, "count"))
        taken = take_count(page, read_number(value, "count", lenient), beside_cursor);
    else if (!equal_ascii_ignoring_case(name, "cursor"))
        return false;
    else if (auto const* text = value.if_string())
        page.cursor = std::string{*text};
    else
        return Error{ErrorCode::invalid_syntax, "cursor has to be a string."}.against("9865-3-c");
    return taken ? result<bool>{true} : std::move(taken).error();
}

result<void> check(Pagination const& page)
{
    if (page.cursor && page.start_index)
        return Error{ErrorCode::invalid_value, "cursor and startIndex exclude each other."}.against("9865-2.4-d");
    return {};
}

} // namespace scimkit::service
