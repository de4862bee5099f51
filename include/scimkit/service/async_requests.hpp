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
//
// What is tried again is what nobody is at fault for: 503 and 429, after a pause that doubles from 200 milliseconds to
// a minute, while other tenants go on. What the service itself fails with (500) is tried again too, but is the result
// once the request has been put off three times.
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

/// What an AsyncRequests is made of. Numbers and times are at least 1.
struct AsyncRequestOptions
{
    /// That of the services, guards included. Needed. Needs StoreTraits::atomic and StoreTraits::tenants, and keeps
    /// resources of any type, as the included ones do. An application's own store over tables does not.
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
    std::chrono::seconds keep_results{86'400}; ///< from their making on; a request that is older is not tried again
    std::size_t max_results = 100'000;         ///< of a tenant; the oldest go sooner. Each of a Bulk counts
    /// A security event token for a client that asks for one (`Accept: application/secevent+jwt`): a compact JWS of
    /// these claims, with `iss` and `aud` added. Empty: results are SCIM messages only. Its errors are the answer.
    /// Threading: called by the threads of the services, by several at once, within no transaction.
    std::function<result<std::string>(std::string_view tenant, json::object claims)> token{};
    std::shared_ptr<Environment> environment{}; ///< null: the system's clock
    /// Told of what fails and is tried again; never of what a request says. It must not throw.
    /// Threading: called by the threads of start(), by several at once.
    std::function<void(LogLevel, std::string_view)> log{};
};

/// One for the services of one store (ServiceOptions::async_requests), in one process at a time: two processes would
/// carry out a request once all the same, but each its own share of max_pending.
///
/// Threading: start() and stop() by one thread, while no other calls them; waiting() by any; the rest is the services'.
/// Lifetimes: services share it; what start() is given is called until stop() has returned.
/// Complexity: memory is an index of what waits, about a hundred bytes each; every 30 seconds the store is asked anew
/// for what it has of each tenant, and results that are too old are taken away then.
class SCIMKIT_API AsyncRequests
{
public:
    /// One that is not started yet.
    ///
    /// Errors: invalid_value (what is missing, or what the store cannot do; a limit of 0), those of
    /// ResourceStore::attach.
    static result<std::shared_ptr<AsyncRequests>> create(AsyncRequestOptions options);
    /// As stop().
    ~AsyncRequests();
    AsyncRequests(AsyncRequests const&) = delete;
    AsyncRequests& operator=(AsyncRequests const&) = delete;

    /// Begins, on threads of its own: first with what is in the store. `handle` is the way to the services by which
    /// the requests came (Service::handle, TenantServices::handle); what it throws is logged and tried again. Before,
    /// and after stop(), nothing is accepted: a preference for it is not heard. One that runs is stopped first.
    ///
    /// Errors: throws std::system_error where a thread cannot be had; then it is stopped.
    void start(std::function<Response(Request const&)> handle);
    /// Cancels the requests that are under way, as far as they heed that (Request::cancelled), and waits for them; the
    /// others stay in the store, and so do these where they have changed nothing.
    void stop() noexcept;

    /// How many requests of all tenants are accepted and not yet carried out, those under way too. What others have put
    /// into the store counts once it was looked for.
    /// Errors: none. Complexity: linear in the tenants that have some.
    std::size_t waiting() const;

private:
    friend class service::AsyncAccess;
    struct State;
    explicit AsyncRequests(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace scimkit
