// Transactions: what the body that a store runs sees of it (store.hpp). One consistent snapshot; a write transaction
// sees its own writes, and is all or nothing.
//
// On every member:
//   Threading    On the thread that runs the body, and within it. A transaction is never used by two threads.
//   Lifetimes    Arguments are views and need to live during the call only. A sink is called before the function
//                returns; it may read (and in a write transaction write) through the same transaction, but must not
//                open another one. What it is given by && is its own.
//   Errors       Those of the store: unavailable, busy, corrupt, internal; too_many and unavailable when the budget of
//                the call is used up. `busy` ends the body: return it, and the framework runs it again.
//   Failure      A function that returns an error has changed nothing within its transaction, which goes on. A store
//                that cannot keep this promise of some failure (a disk in the middle of a write) lets the whole
//                transaction fail then, whatever its body returns.
#pragma once

#include <scimkit/store/call_context.hpp>
#include <scimkit/store/large_attributes.hpp>
#include <scimkit/store/query.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit
{

class ChangeLogView;

/// A value that only one resource of the type may have within the tenant (RFC 7643 section 2.2, uniqueness).
struct UniqueKey
{
    AttributeRef attribute; ///< of the attachment's registry
    std::string value;      ///< comparison key: equal keys collide

    friend bool operator==(UniqueKey const&, UniqueKey const&) = default;
};

/// What the framework tells a store about a resource, so that it need not know the rules of schemas.
struct Facts
{
    std::vector<UniqueKey> unique_keys{};
    /// A client gave the whole resource (PUT). A change log tells that, and what stayed as it was besides.
    bool given_whole = false;
};

class SCIMKIT_API ReadTransaction
{
public:
    virtual ~ReadTransaction() = default;

    /// The resource, or nothing. Ids are compared exactly; any text may come as one.
    /// Complexity: one look-up, and the size of what is wanted.
    virtual result<std::optional<Resource>> get(ResourceType const& type, std::string_view id,
                                                Wanted const& wanted) = 0;

    /// Those of the resources that exist; `sink` is told which of `ids`, and returns false to stop. In no order; an id
    /// that is given twice may come once or twice. The default gets one after the other; a store behind a network
    /// answers with one round trip. Wanted::memory is not used.
    /// Complexity: a get() for each id that is there, and one look-up for each that is not.
    virtual result<void> get_many(ResourceType const& type, std::span<std::string_view const> ids, Wanted const& wanted,
                                  function_ref<bool(std::size_t which, Resource&&)> sink);

    /// What query() will carry out of `query`. Default: nothing, it streams all resources.
    /// Complexity: small; it reads nothing.
    virtual QueryCapability capability(Query const& query) const;

    /// Streams resources of all sources to `sink`, which returns false to stop. What capability() says is carried out,
    /// the rest of the query ignored. Without sort the order is ascending by id, source after source, in any case.
    /// Errors: invalid_cursor too.
    /// Complexity: a store must never gather all matches in memory where it could stream them.
    virtual result<QuerySummary> query(Query const& query, function_ref<bool(Resource&&)> sink) = 0;

    /// Null when StoreTraits::large_attributes is false. Lifetimes: as the transaction.
    virtual LargeAttributeReader* large_attributes() { return nullptr; }

    /// Null when StoreTraits::change_log is false. Lifetimes: as the transaction.
    virtual ChangeLogView* change_log() { return nullptr; }

    /// Whether Wanted::packed and Query::packed may be set: then any resource may come with its attributes in
    /// Resource::packed, as the store likes. Who looks at attributes, or changes them, on their way has the default,
    /// no, which is right for every store too; who only passes them on says what is behind it.
    virtual bool gives_packed() const noexcept { return false; }
};

enum class LargeAttributes
{
    as_given, ///< replace those that the resource carries, clear those that it does not
    keep      ///< leave the stored ones alone
};

class SCIMKIT_API WriteTransaction : public ReadTransaction
{
public:
    /// Stores a new resource; its id is new. Returns its version. A store with ids of its own (a table with a
    /// numeric key) may put its id into `resource` instead; it must be unique for ever. Uniqueness is decided here,
    /// atomically, by the keys in `facts`. Errors: uniqueness, with the attribute of the key that collided;
    /// invalid_value (a value or an id that the store cannot keep, an element of a large attribute without `value`).
    /// Complexity: linear in the resource, and a look-up for each unique key; whatever the store holds besides.
    virtual result<Version> insert(Resource& resource, Facts const& facts) = 0;

    /// Overwrites the resource of that id if its version is `expected` (none: whatever it is), facts included.
    /// Returns the new version. `changed` are the paths of the top-level attributes that differ from what is stored
    /// (those of large attributes may be among them): a change log tells what these became, and no others. Errors:
    /// not_found, precondition_failed; uniqueness and invalid_value as insert() has them.
    /// Complexity: as insert(), of the resource as it was and as it becomes; of large attributes in proportion to what
    /// they hold with `as_given`, and nothing with `keep`.
    virtual result<Version> replace(Resource const& resource, std::optional<Version> expected, Facts const& facts,
                                    LargeAttributes large, std::span<std::string const> changed) = 0;

    /// Removes the resource of that id if its version is `expected` (none: whatever it is), with its unique keys and
    /// its large attributes. What others say of it in theirs is the framework's to take away.
    /// Errors: not_found, precondition_failed.
    /// Complexity: at most linear in the resource and in what its large attributes hold.
    virtual result<void> remove(ResourceType const& type, std::string_view id, std::optional<Version> expected) = 0;

    /// Runs `body` and returns what it returned. When that is an error (or it throws), everything that it wrote through
    /// this transaction is undone, and the transaction goes on. Savepoints nest. Errors: internal where
    /// StoreTraits::savepoints is false; then `body` is not run.
    /// Complexity: an undone write costs about as much as the write did.
    virtual result<void> savepoint(function_ref<result<void>()> body);

    /// How many wait until this transaction ends, as far as is known. Who does many things in it that need not be done
    /// together ends it then, and goes on in another one. Default: none, which is right for a store in which nobody
    /// waits for another's transaction, and costs those who wait some time in any other.
    /// Complexity: small; it is asked between any two operations.
    virtual std::size_t others_waiting() const noexcept { return 0; }

    /// Null when StoreTraits::large_attributes is false.
    virtual LargeAttributeWriter* large_attributes() override { return nullptr; }
};

} // namespace scimkit
