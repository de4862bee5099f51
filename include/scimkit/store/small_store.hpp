// SmallStore: the shortest way from your own data to SCIM. Five functions; adapt_small_store makes a ResourceStore of
// it that filters, sorts, pages, enforces uniqueness, and computes User.groups on top.
//
// It fits thousands of resources: lists and unique checks walk over all resources of a type unless you override
// find(). Writes run one at a time within the process.
#pragma once

#include <scimkit/store/run_query.hpp>

#include <memory>

namespace scimkit
{

/// Resources are canonical (resource/resource.hpp). `type` is set on what comes in; on what goes out the adapter sets
/// it, so that services with different registries may share a store.
///
/// On every member:
///   Threading    Reads are called from several threads at once; writes by one thread at a time, while no read runs.
///   Lifetimes    Arguments are views and need to live during the call only. A sink is called before the function
///                returns; what it is given by && is its own. It does not call the store.
///   Errors       unavailable, busy, internal; uniqueness too, if your database finds a duplicate first. A write that
///                fails has changed nothing, or the whole transaction fails (see has_savepoints).
///   Complexity   Yours. get() is called most, list() by queries that find() does not help.
class SCIMKIT_API SmallStore
{
public:
    virtual ~SmallStore() = default;

    /// The resource with all its attributes, or nothing. Any text may come as `id`.
    virtual result<std::optional<Resource>> get(std::string_view tenant, ResourceType const& type,
                                                std::string_view id) = 0;

    /// All resources of the type, each with all its attributes, in any order. `sink` returns false to stop.
    virtual result<void> list(std::string_view tenant, ResourceType const& type,
                              function_ref<bool(Resource&&)> sink) = 0;

    /// `resource.id` is new. Ids must differ between resource types too: a member is found by its id alone.
    /// If your table has ids of its own, put yours in its place.
    virtual result<void> insert(std::string_view tenant, Resource& resource) = 0;
    virtual result<void> update(std::string_view tenant, Resource const& resource) = 0;
    virtual result<void> erase(std::string_view tenant, ResourceType const& type, std::string_view id) = 0;

    /// Optional: all resources whose `attribute` equals `value`, ignoring case where the schema says so; a
    /// superset is fine. Return false if you have no quick way. Used for unique checks and `eq` filters.
    virtual result<bool> find(std::string_view tenant, AttributeRef const& attribute, ResourceType const& type,
                              std::string_view value, function_ref<bool(Resource&&)> sink);

    /// Optional: brackets around each write. Without them a write of several resources (removing a user from its
    /// groups) is not atomic, and the service says so in its log when it starts.
    virtual bool has_transactions() const { return false; }
    virtual result<void> begin() { return {}; }
    virtual result<void> commit() { return {}; }
    virtual void roll_back() noexcept {}

    /// Optional: parts of a write can be taken back (SAVEPOINT of SQL; they nest). Then a function that fails in the
    /// middle undoes itself, and many operations can share one write, each with its own outcome. Without them such a
    /// failure ends the whole write. roll_back_to_savepoint() undoes what came after the last one that is set, and
    /// forgets it.
    virtual bool has_savepoints() const { return false; }
    virtual result<void> set_savepoint() { return {}; }
    virtual result<void> release_savepoint() { return {}; }
    virtual result<void> roll_back_to_savepoint() { return {}; }

    /// Optional: resources survive a crash once commit() (or the write itself) has returned.
    virtual bool durable() const { return false; }

    /// Optional: text with the character U+0000 may come in find(). Otherwise filters that have it are refused: most
    /// databases end a text there, or refuse it. In ids and values of attributes it never comes.
    virtual bool null_characters() const { return false; }

    /// Optional: Resource::version is stored and given back; the adapter counts it up. Without it there are no ETags.
    virtual bool keeps_versions() const { return false; }
};

/// The adapter. It owns `store`. `budget` bounds what a query may look at and keep; then too_many. The work and the
/// deadline of a request are looked at with every resource that list(), find() or get() gives; list() is told to stop
/// then. What a function of yours does between two of them, nobody can end.
SCIMKIT_API std::shared_ptr<ResourceStore> adapt_small_store(std::shared_ptr<SmallStore> store,
                                                             QueryBudget const& budget = {});

} // namespace scimkit
