// A PATCH is applied in one of two ways with one result: to the whole resource, or, where the store keeps large
// attributes beside the record, to the record and to those elements alone that the operations name (RFC 7644 section
// 3.5.2).
#include "patch.hpp"

#include "../membership/reference_filter.hpp"
#include "../membership/references.hpp"
#include "../tolerance/rewriting.hpp"
#include "../tolerance/setting.hpp"
#include "bulk_references.hpp"
#include "element_counts.hpp"
#include "observer.hpp"
#include "patch_in_place.hpp"
#include "patch_operations.hpp"
#include "presenter.hpp"
#include "secrets.hpp"
#include "stored_resource.hpp"

#include <algorithm>

namespace scimkit::service
{
namespace
{

// A refused PATCH of more than this is not decoded again to find out which setting would have let it pass.
constexpr std::size_t max_explained_patch_bytes = 16384;

/// The refusal of a path, with the setting under which there would be none.
Error explained(Error error, json::value const& body, Call const& call)
{
    bool const is_path = error.code == ErrorCode::invalid_path || error.code == ErrorCode::invalid_filter;
    if (!error.setting.empty() || !is_path || call.part || call.request.body.size() > max_explained_patch_bytes)
        return error;
    error.setting =
        setting_that_passes(RefusedText::path, call.tolerance(),
                            [&](Tolerance const& wider)
                            { return decode_patch(body, call.type(), patch_options_of(call, wider)).has_value(); });
    return error;
}

/// Errors: of the message itself; those of its operations are kept in `prepared`.
result<void> read_operations(PreparedPatch& prepared, Call const& call)
{
    auto const body = read_body(call);
    if (!body)
        return body.error();
    auto operations = decode_patch(*body, call.type(), patch_options_of(call, call.tolerance()));
    if (!operations)
    {
        prepared.fault = explained(std::move(operations).error(), *body, call);
        return {};
    }
    prepared.operations = std::move(*operations);
    rewrite_patch(prepared.operations, call.tolerance());
    if (call.part)
        if (auto resolved = call.part->references->resolve(prepared.operations, call.type()); !resolved)
            return std::move(resolved).error();
    for (PatchOperation& operation : prepared.operations)
        for (BoundFilter& filter : operation.path.filter)
            if (auto seen = see_computed_references(filter, *call.type_rules, call.rules.base_url, true);
                !seen && !prepared.fault)
                prepared.fault = std::move(seen).error();
    return {};
}

/// The fault of the operations, or 404.
Error told_fault(ReadTransaction& transaction, Scope const& scope, PreparedPatch const& prepared)
{
    auto const stored = transaction.get(scope.type(), prepared.resource.id, wanted_nothing());
    if (!stored)
        return stored.error();
    return *stored ? *prepared.fault : no_such_resource(scope.type(), prepared.resource.id);
}

Error told_fault(Call const& call, PreparedPatch const& prepared)
{
    return run_read(call,
                    [&](ReadTransaction& transaction) -> result<void>
                    { return told_fault(transaction, call, prepared); })
        .error();
}

/// What cannot be split is applied to the whole resource, and so is what is wrong with it: then its faults come in the
/// same order in every store.
void split_patch(PreparedPatch& prepared, Call const& call)
{
    if (!call.plan().edits_in_place)
        return;
    auto split = split_large_attributes(prepared.operations, call.type(), patch_options_of(call, call.tolerance()));
    if (split && *split && !may_cancel_out((*split)->edits))
        prepared.split = std::move(*split);
}

result<Change> apply_to_whole(ReadTransaction& transaction, Scope const& scope, PreparedPatch const& prepared)
{
    auto current = load_for_write(transaction, scope, prepared.resource, wanted_all(scope.type()));
    if (!current)
        return std::move(current).error();
    if (auto checked = check_all_claims(transaction, scope, prepared.operations); !checked)
        return std::move(checked).error();
    Change change{.before = *current, .resource = std::move(*current)};
    auto const applied =
        apply_operations(transaction, scope, prepared.operations, change.resource, change.before.attributes);
    if (!applied)
        return applied.error();
    if (!*applied)
        return change;
    if (auto settled = settle_change(transaction, scope, prepared.operations, change.resource.attributes,
                                     change.before.attributes);
        !settled)
        return std::move(settled).error();
    order_large_attributes(change.resource, scope);
    keep_what_is_the_same(change.resource, change.before, scope.type());
    return change;
}

/// All of it but the edits of large attributes.
result<Change> apply_beside_edits(ReadTransaction& transaction, Scope const& scope, PreparedPatch const& prepared)
{
    auto const next = asked_next(scope, prepared.split->edits);
    auto current =
        load_for_write(transaction, scope, prepared.resource, {.next_type = next.type, .next_ids = next.ids});
    if (!current)
        return std::move(current).error();
    if (auto checked = check_all_claims(transaction, scope, prepared.operations); !checked)
        return std::move(checked).error();
    Change change{.before = *current, .resource = std::move(*current), .large = LargeAttributes::keep};
    if (auto applied =
            apply_operations(transaction, scope, prepared.split->operations, change.resource, change.before.attributes);
        !applied)
        return std::move(applied).error();
    if (auto settled = settle_change(transaction, scope, prepared.split->operations, change.resource.attributes,
                                     change.before.attributes);
        !settled)
        return std::move(settled).error();
    return change;
}

result<void> edit_large_attributes(WriteTransaction& transaction, Scope const& scope, PreparedPatch const& prepared,
                                   ElementCounts const& replaced, Change& change)
{
    ElementGrowth growth;
    for (LargeAttributeEdit const& edit : prepared.split->edits)
    {
        auto edited = edit_in_place(transaction, scope, prepared.resource.id, edit);
        if (!edited)
            return in_operation(std::move(edited).error(), edit.position);
        if (edited->changed == 0)
            continue;
        growth.note(edit, edited->changed);
        change.edited = true;
        if (auto path = edit.attribute.path(); std::ranges::find(change.paths, path) == change.paths.end())
            change.paths.push_back(std::move(path));
        if (scope.observed)
            merge_elements(change.elements, std::move(edited->elements));
    }
    return growth.check(transaction, scope, prepared.resource.id, replaced);
}

/// What can be told of a change before it is stored.
result<void> check_change(Change const& change, Scope const& scope)
{
    if (auto checked = check_resource(change.resource.attributes, scope.type()); !checked)
        return checked;
    return check_size(change.resource.attributes, &change.before.attributes, scope);
}

/// Hashing is dear: it comes after a look at everything that may refuse the request.
result<void> hash_new_secrets(Call const& call, PreparedPatch& prepared)
{
    if (!call.plan().has_secrets)
        return {};
    auto const secrets = count_secrets(prepared.operations);
    if (!secrets)
    {
        prepared.fault = secrets.error();
        return told_fault(call, prepared);
    }
    if (*secrets == 0)
        return {};
    json::object stored;
    auto const look = [&](ReadTransaction& transaction) -> result<void>
    {
        auto change = apply_to_whole(transaction, call, prepared);
        if (!change)
            return std::move(change).error();
        if (auto checked = check_change(*change, call); !checked)
            return checked;
        stored = std::move(change->before.attributes);
        return check_unique(transaction, change->resource, call);
    };
    bool too_long = false; // told behind the transaction, which a store that is busy would be asked for again
    auto const looked = run_read(call,
                                 [&](ReadTransaction& transaction)
                                 {
                                     auto const most = call.elsewhere ? work_as_writer(call) : Budget::unlimited;
                                     Budget::Section const section{call.context.budget, most};
                                     auto done = look(transaction);
                                     too_long = section.exhausted();
                                     return too_long ? result<void>{} : done;
                                 });
    if (too_long)
        return long_work();
    if (!looked)
        return looked.error();
    return hash_secrets(prepared.operations, stored, call);
}

} // namespace

result<PreparedPatch> prepare_patch(Call const& call)
{
    auto const shape = read_shape(call.target);
    auto projection = read_projection(call, shape);
    if (!projection)
        return std::move(projection).error();
    // A group is not sent back for one member: RFC 7644 section 3.5.2 leaves the choice between 200 and 204.
    auto const answer = read_write_answer(
        call.request, shape, call.type().large_attributes().empty() || call.tolerance().patch_returns_resource);
    PreparedPatch prepared{.resource = {std::string{call.route.name}, Preconditions{call.request}},
                           .shown = {std::move(*projection), answer},
                           .now = call.context.now};
    if (auto read = read_operations(prepared, call); !read)
        return std::move(read).error();
    for (PatchOperation const& operation : prepared.operations)
        if (operation.op != PatchOp::remove)
            prepared.shown.projection.add_sent(operation.path.attribute);
    return prepared;
}

result<PreparedPatch> look_ahead(Call const& call, PreparedPatch prepared)
{
    if (prepared.fault)
        return told_fault(call, prepared);
    if (auto hashed = hash_new_secrets(call, prepared); !hashed)
        return std::move(hashed).error();
    split_patch(prepared, call); // the operations have no clear secret any more
    return prepared;
}

result<std::size_t> count_secrets(Call const& call, PreparedPatch& prepared)
{
    return call.plan().has_secrets && !prepared.fault ? count_secrets(prepared.operations) : std::size_t{0};
}

result<void> hash_unseen(Call const& call, PreparedPatch& prepared)
{
    if (prepared.fault)
        return {};
    if (auto const count = count_secrets(call, prepared); count && *count != 0)
        if (auto hashed = hash_secrets(prepared.operations, stored_secrets(call, prepared.resource.id), call); !hashed)
            return hashed;
    split_patch(prepared, call);
    return {};
}

result<PreparedPatch> work_ahead(Call const& call, PreparedPatch prepared)
{
    prepared.ahead.reset();
    auto const looked = run_read(call,
                                 [&](ReadTransaction& transaction) -> result<void>
                                 {
                                     auto change = apply_to_whole(transaction, call, prepared);
                                     if (!change)
                                         return std::move(change).error();
                                     if (auto checked = check_change(*change, call); !checked)
                                         return checked;
                                     prepared.ahead = look_back(std::move(*change), prepared.now, call);
                                     return {};
                                 });
    if (!looked)
        return looked.error();
    return prepared;
}

result<Outcome> apply(WriteTransaction& transaction, PreparedPatch const& prepared, Scope const& scope)
{
    if (prepared.fault)
        return told_fault(transaction, scope, prepared);
    if (prepared.ahead)
        return store(transaction, *prepared.ahead, prepared.resource, scope);
    bool const in_place = prepared.split && transaction.large_attributes();
    std::optional<result<Change>> change;
    {
        Budget::Section const section{scope.context.budget, work_as_writer(scope)};
        change =
            in_place ? apply_beside_edits(transaction, scope, prepared) : apply_to_whole(transaction, scope, prepared);
        if (section.exhausted())
            return Outcome{.changed = false, .undecided = true};
    }
    if (!*change)
        return std::move(*change).error();
    if (in_place)
    {
        auto const counts = count_replaced(transaction, scope, prepared.resource.id, prepared.split->edits);
        if (!counts)
            return counts.error();
        auto const many = touches_many(transaction, scope, prepared.resource.id, prepared.split->edits, prepared.shown);
        if (!many)
            return many.error();
        if (*many || replaces_many(*counts, scope))
            return Outcome{.changed = false, .undecided = true};
        if (auto edited = edit_large_attributes(transaction, scope, prepared, *counts, **change); !edited)
            return std::move(edited).error();
    }
    if (auto checked = check_change(**change, scope); !checked)
        return std::move(checked).error();
    return store(transaction, std::move(**change), prepared.now, scope);
}

result<Response> present(Outcome outcome, PreparedPatch const& prepared, Call const& call)
{
    auto answer = prepared.shown.answer;
    answer.with_resource = answer.with_resource && !outcome.cannot_be_shown;
    return write_response(200, std::move(*outcome.after), prepared.shown.projection, call, answer);
}

} // namespace scimkit::service
