// A head is a few hundred bytes that are the same in most answers; written by hand into the output they cost less than
// Beast's fields and serializer.
#include "response_text.hpp"

#include <scimkit/core/text.hpp>

#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

namespace scimkit::http
{

namespace
{

template <class Number>
void append_number(std::string& out, Number number)
{
    std::array<char, 20> digits;
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

/// The time as an HTTP date (RFC 9110 section 5.6.7), formatted at most once a second on each thread.
std::string_view http_date()
{
    thread_local std::time_t formatted_at = 0;
    thread_local std::string text;

    auto const now = std::time(nullptr);
    if (now == formatted_at && !text.empty())
        return text;

    static constexpr std::array<char const*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array<char const*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::tm utc{};
    gmtime_r(&now, &utc);
    auto const padded = [](std::string& out, int number)
    {
        if (number < 10)
            out += '0';
        append_number(out, number);
    };
    text.clear();
    text.append(days[static_cast<std::size_t>(utc.tm_wday)]).append(", ");
    padded(text, utc.tm_mday);
    text.append(" ").append(months[static_cast<std::size_t>(utc.tm_mon)]).append(" ");
    append_number(text, utc.tm_year + 1900);
    text += ' ';
    padded(text, utc.tm_hour);
    text += ':';
    padded(text, utc.tm_min);
    text += ':';
    padded(text, utc.tm_sec);
    text += " GMT";
    formatted_at = now;
    return text;
}

bool is_one_line(std::string_view value) noexcept
{
    return std::none_of(value.begin(), value.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

void append_header(std::string& out, std::string_view name, std::string_view value)
{
    out.append(name).append(": ").append(value).append("\r\n");
}

} // namespace

void append_response_head(std::string& out, Response const& response, ResponseFraming const& framing)
{
    auto const status = static_cast<unsigned>(response.status);
    out += "HTTP/1.1 ";
    append_number(out, status);
    out += ' ';
    out += std::string_view{boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status))};
    out += "\r\nServer: scimkit\r\n";
    append_header(out, "Date", http_date());
    if (!framing.request_id.empty())
        append_header(out, "X-Request-Id", framing.request_id);
    if (!framing.traceparent.empty())
        append_header(out, "traceparent", framing.traceparent);
    auto caching_is_said = false;
    for (auto const& [name, value] : response.headers)
    {
        caching_is_said = caching_is_said || equal_ascii_ignoring_case(name, "Cache-Control");
        if (is_one_line(name) && is_one_line(value))
            append_header(out, name, value);
    }
    if (!caching_is_said)
        out += "Cache-Control: no-store\r\n";
    out += "X-Content-Type-Options: nosniff\r\n";
    if (!framing.keep_alive)
        append_header(out, "Connection", "close");
    else if (framing.http_1_0)
        append_header(out, "Connection", "keep-alive");

    // 204 and 304 end with their header (RFC 9112 section 6.3).
    if (response.status != 204 && response.status != 304)
    {
        out += "Content-Length: ";
        append_number(out, response.content_length());
        out += "\r\n";
    }
    out += "\r\n";
}

} // namespace scimkit::http
