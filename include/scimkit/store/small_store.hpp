// SmallStore: the shortest way from your own data to SCIM. Five functions; adapt_small_store makes a ResourceStore of
// it that filters, sorts, pages, enforces uniqueness, and computes User.groups on top.
//
// It fits some tens of thousands of resources: lists and unique checks walk over all resources of a type unless you
// override find(). Writes run one at a time within the process.
#pragma once

#include <scimkit/store/run_query.hpp>

#include <memory>
#include <optional>
#include <string_view>

namespace scimkit
{

class ResourceStore;

/// Resources are canonical (resource/resource.hpp). `type` is set on what comes in; on what goes out the adapter sets
/// it, so that services with different registries may share a store.
///
/// On every member:
///   Threading    Reads are called from several threads at once; writes by one thread at a time, while no read runs.
///   Lifetimes    Arguments are views and need to live during the call only. A sink is called before the function
///                returns; what it is given by && is its own. It does not call the store.
///   Errors       unavailable, busy, internal; of insert() and update() uniqueness too, if your database finds a
///                duplicate first, and invalid_value for a value that it does not take (400 to the client). A write
///                that fails has changed nothing, or the whole transaction fails (see has_savepoints).
///   Complexity   Yours. get() is called most, list() by queries that find() does not help.
class SCIMKIT_API SmallStore
{
public:
    virtual ~SmallStore() = default;

    /// The resource with all its attributes, or nothing. Any text may come as `id`; ids are compared letter by letter.
    ///
    /// Complexity: asked most of all: one look-up by key.
    virtual result<std::optional<Resource>> get(std::string_view tenant, ResourceType const& type,
                                                std::string_view id) = 0;

    /// All resources of the type, each with all its attributes, in any order. `sink` returns false to stop; then
    /// nothing more may come.
    ///
    /// Complexity: linear in the resources; better as a stream than gathered first.
    virtual result<void> list(std::string_view tenant, ResourceType const& type,
                              function_ref<bool(Resource&&)> sink) = 0;

    /// Stores a new resource. `resource.id` is new. Ids must differ between resource types too: a member is found by
    /// its id alone; and one that was removed must not come again. If your table has ids of its own, put yours in its
    /// place.
    ///
    /// Errors: uniqueness too, if your database finds a duplicate first (Error::attribute, if you know it).
    virtual result<void> insert(std::string_view tenant, Resource& resource) = 0;

    /// Overwrites the resource of that id, which exists: what `resource` has not is gone.
    ///
    /// Errors: as insert().
    virtual result<void> update(std::string_view tenant, Resource const& resource) = 0;

    /// Removes the resource of that id, which exists.
    virtual result<void> erase(std::string_view tenant, ResourceType const& type, std::string_view id) = 0;

    /// Optional: all resources whose `attribute` equals `value`, ignoring case where the schema says so; a
    /// superset is fine, one too few is not: letters fold as Unicode says (comparison_key() in core/text.hpp). Return
    /// false if you have no quick way, before `sink` was called. Used for unique checks and `eq` filters.
    ///
    /// Threading: as get(); within a write too, on the thread of the write.
    /// Complexity: as many as are found, or return false.
    virtual result<bool> find(std::string_view tenant, AttributeRef const& attribute, ResourceType const& type,
                              std::string_view value, function_ref<bool(Resource&&)> sink);

    /// Optional: brackets around each write. Without them a write of several resources (removing a user from its
    /// groups) is not atomic, and the service says so in its log when it starts. Never changes.
    virtual bool has_transactions() const { return false; }

    /// Called on the thread of a write, in this order: begin(), the functions above, then commit() or roll_back().
    /// Reads do not run meanwhile, and have no brackets.
    ///
    /// Errors: of begin() and of commit() end the write. After one of commit() comes roll_back(), and nothing may be
    /// stored then; where you cannot know, return unavailable.
    virtual result<void> begin() { return {}; }
    virtual result<void> commit() { return {}; }
    virtual void roll_back() noexcept {}

    /// Optional: parts of a write can be taken back (SAVEPOINT of SQL; they nest). Then a function that fails in the
    /// middle undoes itself, and many operations can share one write, each with its own outcome. Without them such a
    /// failure ends the whole write. Needs has_transactions(). Never changes.
    virtual bool has_savepoints() const { return false; }

    /// Called between begin() and commit(), on the thread of the write. roll_back_to_savepoint() undoes what came after
    /// the last one that is set, and forgets it; release_savepoint() only forgets it.
    ///
    /// Errors: one of them ends the whole write.
    virtual result<void> set_savepoint() { return {}; }
    virtual result<void> release_savepoint() { return {}; }
    virtual result<void> roll_back_to_savepoint() { return {}; }

    /// Optional: resources survive a crash once commit() (or the write itself) has returned. Never changes.
    virtual bool durable() const { return false; }

    /// Optional: text with the character U+0000 may come in find(). Otherwise filters that have it are refused: most
    /// databases end a text there, or refuse it. In ids and values of attributes it never comes. Never changes.
    virtual bool null_characters() const { return false; }

    /// Optional: Resource::version is stored and given back; the adapter counts it up. Without it there are no ETags.
    /// Never changes.
    virtual bool keeps_versions() const { return false; }
};

/// The adapter: a ResourceStore that does the rest. `budget` bounds what a query may look at and keep; then too_many.
/// The work and the deadline of a request are looked at with every resource that list(), find() or get() gives; list()
/// is told to stop then. What a function of yours does between two of them, nobody can end.
///
/// Threading: the store that comes back may be used by any number of threads; writes run one after the other.
/// Lifetimes: it owns `store`, which is not null. One adapter for a store: its lock is what keeps writes apart.
/// Errors: those of `store`; what it throws passes on, after a roll_back().
/// Complexity: queries walk over a whole type unless find() helps; a group is read and written whole.
SCIMKIT_API std::shared_ptr<ResourceStore> adapt_small_store(std::shared_ptr<SmallStore> store,
                                                             QueryBudget const& budget = {});

} // namespace scimkit
