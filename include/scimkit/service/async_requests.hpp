// AsyncRequests: writes that are accepted first and carried out later (RFC 9967 section 2.5.1.1, RFC 7240 section 4.1).
// A client that sends `Prefer: respond-async` gets 202 as soon as its request is stored, with a transaction id in
// `Set-Txn` and a `Location` at which to ask what became of it.
//
//     auto requests = AsyncRequests::create({.store = store}).value();
//     auto service = Service::create({.base_url = "…", .store = store, …, .async_requests = requests}).value();
//     requests->start([&](Request const& request) { return service.handle(request); });
//     …
//     requests->stop(); // before the service goes
//
// A request is kept in the store of its tenant until it has been carried out, and what it changes is committed together
// with its result: so it is carried out once, whenever the process ends in between. It is as durable as the store is.
// Those of one tenant are carried out one after the other, in the order in which they came; tenants take turns. Its
// result is a change in the store's log, which a stream of security events tells (events/security_event.hpp), and it
// can be fetched by whoever sent the request, until it is too old.
//
// What goes wrong without the store is refused at once, as ever: credentials, rights, a body that cannot be understood.
// A request is carried out at once too, and answered as ever, when a secret is in its body, so that none is stored in
// clear; when it is a dry run; and when its client would wait (`wait=N`): for a second or longer, or, of a Bulk, for as
// long as ServiceLimits::deadline.
#pragma once

#include <scimkit/core/environment.hpp>
#include <scimkit/core/json.hpp>
#include <scimkit/service/service.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace scimkit
{

namespace service
{
class AsyncAccess;
}

struct AsyncRequestOptions
{
    /// That of the services, guards included. Needs StoreTraits::atomic and StoreTraits::tenants, and keeps resources
    /// of any type, as the included ones do. An application's own store over tables does not.
    std::shared_ptr<ResourceStore> store{};
    /// Requests that are carried out at once, each of another tenant, by a thread each: what is long holds up its own
    /// tenant alone, until as many tenants have something long. 1 to 64.
    unsigned threads = 4;
    /// Whether whoever sent a request may still come in: asked when it is carried out, by those threads. An error is
    /// its result, but for `unavailable`: then it is tried again. Empty: rights count as they were when the request was
    /// accepted. Whether its tenant is on, and what that offers, counts as it is when it is carried out, in any case.
    std::function<result<void>(std::string_view tenant, Principal const& sender)> check{};
    std::size_t max_pending = 1'000;                       ///< of a tenant, not yet carried out; beyond, 429
    std::size_t max_pending_bytes = std::size_t{64} << 20; ///< of their bodies, of a tenant; beyond, 429
    std::chrono::seconds keep_results{86'400};             ///< from the arrival of a request on
    std::size_t max_results = 100'000;                     ///< of a tenant; the oldest go sooner. Each of a Bulk counts
    /// A security event token for a client that asks for one (`Accept: application/secevent+jwt`): a compact JWS of
    /// these claims, with `iss` and `aud` added. Empty: results are SCIM messages only.
    std::function<result<std::string>(std::string_view tenant, json::object claims)> token{};
    std::shared_ptr<Environment> environment{}; ///< null: the system's clock
    /// Told of what fails and is tried again; never of what a request says.
    std::function<void(LogLevel, std::string_view)> log{};
};

/// Threading: start() and stop() by one thread, while no other calls them; the rest is the services'.
/// Lifetimes: services share it; what start() is given is called until stop() has returned.
class SCIMKIT_API AsyncRequests
{
public:
    /// Errors: invalid_value (what is missing, or what the store cannot do), those of ResourceStore::attach.
    static result<std::shared_ptr<AsyncRequests>> create(AsyncRequestOptions options);
    /// Stops it.
    ~AsyncRequests();
    AsyncRequests(AsyncRequests const&) = delete;
    AsyncRequests& operator=(AsyncRequests const&) = delete;

    /// Begins, on threads of its own: first with what is in the store. `handle` is the way to the services by which
    /// the requests came (Service::handle, TenantServices::handle). Before, and after stop(), nothing is accepted: a
    /// preference for it is not heard.
    void start(std::function<Response(Request const&)> handle);
    /// Waits for the requests that are under way; the others stay in the store.
    void stop() noexcept;

private:
    friend class service::AsyncAccess;
    struct State;
    explicit AsyncRequests(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace scimkit
