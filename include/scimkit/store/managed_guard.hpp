// ManagedGuard: a store over another one, in which SCIM changes only what it manages. The accounts of administrators,
// of services, or of people who signed up themselves may stand in the same store, be read and found, and be members of
// groups; but no identity provider renames, deactivates or removes them, or takes them over.
//
//     auto guard = std::make_shared<ManagedGuard>(store, managed_by("urn:example:Account:managed").value());
//     auto service = Service::create({.base_url = "…", .store = guard, …});
//
// It stands at the store, so that nothing gets past it: PUT, PATCH with and without path, DELETE, each operation of a
// Bulk, and members that come into a group or leave it. What is refused gets 403 with a detail that says so, and has
// changed nothing. One change is let through: when a managed resource is removed, it leaves the groups that it was a
// member of, unmanaged ones too, since no group may refer to what is gone. (A store that is not atomic could not take
// that back if the removal failed: there a member of an unmanaged group is not removed, 403.)
//
// A POST whose userName (or any other unique value) is that of an account, managed or not, is 409 as ever. Nobody's
// account is adopted by a POST, a PUT or a PATCH: to hand one over to SCIM, an application sets the mark itself, in the
// store behind the guard, where imports and all other work of its own belong too. remove_tenant() and what
// maintenance() gives are an operator's: they pass.
#pragma once

#include <scimkit/store/forwarding_store.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace scimkit
{

/// Which resources SCIM manages. What the functions throw goes to the caller of the store, and nothing is stored.
///
/// Threading: called by the threads that write, within transactions, by several at once; they may not use the store.
struct ManagedPolicy
{
    /// Whether a resource, as it is stored, is managed. Large attributes (members) may be missing. Needed.
    std::function<bool(std::string_view tenant, Resource const& stored)> is_managed{};
    /// Marks a resource that SCIM creates, before it is stored; what is not managed afterwards, nobody can change by
    /// SCIM. Empty: there is nothing to mark.
    std::function<void(std::string_view tenant, Resource& created)> mark{};
    /// Ends the detail of a refusal: what would have to be otherwise, a sentence for whoever runs the client. May be
    /// empty.
    std::string otherwise{};
};

/// The mark is a boolean attribute of the resource, as an extension of User has it: `name` is in attribute notation
/// ("urn:example:Account:managed"). True: managed. Types that have no such attribute are managed whole. Let its
/// mutability be readOnly, so that no client sets it.
///
/// Errors: invalid_path (`name` is in no attribute notation).
SCIMKIT_API result<ManagedPolicy> managed_by(std::string_view name);

/// Threading, lifetimes and errors: those of the store behind it. Complexity: one look-up for each change, each removal
/// and each call that changes large attributes; nothing for reads and for what is created, but the mark. Of what is not
/// managed a change is compared with what is stored, linear in both, and charged to the budget.
class SCIMKIT_API ManagedGuard : public ForwardingStore
{
public:
    /// `inner` is not null. Errors: throws std::invalid_argument for a policy without is_managed.
    ManagedGuard(std::shared_ptr<ResourceStore> inner, ManagedPolicy policy);

    /// Errors: those of the store behind it; the body gets `forbidden` for what is not managed.
    result<void> write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                       Body<WriteTransaction> body) override;

private:
    class Transaction;
    ManagedPolicy policy_;
};

} // namespace scimkit
