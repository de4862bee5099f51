// ResourceStore: where resources live. The plug-in point for your own data.
//
// An application with a table of users writes a SmallStore (small_store.hpp): five functions. A store that wants
// more (push-down of filters, indexes, large groups) implements this interface, perhaps in steps: whatever it
// does not do, the framework does on top, slower but with the same answers. kv/store.hpp is a complete one.
//
// The framework owns SCIM: parsing, validation, mutability, PATCH, projection, error bodies. The store owns data:
// atomicity, isolation, durability, uniqueness, versions. It never sees JSON text, HTTP or a clear secret.
//
// Shape: the store runs the body. read() and write() open a transaction, call the body with it, and end it. A store
// may run a body again (optimistic retry) and may put several bodies into one commit (group commit); bodies have
// no side effects outside their transaction, and never open another one.
//
// Threading: every function of ResourceStore may be called from any number of threads at once. A transaction
// belongs to the thread that runs the body.
//
// Errors, on every call: not_found, uniqueness (with Error::attribute), precondition_failed (expected version),
// busy (nothing was changed; the framework retries a few times, then answers 503), unavailable, too_many, corrupt,
// internal. Exceptions that leave a store are turned into `internal` by the framework; nothing was changed then.
#pragma once

#include <scimkit/core/budget.hpp>
#include <scimkit/core/function_ref.hpp>
#include <scimkit/schema/registry.hpp>
#include <scimkit/store/query.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit
{

/// Who calls, how long the answer is worth anything, and how much work it may cost. A store may ignore all of it, at
/// the price that one request of a client can keep it busy for as long as the store takes.
struct CallContext
{
    std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
    /// What every loop over stored data charges; it knows the deadline. Null: nobody counts. Outlives the call.
    Budget* budget = nullptr;
    std::string_view actor{};    ///< the principal's subject, for the change feed
    std::string_view trace_id{}; ///< for logs

    /// Charges work to the budget, where there is one.
    result<void> charge(std::uint64_t work) const { return budget ? budget->charge(work) : result<void>{}; }
};

/// A value that only one resource of the type may have within the tenant (RFC 7643 section 2.2, uniqueness).
struct UniqueKey
{
    std::string_view attribute; ///< its path, for errors; lives as long as the FactRules that made it
    std::string value;          ///< comparison key: equal keys collide

    friend bool operator==(UniqueKey const&, UniqueKey const&) = default;
};

/// A value under which the resource is found by StoreTraits::indexes[index].
struct IndexEntry
{
    std::size_t index = 0;
    BoundLiteral value;
};

/// What the framework tells a store about a resource, so that it need not know schemas.
struct Facts
{
    std::vector<UniqueKey> unique_keys;
    std::vector<IndexEntry> index_entries;
};

/// Fixed facts about a store; read once at start. ServiceProviderConfig and the configuration check follow them.
struct StoreTraits
{
    std::string name = "store";    ///< for logs and error messages
    bool durable = false;          ///< an acknowledged write survives a crash of process and machine
    bool atomic = true;            ///< write() is all or nothing; otherwise the service warns when it starts
    bool versions = true;          ///< Resource::version is kept; otherwise no ETags are announced
    bool large_attributes = false; ///< ReadTransaction::large_attributes() works
    bool change_feed = false;      ///< ReadTransaction::change_feed() works
    bool positions = false;        ///< Query::after works under concurrent writes
    /// Reading one record may wait: for a network, or for a writer. Otherwise an HTTP server may read on the threads
    /// that serve its connections.
    bool blocks = true;
    /// Attribute paths ("userName", "emails.value") for which it wants IndexEntry facts; resolved per type.
    std::vector<std::string> indexes{};
};

/// A resource that refers to another through a large attribute: a group with a member.
struct Reference
{
    ResourceType const* type = nullptr;
    std::string id;
    Attribute const* attribute = nullptr;
};

/// Optional ability: large multi-valued attributes kept outside the record, one entry per element, found from both
/// ends. Elements are canonical objects, identified by their `value` and ordered by it.
class SCIMKIT_API LargeAttributeReader
{
public:
    virtual ~LargeAttributeReader() = default;

    virtual result<std::uint64_t> count(ResourceType const& type, std::string_view id, Attribute const& attribute) = 0;
    virtual result<bool> contains(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                  std::string_view value) = 0;
    /// At most `limit` elements with a value greater than `after`, in order. `sink` returns false to stop.
    virtual result<void> read(ResourceType const& type, std::string_view id, Attribute const& attribute,
                              std::string_view after, std::uint64_t limit, function_ref<bool(json::object&&)> sink) = 0;
    /// Every resource with an element whose `value` is `value`. `sink` returns false to stop.
    virtual result<void> references_to(std::string_view value, function_ref<bool(Reference const&)> sink) = 0;
};

/// Cost in proportion to the change, never to what the attribute holds (replace: to both). Each returns how many
/// elements it changed. None touches the owning record: call WriteTransaction::replace afterwards, for the version.
class SCIMKIT_API LargeAttributeWriter : public LargeAttributeReader
{
public:
    /// Elements whose value is there already are left as they are.
    virtual result<std::uint64_t> add(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                      std::span<json::object const> elements) = 0;
    /// Elements whose value is exactly one of `values`, letter case included: ids are exact. Those that are not there
    /// are passed over.
    virtual result<std::uint64_t> remove(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                         std::span<std::string const> values) = 0;
    virtual result<std::uint64_t> replace(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                          std::span<json::object const> elements) = 0;
};

/// One committed write. Attribute paths, never values.
struct Change
{
    enum class Kind
    {
        created,
        replaced,
        removed
    };

    Version version = 0; ///< of the resource after it; also the position in the feed
    Version previous = 0;
    Kind kind = Kind::created;
    std::string resource_type;
    std::string id;
    std::string actor;
    Instant time;
    std::vector<std::string> changed{}; ///< paths of top-level attributes
};

/// Optional ability: what happened, in order of versions.
class SCIMKIT_API ChangeFeed
{
public:
    virtual ~ChangeFeed() = default;

    /// At most `limit` changes with a version greater than `after`. `sink` returns false to stop.
    virtual result<void> read(Version after, std::uint64_t limit, function_ref<bool(Change&&)> sink) = 0;
};

/// One consistent snapshot for the whole body.
class SCIMKIT_API ReadTransaction
{
public:
    virtual ~ReadTransaction() = default;

    /// The resource, or nothing. Ids are compared exactly.
    virtual result<std::optional<Resource>> get(ResourceType const& type, std::string_view id,
                                                Wanted const& wanted) = 0;

    /// Which parts of `query` this transaction's query() carries out. Default: none, it streams all resources.
    virtual QueryCapability capability(Query const& query) const;

    /// Streams resources of all sources to `sink`, which returns false to stop. The parts of capability(query) are
    /// carried out, the others ignored. Order without sort: ascending by id, source after source. A store must
    /// never gather all matches in memory where it could stream them. `sink` may read through this transaction.
    virtual result<QuerySummary> query(Query const& query, function_ref<bool(Resource&&)> sink) = 0;

    /// Null when StoreTraits::large_attributes is false. Valid while the transaction is.
    virtual LargeAttributeReader* large_attributes() { return nullptr; }

    /// Null when StoreTraits::change_feed is false.
    virtual ChangeFeed* change_feed() { return nullptr; }
};

enum class LargeAttributes
{
    as_given, ///< replace those that the resource carries, clear those that it does not
    keep      ///< leave the stored ones alone
};

/// Sees its own writes. All or nothing.
class SCIMKIT_API WriteTransaction : public ReadTransaction
{
public:
    /// Stores a new resource; its id is new. Returns its version. A store with ids of its own (a table with a
    /// numeric key) may put its id into `resource` instead; it must be unique for ever. Uniqueness is decided here,
    /// atomically, by the keys in `facts`. Errors: uniqueness, with the attribute of the key that collided.
    virtual result<Version> insert(Resource& resource, Facts const& facts) = 0;

    /// Overwrites the resource of that id if its version is `expected` (none: whatever it is), facts included.
    /// Returns the new version. `changed` are the paths for the change feed. Errors: not_found,
    /// precondition_failed, uniqueness.
    virtual result<Version> replace(Resource const& resource, std::optional<Version> expected, Facts const& facts,
                                    LargeAttributes large, std::span<std::string const> changed) = 0;

    /// Errors: not_found, precondition_failed.
    virtual result<void> remove(ResourceType const& type, std::string_view id, std::optional<Version> expected) = 0;

    /// Null when StoreTraits::large_attributes is false.
    virtual LargeAttributeWriter* large_attributes() override { return nullptr; }
};

class SCIMKIT_API ResourceStore
{
public:
    virtual ~ResourceStore() = default;

    virtual StoreTraits traits() const = 0;

    /// Called before the first transaction, by each Service that uses the store. The registry outlives the store's use.
    /// A store may check or rebuild its indexes here. Errors stop the start. Types and attributes are known by their
    /// addresses: the included stores serve one registry object, and refuse another one with `invalid_value`.
    virtual result<void> attach(std::shared_ptr<SchemaRegistry const> registry);

    /// Tenants exist by being named: an unknown one is empty. At most 64 bytes.
    virtual result<void> read(std::string_view tenant, CallContext const& context,
                              function_ref<result<void>(ReadTransaction&)> body) = 0;

    /// Whether the store can still do its work: no error, or why not (unavailable: a disk that failed, a connection
    /// that is gone). Asked by health checks, often and from any thread; must not block. Default: it can.
    virtual result<void> health() const;

    /// Returns after the commit is durable, if traits().durable. On error nothing is changed.
    virtual result<void> write(std::string_view tenant, CallContext const& context,
                               function_ref<result<void>(WriteTransaction&)> body) = 0;
};

} // namespace scimkit
