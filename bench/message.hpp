// The bytes of a request, for the programs that load a server.
#pragma once

#include <string>
#include <string_view>

namespace bench
{

/// A whole request of HTTP/1.1; `token` may be empty.
std::string make_request(std::string_view method, std::string_view target, std::string_view token,
                         std::string_view body = {});

/// Percent-encodes a value of a query.
std::string encode(std::string_view text);

} // namespace bench
