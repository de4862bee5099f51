// What a server answers by itself, without its service and without its credentials.
#pragma once

#include <scimkit/service/message.hpp>

namespace scimkit::http
{

struct Host;

enum class OwnPage
{
    none,  ///< the service's
    check, ///< /healthz or /readyz: at once
    page   ///< one of ServerOptions::pages: by a worker
};

OwnPage own_page(Request const& request, Host const& host) noexcept;

/// The answer, where own_page() is not none.
Response answer_own(Request const& request, Host const& host);

} // namespace scimkit::http
