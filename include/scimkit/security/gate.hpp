// gate(): what is looked at around an authenticator: from where a request comes, and how often.
//
//     auto const keys = key_authenticator(read_key_file(path).value());
//     options.authenticator = gate(keys, {.allowed = AddressList::parse(ranges).value(),
//                                         .per_address = Rate{.per_second = 50},
//                                         .per_tenant = Rate{.per_second = 200}});
//
// In this order: the address, the rate of the address, the credentials (by the authenticator within), the addresses of
// the tenant, the rates of the credentials and of the tenant, and what the tenant itself asks for. The last four know
// who asks, and count nobody who was not let in.
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

/// What one tenant asks for besides. Shared by all who ask: its rates count as long as the object lives.
struct TenantGate
{
    AddressList allowed{};                       ///< empty: all addresses
    std::optional<RateLimiter> per_credential{}; ///< by subject
    std::optional<RateLimiter> in_all{};         ///< of all its credentials together
};

/// What is looked at; by default nothing.
///
/// An address is Credentials::peer_address; behind a proxy the server has to know the proxy to know the client
/// (http::ServerOptions::trusted_proxies). A request without an address is on no list, and all such share one rate.
struct GateOptions
{
    AddressList allowed{}; ///< empty: all addresses
    /// By tenant, on top of `allowed`. A tenant that is not among them has all addresses, one with an empty list none.
    std::map<std::string, AddressList, std::less<>> allowed_of{};
    std::string default_tenant = "default"; ///< of principals that name none
    std::optional<Rate> per_address{};      ///< looked at before the credentials. Of IPv6 a /64 counts as one address
    std::optional<Rate> per_credential{};   ///< by subject and tenant
    std::optional<Rate> per_tenant{};
    /// What a tenant asks for, on top of all that, as it is now: asked for each request that is let in so far, so that
    /// it may change meanwhile. Null: nothing. Threading: called by the threads that authenticate, by several at once;
    /// it must not wait.
    std::function<std::shared_ptr<TenantGate>(std::string_view tenant)> of_tenant{};
    /// Told of refusals, for the log: of the address, the subject or the tenant, never of credentials.
    /// Threading: called by the threads that authenticate, by several at once; it must not wait for long.
    std::function<void(std::string_view)> refused{};
};

/// An authenticator around another one. Each request counts once; one of a single resource that turns out to be long,
/// and is begun anew elsewhere, twice. A request that is let in without credentials
/// (ServiceOptions::public_configuration) is not asked about.
///
/// Threading: as Authenticator; it waits only where `inner` does. Lifetimes: shares `inner`.
/// Errors: of authenticate(), beside those of `inner`: forbidden (403: the address), too_many_requests (429, with when
/// to try again). Throws std::invalid_argument if there is no `inner`, or for a rate that RateLimiter does not take.
/// Complexity: beside that of `inner`, linear in the ranges of the lists; rates take as long as RateLimiter says.
SCIMKIT_API std::shared_ptr<Authenticator> gate(std::shared_ptr<Authenticator> inner, GateOptions options);

} // namespace scimkit
