// A new resource gets its id before anything is stored, so that what refers to it can be prepared too (RFC 7644 section
// 3.3).
#include "create.hpp"

#include <scimkit/core/text.hpp>

#include "../membership/elements.hpp"
#include "../membership/groups.hpp"
#include "../membership/membership_resources.hpp"
#include "../membership/references.hpp"
#include "leave.hpp"
#include "observer.hpp"
#include "presenter.hpp"
#include "secrets.hpp"
#include "stored_resource.hpp"

namespace scimkit::service
{
namespace
{

/// Ids come from the application's Environment or store (RFC 7643 section 3.1): a wrong one is a fault of theirs.
result<void> check_id(std::string_view id)
{
    if (id.empty() || to_ascii_lower(id).find("bulkid") != std::string::npos)
        return Error{ErrorCode::internal,
                     "A new resource got an id that is empty or contains the reserved word bulkId."};
    return {};
}

/// What can be told of a new resource without storing it.
result<void> settle(ReadTransaction& transaction, Resource& resource, Scope const& scope)
{
    if (auto settled = settle_references(transaction, resource.attributes, nullptr, scope); !settled)
        return settled;
    return check_size(resource.attributes, nullptr, scope);
}

result<Outcome> insert(WriteTransaction& transaction, Resource& resource, Shown const& shown, Scope const& scope)
{
    if (auto settled = settle(transaction, resource, scope); !settled)
        return std::move(settled).error();
    if (scope.plan().is_membership)
    {
        Outcome outcome;
        auto* const groups = scope.observed ? &outcome.left_groups : nullptr;
        auto added = add_membership(transaction, resource, scope, groups);
        return added ? result<Outcome>{std::move(outcome)} : std::move(added).error();
    }
    order_large_attributes(resource, scope);
    std::string const id = resource.id;
    auto const version = transaction.insert(resource, scope.state.facts.facts_of(resource));
    if (!version)
        return explain(version.error(), scope);
    resource.version = *version;
    if (auto checked = check_id(resource.id); !checked)
        return std::move(checked).error();
    // An id that the store chose may be one that groups name already; a new one of ours cannot be.
    if (resource.id != id && scope.plan().groups() && shown.projection.shows(*scope.plan().groups()))
        if (auto filled = fill_groups(transaction, resource, scope); !filled)
            return std::move(filled).error();
    Outcome outcome;
    if (scope.observed)
        outcome.elements = changed_elements(nullptr, &resource.attributes, scope.type());
    return outcome;
}

/// References are settled, an id and a version come from the store; nothing else is changed but in its order.
PreparedCreate::Sent what_insert_changes(Resource& resource, Scope const& scope)
{
    PreparedCreate::Sent sent{.identity = {.type = resource.type,
                                           .id = resource.id,
                                           .created = resource.created,
                                           .last_modified = resource.last_modified}};
    for (membership::ReferenceAttribute const& reference : scope.plan().references())
        if (auto const* value = membership::find_reference(resource.attributes, reference))
            sent.references.emplace_back(&reference, *value);
    return sent;
}

void take_back(PreparedCreate& prepared, Scope const& scope)
{
    json::object attributes = std::move(prepared.resource.attributes);
    for (auto const& [reference, value] : prepared.sent->references)
        if (auto* settled = membership::find_reference(attributes, *reference))
            *settled = value;
    if (scope.plan().groups())
        attributes.erase(scope.plan().groups()->attribute->name); // which no client sends
    prepared.resource = prepared.sent->identity;
    prepared.resource.attributes = std::move(attributes);
}

std::string new_id(Call const& call)
{
    return call.part ? std::string{call.part->new_id} : call.state.options.environment->new_id();
}

/// A membership has what the group's element has, and that keeps no externalId: it is as an attribute that no schema
/// has, so that the answer is what a GET gives.
result<void> leave_external_id_out(json::object& attributes, Call const& call)
{
    if (attributes.erase("externalId") == 0 || call.tolerance().ignore_unknown_attributes)
        return {};
    return Error{ErrorCode::invalid_syntax, "externalId: a membership keeps none.", "externalId"}.allowed_by(
        "ignore-unknown-attributes=on");
}

/// The id of a membership follows from whom it is about; and whoever makes one changes that group.
result<std::string> membership_id_for(json::object& attributes, Call const& call)
{
    if (auto left_out = leave_external_id_out(attributes, call); !left_out)
        return std::move(left_out).error();
    auto const pair = membership::pair_of(attributes);
    if (auto allowed = ask_leave_for_group(call, pair.group); !allowed)
        return std::move(allowed).error();
    return membership::membership_id(pair);
}

} // namespace

result<PreparedCreate> prepare_create(Call const& call)
{
    auto const shape = read_shape(call.target);
    auto projection = read_projection(call, shape);
    if (!projection)
        return std::move(projection).error();
    auto attributes = read_attributes(call);
    if (!attributes)
        return std::move(attributes).error();
    if (auto checked = check_whole(*attributes, call); !checked)
        return std::move(checked).error();
    projection->add_sent(*attributes);

    auto id = call.plan().is_membership ? membership_id_for(*attributes, call) : result<std::string>{new_id(call)};
    if (!id)
        return std::move(id).error();
    auto const now = call.context.now;
    PreparedCreate prepared{.resource = {.type = &call.type(),
                                         .id = std::move(*id),
                                         .created = now,
                                         .last_modified = now,
                                         .attributes = std::move(*attributes)},
                            .shown = {std::move(*projection), read_write_answer(call.request, shape)}};
    if (auto checked = call.plan().is_membership ? result<void>{} : check_id(prepared.resource.id); !checked)
        return std::move(checked).error();
    return prepared;
}

/// Hashing is dear: it comes after a look at everything that may refuse the request.
result<PreparedCreate> look_ahead(Call const& call, PreparedCreate prepared)
{
    if (!call.plan().has_secrets)
        return prepared;
    auto const secrets = count_secrets(prepared.resource.attributes, call.type());
    if (!secrets)
        return secrets.error();
    if (*secrets == 0)
        return prepared;
    auto looked = run_read(call,
                           [&](ReadTransaction& transaction) -> result<void>
                           {
                               Resource resource = prepared.resource;
                               if (auto settled = settle(transaction, resource, call); !settled)
                                   return settled;
                               return check_unique(transaction, resource, call);
                           });
    if (!looked)
        return std::move(looked).error();
    if (auto hashed = hash_secrets(prepared.resource.attributes, {}, call); !hashed)
        return std::move(hashed).error();
    return prepared;
}

result<std::size_t> count_secrets(Call const& call, PreparedCreate& prepared)
{
    return call.plan().has_secrets ? count_secrets(prepared.resource.attributes, call.type()) : std::size_t{0};
}

result<void> hash_unseen(Call const& call, PreparedCreate& prepared)
{
    auto const count = count_secrets(call, prepared);
    return count && *count != 0 ? hash_secrets(prepared.resource.attributes, {}, call) : result<void>{};
}

result<Outcome> apply(WriteTransaction& transaction, PreparedCreate const& prepared, Scope const& scope)
{
    Resource resource = prepared.resource;
    auto outcome = insert(transaction, resource, prepared.shown, scope);
    if (outcome)
        outcome->after = std::move(resource);
    return outcome;
}

result<Outcome> apply_in_place(WriteTransaction& transaction, PreparedCreate& prepared, Scope const& scope)
{
    if (prepared.sent)
        take_back(prepared, scope);
    else
        prepared.sent = what_insert_changes(prepared.resource, scope);
    return insert(transaction, prepared.resource, prepared.shown, scope);
}

result<Response> present(Outcome outcome, PreparedCreate const& prepared, Call const& call)
{
    return write_response(201, std::move(*outcome.after), prepared.shown.projection, call, prepared.shown.answer);
}

} // namespace scimkit::service
