// Just enough of URLs for a client whose base URL comes from a person: no library of Debian 12 with Boost 1.81 has more
// than this needs (Boost.URL is in it from 1.81 on, and wants to be linked).
#include "url.hpp"

#include <scimkit/core/text.hpp>

#include <algorithm>

namespace scimkit::client
{

void append_encoded(std::string& out, std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (char const c : text)
    {
        bool const letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (letter || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~')
        {
            out += c;
            continue;
        }
        auto const byte = static_cast<unsigned char>(c);
        out += '%';
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
}

bool split_url(std::string_view url, UrlParts& parts) noexcept
{
    if (std::any_of(url.begin(), url.end(), [](char c) { return c <= ' ' || c > '~'; }))
        return false;
    auto const colon = url.find("://");
    if (colon == std::string_view::npos || colon == 0)
        return false;
    parts.scheme = url.substr(0, colon);
    auto rest = url.substr(colon + 3);
    auto const end = std::min(rest.find_first_of("/?#"), rest.size());
    auto authority = rest.substr(0, end);
    parts.target = rest.substr(end);
    parts.has_query_or_fragment = parts.target.find_first_of("?#") != std::string_view::npos;
    auto const at = authority.rfind('@');
    parts.has_user = at != std::string_view::npos;
    if (parts.has_user)
        authority.remove_prefix(at + 1);
    if (authority.starts_with('['))
    {
        auto const bracket = authority.find(']');
        if (bracket == std::string_view::npos)
            return false;
        parts.host = authority.substr(1, bracket - 1);
    }
    else
        parts.host = authority.substr(0, authority.find(':'));
    return !parts.host.empty();
}

bool is_loopback(std::string_view host) noexcept
{
    if (host == "::1" || equal_ascii_ignoring_case(host, "localhost"))
        return true;
    // Digits and dots alone: "127.0.0.1.example.com" is somebody else.
    return host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos;
}

std::string_view refuse_url(std::string_view url, bool allow_plain_http) noexcept
{
    UrlParts parts;
    if (!split_url(url, parts))
        return "is no absolute URL, such as \"https://example.com/scim/v2\"";
    if (parts.has_user)
        return "has a user or password in it; credentials are given apart";
    if (parts.has_query_or_fragment)
        return "has a query or a fragment";
    if (equal_ascii_ignoring_case(parts.scheme, "https"))
        return {};
    if (!equal_ascii_ignoring_case(parts.scheme, "http"))
        return "is neither https nor http";
    if (!allow_plain_http && !is_loopback(parts.host))
        return "is plain http, which would show the credentials to everybody on the way; use https";
    return {};
}

} // namespace scimkit::client
