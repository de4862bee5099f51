// Service: a SCIM service provider as a function from Request to Response (RFC 7644).
//
//     auto service = Service::create({.base_url = "https://example.com/scim",
//                                     .store = memory::make_store(),
//                                     .authenticator = bearer_authenticator(tokens)}).value();
//     Response response = service.handle(request);
//
// What a program gives in ServiceOptions is called from the threads that call handle(), by several at once, and belongs
// to the service together with whoever else holds it. The service starts no threads of its own.
#pragma once

#include <scimkit/core/environment.hpp>
#include <scimkit/security/password.hpp>
#include <scimkit/service/message.hpp>
#include <scimkit/store/query_budget.hpp>
#include <scimkit/tolerance/tolerance.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit
{

class AsyncRequests;
class ResourceStore;
class SchemaRegistry;
struct CommittedChange;
struct Profile;

/// Every limit on what one request may ask for. Beyond a limit the answer is a SCIM error.
struct ServiceLimits
{
    std::size_t max_target_bytes = 32 * 1024;  ///< 414
    std::size_t max_body_bytes = 1 << 20;      ///< 413
    std::size_t max_json_depth = 32;           ///< 400 invalidSyntax
    std::size_t max_patch_operations = 10'000; ///< 400 tooMany
    /// Nested ( ) and [ ]; 400 invalidFilter. A level takes less than 512 bytes of stack in an optimised build.
    std::size_t max_filter_depth = 128;
    std::size_t max_filter_terms = 1'000;     ///< 400 invalidFilter
    std::uint64_t default_page_size = 100;    ///< resources without `count`
    std::uint64_t max_page_size = 1'000;      ///< filter.maxResults; a larger `count` gets this many
    QueryBudget query{};                      ///< 400 tooMany; for what the framework does on top of the store
    std::size_t max_value_bytes = 256 * 1024; ///< of one string in a resource; 400 invalidValue
    /// Of one resource without its large attributes, as JSON: what a POST, PUT or PATCH makes may not be larger. 413.
    std::size_t max_resource_bytes = 1 << 20;
    std::size_t max_response_bytes = 64 << 20; ///< of one answer's body; 400 tooMany
    /// Elements of one large attribute, such as the members of a group: what has as many or more may lose some, and
    /// gets no further ones. What becomes of all of them at once is one commit, for which all other writes wait. 400
    /// tooMany
    std::uint64_t max_elements = 250'000;
    /// How long a cursor serves after it was given out; then 400 expiredCursor. Whole seconds, at least 1.
    std::chrono::seconds cursor_timeout{3'600};
    /// How long a delta token serves after it was given out, if the change log is kept for so long. At least 1.
    std::chrono::seconds delta_timeout{30 * 86'400};
    /// What one request may look at, in the units of Budget: about bytes, or nanoseconds. 400 tooMany
    std::uint64_t max_work = 8'000'000'000;
    /// Work of a PUT or PATCH within a write transaction before anything is stored. What needs more is worked out on a
    /// snapshot, and the transaction stores the difference if the resource is still the same: nobody else can write
    /// meanwhile. Whether the members that a POST or PATCH adds are there is looked up in the transaction all the same,
    /// since only that is true of it: an element at a time, so that it is less than storing them. A DELETE leaves a
    /// hundred groups in one commit, or as many as this allows at 20,000 for each. Where a look at the store does not
    /// block, a PATCH that takes all elements of an attribute away is left to another thread (Request::work_limit) if
    /// they are more than this allows at 192 for each.
    std::uint64_t max_work_as_writer = 2'000'000;
    /// Of a Bulk: maxOperations and maxPayloadSize of ServiceProviderConfig, 413. The smaller one of max_bulk_bytes and
    /// max_body_bytes is announced; a server in front must take as much.
    std::size_t max_bulk_operations = 5'000;
    std::size_t max_bulk_bytes = 1 << 20; ///< 413
    /// Work of one transaction of a Bulk: nobody else can write meanwhile. What is more goes on in another one; what
    /// must be in one, because it is atomic, or refers to one another, gets 400 tooMany. A DELETE of an atomic one, of
    /// whoever is in more groups than a hundred, or than what is left of this allows at 20,000 for each, is such.
    std::uint64_t max_bulk_work_as_writer = 100'000'000;
    /// The same by the clock, looked at between two operations that do not refer to one another. A tenth of it once
    /// others than Bulks wait until the transaction ends, if the store says so (WriteTransaction::others_waiting).
    std::chrono::milliseconds max_bulk_time_as_writer{50};
    std::size_t max_bulk_secrets = 100; ///< that a Bulk may write, since each is hashed; 400 tooMany for the others
    /// Requests that hash secrets at the same time; as many may wait, and further ones get 503, or one that waits of
    /// the tenant that has most of them does. Keep the sum below the workers of your server. 0: half of the processors,
    /// at least 1, at most 2.
    unsigned max_hashing = 0;
    /// From the time at which the caller was let in to the end of the work on its request; 400 tooMany. Looked at by
    /// work done, in every loop over stored data, so that nothing but a commit under way goes on for longer. How long
    /// authenticator and authoriser take is theirs to bound.
    std::chrono::milliseconds deadline{30'000};
};

/// How much a line of ServiceOptions::log matters.
enum class LogLevel
{
    debug,
    info,
    warning,
    error
};

/// The resource of the caller (RFC 7644 section 3.11): by its id, or by what identifies it.
struct OwnResource
{
    std::string type = "User"; ///< name of a resource type
    std::string id{};
    /// Where `id` is empty: the one resource whose attribute ("userName", "externalId") is `value`, as a filter with
    /// `eq` finds it.
    std::string attribute{};
    std::string value{};
};

/// How lists are paged where a client asks for neither method.
enum class Paging
{
    index, ///< `startIndex` and `count` (RFC 7644 section 3.4.2.4)
    cursor ///< `cursor` and `count` (RFC 9865)
};

/// Who gets errors that are explained. A 401 never is.
enum class ErrorExplanations
{
    never,
    /// Whoever does not ask for application/scim+json, or for anything (*/*), alone: there are clients that refuse an
    /// error with a member beyond RFC 7644 section 3.12, such as scim2-client, which sends what its library does.
    negotiated,
    always
};

/// What a service is made of. Service::create() checks all of it at once; it does not change afterwards.
struct ServiceOptions
{
    /// Absolute URL of the SCIM root, without a slash at the end; no query, no fragment. Its path is the prefix that
    /// request targets begin with; every location is built from it.
    std::string base_url{};
    /// Needed. Shared with the caller. Services may share a store, each with a registry of its own, as long as they
    /// agree on what is keyed (ResourceStore::attach).
    std::shared_ptr<ResourceStore> store{};
    /// Needed; principal_required() where the application has seen to it.
    std::shared_ptr<Authenticator> authenticator{};

    /// Default: the schemas and resource types of RFC 7643, as `profile` wants them (registry_for()).
    std::shared_ptr<SchemaRegistry const> registry{};
    /// Default: whoever is authenticated may do everything.
    std::shared_ptr<Authoriser> authoriser{};
    /// Default: system clock and UUIDv7 ids.
    std::shared_ptr<Environment> environment{};
    /// Default: Argon2id.
    std::shared_ptr<PasswordHasher> password_hasher{};

    /// What the service promises beyond the RFCs, and which clients it is for (scimkit/tolerance/profile.hpp). create()
    /// refuses options that contradict it, with the reason. Default: none.
    std::shared_ptr<Profile const> profile{};
    /// With a profile: that of the profile, unless something of it is set here.
    Tolerance tolerance{};
    ServiceLimits limits{};

    /// Path that request targets begin with, if a proxy in front changes it: "" or "/scim". Default: that of base_url.
    std::optional<std::string> path_prefix{};
    /// The tenant of requests and principals that name none.
    std::string default_tenant = "default";
    /// A principal without a tenant may choose any by Request::tenant. Off: it belongs to the default tenant, so that a
    /// token whose tenant was forgotten opens one door, not all.
    bool principals_span_tenants = false;
    /// POST /Bulk (RFC 7644 section 3.7). Off: 501, and ServiceProviderConfig says so.
    ///
    /// Operations are committed together, up to max_bulk_work_as_writer, and each fails alone. A store without
    /// savepoints (StoreTraits) commits each by itself; so does one that gives ids of its own to what others in the
    /// Bulk refer to, and then nothing can refer to one another in a circle.
    bool bulk = true;
    /// A Bulk is all or nothing, unless the header `SCIM-Bulk-Atomic: false` says otherwise; `SCIM-Bulk-Atomic: true`
    /// asks for it where this is off. If an operation fails, the answer is its error, and nothing is stored. Needs
    /// StoreTraits::atomic; otherwise 501.
    bool atomic_bulk = false;
    /// What /Me stands for. Nothing, or what is not there: the caller has no resource (403). An error is the answer.
    /// Default: /Me is not offered, 501. See own_resource_by().
    ///
    /// Threading: called by the threads that run handle(), outside all transactions.
    std::function<result<std::optional<OwnResource>>(Principal const&, std::string_view tenant)> me{};

    /// Pages by cursors, announced in ServiceProviderConfig (RFC 9865). Off: `cursor` is ignored as an unknown
    /// parameter.
    bool cursor_paging = true;
    /// Which method a query without `cursor` and `startIndex` gets. Clients that know no cursors need `index`.
    Paging default_paging = Paging::index;
    /// What cursors and delta tokens are sealed with. Services that answer for one another, and one that is to know its
    /// cursors after a restart, share 32 secret random bytes. Default: a key of its own.
    std::optional<std::array<unsigned char, 32>> cursor_key{};
    /// Keys that were exchanged for `cursor_key`, three at most: what they sealed is opened until it expires, and
    /// nothing is sealed with them. Leave one here for as long as cursors and delta tokens of it live (ServiceLimits),
    /// and not at all where it may be known to somebody.
    std::vector<std::array<unsigned char, 32>> previous_cursor_keys{};

    /// "What has changed since?": GET on `.deltaToken` gives a token, POST to `.delta` what was created, updated and
    /// deleted since it was given out, each as it is now (draft-sehgal-scim-delta-query-01, which has expired and may
    /// come back in other words; announced in ServiceProviderConfig as `DeltaQuery`). What such a query costs grows
    /// with the changes, not with the directory. Needs StoreTraits::change_log, and a `cursor_key` where tokens are to
    /// outlive the service.
    bool delta_query = false;

    /// URIs of the events that receivers are told of (events/security_event.hpp: security_event_uris()); announced in
    /// ServiceProviderConfig as `securityEvents` (RFC 9967 section 4). The service itself tells nobody. Empty: none.
    std::vector<std::string> security_events{};
    /// Writes and Bulks that a client need not wait for (`Prefer: respond-async`, async_requests.hpp); announced as
    /// `securityEvents.asyncRequest`. Null: the preference is not heard.
    std::shared_ptr<AsyncRequests> async_requests{};

    /// A segment "v2" may stand between the SCIM root and an endpoint (RFC 7644 section 3.13); any other "v" and number
    /// is 400 invalidVers. Locations are without it. Off: such a target is 404.
    bool version_segment = false;

    bool patch = true; ///< off: PATCH answers 501 and ServiceProviderConfig says so
    std::string documentation_uri{};
    /// GET /ServiceProviderConfig answers without credentials, so that a client can find out which ones are wanted
    /// (RFC 7643 section 5). Credentials that are sent are checked all the same.
    bool public_configuration = true;

    /// A client may ask by the header `SCIM-Dry-Run: true` for the answer to a write, and have nothing stored. Off:
    /// such a write is refused with 501, and never carried out by mistake.
    bool dry_run_header = false;

    /// Who is told, in the body of a 4xx and in each refused entry of a Bulk, which requirement was not obeyed, where
    /// it stands, and which setting of Tolerance would have let the request pass (ErrorBody::explained).
    ErrorExplanations error_explanations = ErrorExplanations::negotiated;

    /// Told of each change once it is committed; not of what changed nothing, failed, or was a dry run. What it throws
    /// is logged and changes nothing.
    ///
    /// Threading: called by the thread that runs handle(), outside all transactions, before handle() returns; so by
    /// several at once. It may call handle() and use the store. One that changes, through the service, the same user
    /// who is leaving his groups waits for up to two seconds: the DELETE goes on only when the observer has returned.
    /// Order: the changes of one request in the order in which they were made. Two requests that change one resource
    /// may be told of in either order: the later one's `before` has the version of the earlier one's `after`, where
    /// the store keeps versions.
    /// Delivery: at most once. What is committed just before the process ends is told to nobody; whoever must not miss
    /// anything reads the store's change log.
    /// Cost: the client waits for it. A copy of the resource before and after; a PATCH looks up each member that it
    /// adds or removes, and reads the members that it replaces; a DELETE of a group reads its members.
    std::function<void(CommittedChange const&)> observer{};

    /// Told of faults (5xx) and, at the start, of what a store cannot do; never of secrets. May be called from any
    /// thread. Default: silence.
    std::function<void(LogLevel, std::string_view)> log{};
};

/// Whether a service of these options would obey all rulings of a profile, theirs or another one: what create() looks
/// at of tolerance, limits, registry (null: the default one, as the profile wants it), patch and bulk. Error:
/// invalid_value, naming the profile, the clause and what has to be otherwise. Threading: any.
SCIMKIT_API result<void> check_profile(Profile const& profile, ServiceOptions const& options);

/// ServiceOptions::me of services whose principals are called as an attribute of their resource says: /Me is the
/// resource of that type whose attribute is Principal::subject. Threading: what comes back may be called by any number
/// of threads.
SCIMKIT_API std::function<result<std::optional<OwnResource>>(Principal const&, std::string_view)>
own_resource_by(std::string attribute = "userName", std::string type = "User");

/// Threading: handle() may be called from any number of threads at once. Cheap to move, not to copy; a server that
/// refers to it must not be running then (http::Server keeps its address from start() on).
class SCIMKIT_API Service
{
public:
    /// Checks the configuration against the store's traits and attaches the store.
    ///
    /// Threading: any; what it calls of the options it calls on this thread.
    /// Lifetimes: shares what the options share. Errors: invalid_value (what is missing or contradictory, by the name
    /// of the option), those of the store (ResourceStore::attach), and internal (a plug-in threw a std::exception).
    /// Complexity: small, but for what the store does when it is attached: it may rebuild indexes.
    static result<Service> create(ServiceOptions options);

    Service(Service&&) noexcept;
    Service& operator=(Service&&) noexcept;
    ~Service();

    /// Answers one request.
    ///
    /// Threading: any number of threads at once; blocks for as long as authenticator and authoriser do, and then the
    /// store, for no longer than ServiceLimits::deadline if it looks at that.
    /// Lifetimes: `request` and what it views live during the call; the response is its own.
    /// Errors: each is a response. Never throws but for lack of memory: whatever a plug-in throws becomes a 500.
    /// Complexity: bounded by ServiceLimits.
    Response handle(Request const& request) const;

    /// Looks at a request before its body is there (`body` is not read): target, credentials, tenant, method and
    /// authorisation. Returns the refusal that handle() would answer; or nothing, and sets `request.principal`, so that
    /// handle() need not authenticate again. (A caller whom handle() lets in without credentials stays without.)
    ///
    /// Threading, errors: as handle(), but it never touches the store. Complexity: that of authenticator and
    /// authoriser.
    std::optional<Response> admit(Request& request) const;

    /// Whether admit() may wait: the authenticator or the authoriser may block. Never changes.
    bool admission_may_block() const noexcept;
    /// Whether handle() may wait on a GET of one resource: admission or the store may. Never changes.
    bool reads_may_block() const noexcept;

    /// ResourceStore::health(), for health checks without credentials. What the store throws is `internal`.
    ///
    /// Threading: any; does not block unless the store breaks its promise.
    result<void> health() const noexcept;

    /// What was given to create(), with defaults filled in. Lifetimes: as the service, also when it is moved.
    SchemaRegistry const& registry() const noexcept;
    ServiceOptions const& options() const noexcept;

private:
    struct State;
    explicit Service(std::unique_ptr<State const> state);
    std::unique_ptr<State const> state_;
};

} // namespace scimkit
