// The origin of an announced URL: tokens and events are of the whole server, whatever path its tenants have.
#pragma once

#include <algorithm>
#include <string>

namespace server
{

/// Scheme, host and port of an absolute URL, without what follows.
inline std::string origin_of(std::string const& url)
{
    auto const host = url.find("://");
    return url.substr(0, host == std::string::npos ? url.size() : std::min(url.find('/', host + 3), url.size()));
}

} // namespace server
