// URLs: what the client makes of endpoints, ids and parameters, and what it takes from base URLs (RFC 3986).
#pragma once

#include <string>
#include <string_view>

namespace scimkit::client
{

/// Appends `text` with everything percent-encoded that RFC 3986 section 2.3 does not call unreserved.
void append_encoded(std::string& out, std::string_view text);

struct UrlParts
{
    std::string_view scheme; ///< as written
    std::string_view host;   ///< without user, port and brackets
    std::string_view target; ///< path and query, with the first slash; may be empty
    bool has_user = false;
    bool has_query_or_fragment = false;
};

/// False: `url` is no absolute URL of printable ASCII with a host.
bool split_url(std::string_view url, UrlParts& parts) noexcept;

/// Whether only this machine can be meant.
bool is_loopback(std::string_view host) noexcept;

/// Why a URL may not get credentials; empty: it may.
std::string_view refuse_url(std::string_view url, bool allow_plain_http) noexcept;

} // namespace scimkit::client
