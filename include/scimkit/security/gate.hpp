// gate(): what is looked at around an authenticator: from where a request comes, and how often.
#pragma once

#include <scimkit/security/address.hpp>
#include <scimkit/security/authentication.hpp>
#include <scimkit/security/rate_limit.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace scimkit
{

/// An address is Credentials::peer_address; behind a proxy the server has to know the proxy to know the client
/// (http::ServerOptions::trusted_proxies).
struct GateOptions
{
    AddressList allowed{};                                        ///< empty: all addresses
    std::map<std::string, AddressList, std::less<>> allowed_of{}; ///< by tenant, on top of `allowed`
    std::string default_tenant = "default";                       ///< of principals that name none
    std::optional<Rate> per_address{};    ///< looked at before the credentials. Of IPv6 a /64 counts as one address
    std::optional<Rate> per_credential{}; ///< by subject and tenant
    std::optional<Rate> per_tenant{};
    /// Told of refusals, for the log; never of credentials. Called by any thread, by several at once.
    std::function<void(std::string_view)> refused{};
};

/// An authenticator around another one. Errors, beside those of the inner one: forbidden (403: the address; said before
/// the credentials are looked at, and of a tenant's list after), too_many_requests (429, with when to try again).
///
/// Each request counts once; one of a single resource that turns out to be long, and is begun anew elsewhere, twice. A
/// request that is let in without credentials (ServiceOptions::public_configuration) is not asked about.
SCIMKIT_API std::shared_ptr<Authenticator> gate(std::shared_ptr<Authenticator> inner, GateOptions options);

} // namespace scimkit
