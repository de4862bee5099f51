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
// On every member:
//   Threading    Any number of threads at once. A body runs before the function returns: on the calling thread, or,
//                in a store that puts several writes into one commit, on the thread of one of the others, while
//                the caller waits.
//   Lifetimes    Arguments are views and need to live during the call only. The store outlives its attachments' use.
//   Errors       not_found, uniqueness (with Error::attribute), invalid_value (what the store cannot keep: 400 to the
//                client), precondition_failed (expected version), busy (nothing was changed; the framework retries a
//                few times, then answers 503), unknown_outcome (a write may have happened or not: never retried),
//                unavailable, too_many, corrupt, internal. Exceptions that leave a store are turned into `internal` by
//                the framework; the store has changed nothing then.
#pragma once

#include <scimkit/store/maintenance.hpp>
#include <scimkit/store/transaction.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace scimkit
{

class ChangeLog;
class SchemaRegistry;

/// Fixed facts about a store; read once at start. ServiceProviderConfig and the configuration check follow them.
/// A value.
struct StoreTraits
{
    std::string name = "store";    ///< for logs and error messages
    bool durable = false;          ///< an acknowledged write survives a crash of process and machine
    bool atomic = true;            ///< write() is all or nothing; otherwise the service warns when it starts
    bool savepoints = false;       ///< WriteTransaction::savepoint() works
    bool versions = true;          ///< Resource::version is kept; otherwise no ETags are announced
    bool large_attributes = false; ///< ReadTransaction::large_attributes() works
    bool change_log = false;       ///< change_log() and ReadTransaction::change_log() work
    bool cursors = false;          ///< Query::cursor works under concurrent writes
    bool tenants = false;          ///< tenants() and remove_tenant() work
    /// Filters may have text with the character U+0000. Otherwise such a filter is refused, since databases of C
    /// strings, most SQL ones among them, refuse it or take it for an end. In ids and values it never comes.
    bool null_characters = false;
    /// Reading one record may wait: for a network, or for a writer. Otherwise an HTTP server may read on the threads
    /// that serve its connections.
    bool blocks = true;
};

class ResourceStore;

/// What a store made of one registry, and what it knows resource types and attributes by (their addresses). A service
/// holds it and passes it with every call, so the store keeps no registry of its own, and services with different
/// registries may share a store. A store derives from it what it wants to remember.
///
/// Threading: immutable. Lifetimes: keeps its registry alive; not its store.
class SCIMKIT_API Attachment
{
public:
    Attachment(ResourceStore const& maker, std::shared_ptr<SchemaRegistry const> registry) noexcept;
    Attachment(Attachment const&) = delete;
    Attachment& operator=(Attachment const&) = delete;
    virtual ~Attachment();

    SchemaRegistry const& registry() const noexcept { return *registry_; }
    std::shared_ptr<SchemaRegistry const> const& shared_registry() const noexcept { return registry_; }

    /// Whether attach() of that store made it. A store looks before it takes one for its own kind.
    bool made_by(ResourceStore const& store) const noexcept { return maker_ == &store; }

private:
    ResourceStore const* maker_;
    std::shared_ptr<SchemaRegistry const> registry_;
};

class SCIMKIT_API ResourceStore
{
public:
    virtual ~ResourceStore() = default;

    /// Never changes. Complexity: small.
    virtual StoreTraits traits() const = 0;

    /// What read() and write() are called with, by each Service once, at its start. A store may check or rebuild its
    /// indexes here. There may be several attachments at once, of different registries, as long as they agree on what
    /// the store's keys are made of: unique attributes, indexes, large attributes, of the types that both have. The
    /// default remembers nothing but the registry.
    /// Errors: invalid_value, naming the definition that disagrees with an attachment in use; those of the store. They
    /// stop the start.
    /// Complexity: small in comparison with a start; linear in what the store holds where it rebuilds its indexes.
    virtual result<std::shared_ptr<Attachment const>> attach(std::shared_ptr<SchemaRegistry const> registry);

    /// Runs `body` over one snapshot; returns what it returned. It may run again, from its start, where it asked for
    /// more than it had said (Wanted::last). Tenants exist by being named: an unknown one is empty. Errors:
    /// invalid_value (a name of more than 64 bytes), internal (an attachment of another store, or a transaction within
    /// a transaction).
    /// Complexity: constant beside what the body does.
    virtual result<void> read(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                              function_ref<result<void>(ReadTransaction&)> body) = 0;

    /// Runs `body` and commits when it returns success. Returns after the commit is durable, if traits().durable. On
    /// error nothing is changed. The body may run again, from its start; it must not touch what it cannot touch twice.
    /// An exception of the body rolls back and passes on; it is nobody else's, also where a commit is shared.
    /// Errors: as read(), and what the body returned.
    /// Complexity: in proportion to what the body wrote, beside that itself and one wait for the disk or the network;
    /// and as long as others write, where writers take turns.
    virtual result<void> write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                               function_ref<result<void>(WriteTransaction&)> body) = 0;

    /// Whether the store can still do its work: no error, or why not (unavailable: a disk that failed, a connection
    /// that is gone). Asked by health checks, often and from any thread; must not block. Default: it can.
    /// Complexity: constant.
    virtual result<void> health() const;

    /// The names of all tenants that hold anything, in no order; `sink` returns false to stop, and must not call the
    /// store. Errors: not_implemented where StoreTraits::tenants is false.
    /// Complexity: linear in the number of tenants, not in what they hold.
    virtual result<void> tenants(CallContext const& context, function_ref<bool(std::string_view)> sink);

    /// Removes all that a tenant holds: resources of all types, served or not, its versions and its change log. May
    /// take several commits; what is left after an error goes when it is called again. Who writes to the tenant
    /// meanwhile may see a part of it. Errors: invalid_value (a name of more than 64 bytes); not_implemented where
    /// StoreTraits::tenants is false; busy (somebody writes to the tenant again and again).
    /// Complexity: linear in what the tenant holds.
    virtual result<void> remove_tenant(std::string_view tenant, CallContext const& context);

    /// The change log, for those who follow it. Null when StoreTraits::change_log is false; otherwise always the same.
    /// Lifetimes: as the store.
    virtual ChangeLog* change_log() { return nullptr; }

    /// What operators need of the store itself. Null: nothing. Always the same. Lifetimes: as the store.
    virtual StoreMaintenance* maintenance() { return nullptr; }
};

} // namespace scimkit
