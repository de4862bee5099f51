// Security Event Tokens about SCIM resources (RFC 9967): the claims of one, made of a change of the log, and a stream
// that receivers poll (RFC 8936). Who signs them is the application's: scimkit::oauth has a signer
// (oauth/event_signer.hpp).
//
// An update is told as `prov:patch` however it was asked for, by PUT as well: the log knows what became of a resource,
// and not by which words. Beside it stands `activate` or `deactivate` where `active` changed. The result of a request
// that was carried out later (service/async_requests.hpp) is a `misc:asyncresp` with the `txn` that its client was
// given.
#pragma once

#include <scimkit/events/log_reader.hpp>
#include <scimkit/schema/registry.hpp>

#include <functional>
#include <memory>
#include <optional>
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
};

inline constexpr std::size_t max_event_elements = 1'000; ///< members that one event tells; beyond, it is a notice

/// The claims (RFC 9967 section 2): iss, aud, iat, jti, txn, sub_id and events. `jti` is the same for the same change
/// and audience, however often it is asked for; `txn` is change_id(). Nothing: no type of the registry has that name.
/// Threading: any. Complexity: linear in the change.
SCIMKIT_API std::optional<json::object> security_event(LoggedChange const& change, SchemaRegistry const& registry,
                                                       SecurityEventOptions const& options);

/// The URIs that such events have, for ServiceOptions::security_events. `async_requests`: ServiceOptions has some.
SCIMKIT_API std::vector<std::string> security_event_uris(bool full, bool async_requests = false);

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
    /// Told of changes that no receiver is told of any more, and of tokens that one could not take.
    std::function<void(std::string_view tenant, std::string_view what)> problem{};
    std::shared_ptr<Environment> environment{};          ///< null: the system's clock
    std::size_t max_events = 100;                        ///< of one answer; a request may ask for fewer
    std::size_t max_answer_bytes = std::size_t{4} << 20; ///< of the claims of one answer, but for the last
    std::size_t max_acknowledged = 10'000; ///< of a tenant, before an earlier one is; beyond, they come again
};

/// Polled streams, one for each tenant. Nothing is stored but the place behind which everything is acknowledged; what
/// is acknowledged out of order is remembered in memory, and comes again after a restart, with the same `jti`.
///
/// Threading: poll() from any number of threads; those of one tenant take turns. May wait for the store.
/// Lifetimes: shares the store and the registry. Memory: for each tenant that was polled at most max_acknowledged
/// `jti`, so the caller lets in only names of tenants that there are.
class SCIMKIT_API EventStreams
{
public:
    /// Throws std::invalid_argument for options without store, change log, registry, `about` or `sign`.
    explicit EventStreams(EventStreamOptions options);
    ~EventStreams();
    EventStreams(EventStreams const&) = delete;
    EventStreams& operator=(EventStreams const&) = delete;

    /// Answers a request of RFC 8936 section 2.4: `ack` and `setErrs` first, then the oldest tokens that are not
    /// acknowledged, in order. It answers at once, `returnImmediately` or not.
    /// Errors: invalid_value (a request that is none), those of the store and of `sign`.
    /// Complexity: linear in the changes that are looked at, at most max_events and max_acknowledged together.
    result<json::object> poll(std::string_view tenant, json::value const& request);

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace scimkit
