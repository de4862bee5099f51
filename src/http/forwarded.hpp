// Who is behind a proxy (RFC 7239, and the header that came before it).
#pragma once

#include <scimkit/http/server.hpp>

#include <span>
#include <string>
#include <string_view>

namespace scimkit::http
{

/// The address of the client: that of the other end, unless it is a proxy that is trusted and names another one. Of a
/// chain of proxies each trusted one is believed what it says of the one before it, and nobody else is believed
/// anything: from the end of the list, the first address that is no trusted proxy's. Where the list has something else
/// than an address, the last proxy that was believed.
std::string client_behind(std::string_view peer, std::span<Header const> headers, ServerOptions const& options);

} // namespace scimkit::http
