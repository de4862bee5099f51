// Security Event Tokens about SCIM resources (RFC 9967): the claims of one, made of a change of the log, and a stream
// that receivers poll (RFC 8936). Who signs them is the application's: scimkit::oauth has a signer
// (oauth/event_signer.hpp).
//
// A PUT is `prov:put`, any other update `prov:patch`. Beside it stands `activate` or `deactivate` where `active`
// changed. `prov:put:full` has the resource as the PUT left it, but for secrets; of a type with large attributes
// (Group) a PUT is told by names. Where a stream is about some resources alone, what joins it or leaves it is
// `feed:add` or `feed:remove`. The result of a request that was carried out later (service/async_requests.hpp) is a
// `misc:asyncresp` with the `txn` that its client was given.
//
// Changes that have gone from the log before a receiver had them are told too, by an event that no RFC has:
// gap_event_uri, with the reason. Whoever gets it reads anew what it keeps.
//
// On every function, where it says nothing else:
//   Threading    Any number of threads at once.
//   Lifetimes    Arguments need to live during the call only; what comes back owns what it holds.
//   Errors       None.
//   Complexity   Linear in the change, or in what comes back.
#pragma once

#include <scimkit/events/log_reader.hpp>
#include <scimkit/schema/registry.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit
{

/// For whom a token is, and how much it tells.
struct SecurityEventOptions
{
    std::string issuer{};   ///< `iss`: the service provider
    std::string audience{}; ///< `aud`: the stream, one of its own for each tenant
    /// Values too (`full`), never those of secrets. Otherwise names of attributes (`notice`).
    bool full = false;
    /// A mark (LoggedChange::kept) in attribute notation: the stream is about resources that have it as true, and about
    /// types without such an attribute. What was written before the log had marks is told to nobody then. Empty: the
    /// stream is about everything.
    std::string feed{};
    /// Of a tenant that has one of its own: what its resources have beside those of others has its schema named. Null:
    /// the registry that there is for all.
    std::shared_ptr<SchemaRegistry const> registry{};
};

/// Of the event about changes that nobody is told of; the subject is the SCIM root.
inline constexpr std::string_view gap_event_uri = "urn:scimkit:params:scim:event:misc:gap";

inline constexpr std::size_t max_event_elements = 1'000; ///< members that one event tells; beyond, it is a notice

/// The claims (RFC 9967 section 2): iss, aud, iat, jti, txn, sub_id and events. `jti` is the same for the same change
/// and audience, however often it is asked for; `txn` is change_id(). Nothing: no type of the registry has that name,
/// or the stream is not about the resource.
SCIMKIT_API std::optional<json::object> security_event(LoggedChange const& change, SchemaRegistry const& registry,
                                                       SecurityEventOptions const& options);

/// Of changes that have gone. Its `jti` is event_id(), the same for the same gap and audience.
SCIMKIT_API json::object security_event(LogGap const& gap, SecurityEventOptions const& options, Instant now);
SCIMKIT_API std::string event_id(LogGap const& gap, std::string_view audience);

/// The URIs that such events have, for ServiceOptions::security_events. `async_requests`: ServiceOptions has some.
/// `feed`: SecurityEventOptions::feed is not empty.
SCIMKIT_API std::vector<std::string> security_event_uris(bool full, bool async_requests = false, bool feed = false);

struct EventStreamOptions
{
    std::shared_ptr<ResourceStore> store{};           ///< with a change log
    std::shared_ptr<SchemaRegistry const> registry{}; ///< whose types there are events of
    std::string reader = "events";                    ///< the name that places are kept under
    /// What the tokens of a tenant say. Needed, as `sign`.
    /// Threading: the functions are called by the threads that poll, by several at once for different tenants, in no
    /// transaction. What they throw passes on to the caller of poll().
    std::function<SecurityEventOptions(std::string_view tenant)> about{};
    /// A compact JWS of the claims. Errors are the answer of a poll.
    std::function<result<std::string>(json::object const&)> sign{};
    /// Told of changes that have gone before a receiver had them, and of tokens that one could not take: of ten of a
    /// poll by name, of the others how many they are.
    std::function<void(std::string_view tenant, std::string_view what)> problem{};
    std::shared_ptr<Environment> environment{};          ///< null: the system's clock
    std::size_t max_events = 100;                        ///< of one answer; a request may ask for fewer
    std::size_t max_answer_bytes = std::size_t{4} << 20; ///< of the claims of one answer, but for the last
    std::size_t max_acknowledged = 10'000; ///< of a tenant, before an earlier one is; beyond, they come again
    std::size_t max_waiting = 8;           ///< polls that wait, of all tenants; further ones are answered at once
};

/// How a poll may wait for tokens (RFC 8936 section 2.5). It waits on the thread that calls.
struct EventWait
{
    std::chrono::milliseconds most{0}; ///< 0: not at all
    std::stop_token stop{};            ///< requested: it ends with what there is
    /// Asked every five seconds while it waits, and before it answers with what has come meanwhile: whether whoever
    /// polls may still. Its error ends the poll. May be empty.
    std::function<result<void>()> check{};
};

/// Polled streams, one for each tenant. Nothing is stored but the place behind which everything is acknowledged; what
/// is acknowledged out of order is remembered in memory, and comes again after a restart, with the same `jti`.
///
/// Threading: poll() from any number of threads; those of one tenant take turns, but for those that wait. May wait for
/// the store, and for a second for another poll of the tenant, which four at once may do.
/// Lifetimes: shares the store and the registry. Memory: for each tenant that was polled at most max_acknowledged
/// `jti` until forget(), so the caller lets in only names of tenants that there are.
class SCIMKIT_API EventStreams
{
public:
    /// Throws std::invalid_argument for options without store, change log, registry, `about` or `sign`.
    explicit EventStreams(EventStreamOptions options);
    ~EventStreams();
    EventStreams(EventStreams const&) = delete;
    EventStreams& operator=(EventStreams const&) = delete;

    /// Answers a request of RFC 8936 section 2.4: `ack` and `setErrs` first, then the oldest tokens that are not
    /// acknowledged, in order. Where there is none, it waits as `wait` says, unless `returnImmediately` is true or
    /// maxEvents 0.
    /// Errors: invalid_value (a request that is none), busy with a Retry-After (other polls of the tenant, or its
    /// writers, take too long), those of the store, of `sign` and of EventWait::check.
    /// Complexity: linear in the changes that are looked at, at most max_events and max_acknowledged together; for each
    /// change that wakes it, one look more.
    result<json::object> poll(std::string_view tenant, json::value const& request, EventWait const& wait = {});

    /// Of a tenant that is no more: what is remembered of its stream in memory. Places in the store are the store's.
    /// Threading: as poll(); one that is under way goes on. Complexity: logarithmic in the tenants.
    void forget(std::string_view tenant);

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace scimkit
