// One place, so that no page takes credentials that another one would refuse.
#include "entrance.hpp"

#include <scimkit/core/text.hpp>

#include <utility>

namespace server
{

using scimkit::Error;
using scimkit::ErrorCode;

Entered enter(scimkit::Request const& request, scimkit::Authenticator& authenticator,
              scimkit::TenantDirectory const* tenants)
{
    scimkit::Principal known;
    scimkit::Credentials credentials{.peer_address = request.peer_address, .known = &known};
    bool is_there = false;
    for (auto const& header : request.headers)
        if (scimkit::equal_ascii_ignoring_case(header.name, "Authorization"))
        {
            if (std::exchange(is_there, true))
                return {.principal = {},
                        .refused = scimkit::error_response(
                            {ErrorCode::bad_request, "There is more than one Authorization header."})};
            credentials.authorization = header.value;
        }
    auto principal = authenticator.authenticate(credentials);
    if (principal)
        return {.principal = std::move(*principal)};
    Entered entered{.principal = {}, .refused = scimkit::error_response(principal.error())};
    entered.refused.subject = std::move(known.subject);
    if (tenants && tenants->find_named(known.tenant))
        entered.refused.tenant = std::move(known.tenant);
    if (entered.refused.status == 401)
        entered.refused.headers.push_back({"WWW-Authenticate", authenticator.challenge()});
    return entered;
}

} // namespace server
