// PATCH (RFC 7644 section 3.5.2).
#include "memberships.hpp"
#include "operations.hpp"
#include "patch_in_place.hpp"
#include "presenter.hpp"
#include "reference_filter.hpp"
#include "references.hpp"
#include "secrets.hpp"
#include "stored_resource.hpp"

namespace scimkit::service
{
namespace
{

/// A decoded request: everything that can be done before the transaction.
struct Patch
{
    PatchOptions options{};
    std::vector<PatchOperation> operations{};
    std::optional<SplitPatch> split{}; ///< when the large attributes can be edited in place
    Preconditions conditions;
};

PatchOptions options_of(Call const& call)
{
    auto const& limits = call.state.options.limits;
    PatchOptions options = patch_options(call.tolerance());
    options.budget = call.context.budget;
    options.canonical.budget = call.context.budget;
    options.canonical.max_value_bytes = limits.max_value_bytes;
    options.max_operations = limits.max_patch_operations;
    options.filter.max_depth = limits.max_filter_depth;
    options.filter.max_terms = limits.max_filter_terms;
    return options;
}

/// What is not there cannot be patched, well or badly: 404 comes before the faults of the operations.
Error fault_of(Call const& call, Error fault)
{
    auto const looked = run_read(call,
                                 [&](ReadTransaction& transaction) -> result<void>
                                 {
                                     auto const stored = transaction.get(call.type(), call.route.name, {});
                                     if (!stored)
                                         return stored.error();
                                     return *stored ? result<void>{} : no_such_resource(call);
                                 });
    return looked ? fault : looked.error();
}

result<Patch> read_patch(Call const& call)
{
    auto body = read_body(call);
    if (!body)
        return std::move(body).error();
    Patch patch{.options = options_of(call), .conditions = Preconditions{call.request}};
    auto operations = decode_patch(*body, call.type(), patch.options);
    if (!operations)
        return fault_of(call, std::move(operations).error());
    patch.operations = std::move(*operations);
    rewrite_patch(patch.operations, call.tolerance());
    for (PatchOperation& operation : patch.operations)
        for (BoundFilter& filter : operation.path.filter)
            if (auto seen = see_computed_references(filter, call.plan(), call.state.options.base_url, true); !seen)
                return fault_of(call, std::move(seen).error());
    return patch;
}

/// What cannot be split is applied to the whole resource, and so is what is wrong with it: then its faults come in the
/// same order in every store.
void split_patch(Patch& patch, Call const& call)
{
    if (!call.plan().edits_in_place)
        return;
    auto split = split_large_attributes(patch.operations, call.type(), patch.options);
    if (split && *split && !may_cancel_out((*split)->edits))
        patch.split = std::move(*split);
}

/// A stored resource with its changes: what is written, if anything changed.
struct Change
{
    Resource resource;
    json::object before;
    LargeAttributes large = LargeAttributes::as_given;
    bool edited = false;    ///< large attributes changed in place
    bool too_large = false; ///< for a store to read whole, so for an answer too
    std::vector<std::string> paths{};
};

result<Change> apply_in_place(WriteTransaction& transaction, Call const& call, Patch const& patch)
{
    auto current = load_for_write(transaction, call, patch.conditions, {});
    if (!current)
        return std::move(current).error();
    Change change{.resource = std::move(*current), .before = {}, .large = LargeAttributes::keep};
    change.before = change.resource.attributes;
    if (auto applied = apply_patch(change.resource, patch.split->operations, patch.options); !applied)
        return std::move(applied).error();
    if (auto settled = settle_references(transaction, change.resource.attributes, &change.before, call); !settled)
        return std::move(settled).error();
    for (LargeAttributeEdit const& edit : patch.split->edits)
    {
        auto const edited = edit_in_place(transaction, call, edit);
        if (!edited)
            return edited.error();
        if (*edited)
            change.paths.push_back(edit.attribute.path());
        change.edited = change.edited || *edited;
    }
    return change;
}

/// What the operations make of a resource, worked out before the write transaction.
struct Ahead
{
    Version version{}; ///< of what they were applied to
    json::object attributes{};
    bool changed = false;
};

/// Whether anything changed.
result<bool> apply_operations(ReadTransaction& transaction, Call const& call, Patch const& patch, Resource& resource)
{
    for (PatchOperation const& operation : patch.operations)
        if (operation.op != PatchOp::remove && operation.path.filter.empty())
            if (auto checked = check_claims(transaction, operation.value, operation.path.attribute, call); !checked)
                return std::move(checked).error();
    return apply_patch(resource, patch.operations, patch.options);
}

/// The filters of a long message may look through megabytes, and nobody else writes meanwhile: so that is done on a
/// snapshot, and again in the write transaction only if the resource has changed in between. Nothing for short
/// messages.
result<std::optional<Ahead>> work_ahead(Call const& call, Patch const& patch)
{
    constexpr std::size_t longest_short_message = 1'024;
    std::optional<Ahead> ahead;
    if (patch.split || call.request.body.size() <= longest_short_message)
        return ahead;
    auto const looked = run_read(call,
                                 [&](ReadTransaction& transaction) -> result<void>
                                 {
                                     auto resource =
                                         load_for_write(transaction, call, patch.conditions, wanted_all(call.type()));
                                     if (!resource)
                                         return std::move(resource).error();
                                     auto const changed = apply_operations(transaction, call, patch, *resource);
                                     if (!changed)
                                         return changed.error();
                                     ahead = Ahead{resource->version, std::move(resource->attributes), *changed};
                                     return {};
                                 });
    if (!looked)
        return looked.error();
    return ahead;
}

result<Change> apply_to_whole(ReadTransaction& transaction, Call const& call, Patch const& patch,
                              std::optional<Ahead> const& ahead = std::nullopt)
{
    auto current = load_for_write(transaction, call, patch.conditions, wanted_all(call.type()));
    if (!current)
        return std::move(current).error();
    Change change{.resource = std::move(*current), .before = {}};
    change.before = change.resource.attributes;
    bool const is_done = ahead && ahead->version && ahead->version == change.resource.version;
    if (is_done)
        change.resource.attributes = ahead->attributes;
    auto const applied =
        is_done ? result<bool>{ahead->changed} : apply_operations(transaction, call, patch, change.resource);
    if (!applied)
        return applied.error();
    if (!*applied)
        return change;
    if (auto settled = settle_references(transaction, change.resource.attributes, &change.before, call); !settled)
        return std::move(settled).error();
    order_large_attributes(change.resource, call);
    return change;
}

/// What can be told of a change before it is stored.
result<void> check_change(Change const& change, Call const& call)
{
    if (auto checked = check_resource(change.resource.attributes, call.type()); !checked)
        return checked;
    return check_size(change.resource.attributes, &change.before, call);
}

/// Hashing is dear: it comes after a look at everything that may refuse the request.
result<void> hash_new_secrets(Patch& patch, Call const& call)
{
    auto const secrets = count_secrets(patch.operations);
    if (!secrets || *secrets == 0)
        return secrets ? result<void>{} : secrets.error();
    json::object stored;
    auto const looked = run_read(call,
                                 [&](ReadTransaction& transaction) -> result<void>
                                 {
                                     auto change = apply_to_whole(transaction, call, patch);
                                     if (!change)
                                         return std::move(change).error();
                                     if (auto checked = check_change(*change, call); !checked)
                                         return checked;
                                     stored = std::move(change->before);
                                     return check_unique(transaction, change->resource, call);
                                 });
    if (!looked)
        return looked.error();
    return hash_secrets(patch.operations, stored, call);
}

/// Reads the request and does all of it that needs no write transaction.
result<Patch> prepare_patch(Call const& call)
{
    auto patch = read_patch(call);
    if (!patch)
        return patch;
    if (call.plan().has_secrets)
        if (auto hashed = hash_new_secrets(*patch, call); !hashed)
            return std::move(hashed).error();
    split_patch(*patch, call);
    return patch;
}

/// Applies the patch and stores what has changed, if anything has.
result<Change> change_stored(WriteTransaction& transaction, Call const& call, Patch const& patch,
                             std::optional<Ahead> const& ahead, Instant now)
{
    bool const in_place = patch.split && transaction.large_attributes() != nullptr;
    auto change = in_place ? apply_in_place(transaction, call, patch) : apply_to_whole(transaction, call, patch, ahead);
    if (!change)
        return change;
    Resource& resource = change->resource;
    if (!change->edited && same_state(change->before, resource.attributes))
        return change;
    if (auto checked = check_change(*change, call); !checked)
        return std::move(checked).error();
    for (std::string& path : changed_paths(change->before, resource.attributes, call.type()))
        change->paths.push_back(std::move(path));
    resource.last_modified = time_of_change(resource, now);
    if (auto stored = store_changed(transaction, resource, change->large, change->paths, call.state); !stored)
        return std::move(stored).error();
    return change;
}

/// Brings in what the answer shows and the change did not need: large attributes, and groups, which are in the version
/// of an answer without a body too.
result<void> complete_answer(WriteTransaction& transaction, Call const& call, Change& change,
                             Projection const& projection, bool with_resource)
{
    if (with_resource && change.large == LargeAttributes::keep)
    {
        std::vector<AttributeRef> shown;
        for (AttributeRef const& large : call.type().large_attributes())
            if (projection.shows(large))
                shown.push_back(large);
        if (!shown.empty())
        {
            auto whole = transaction.get(call.type(), call.route.name, {shown});
            if (!whole && whole.error().code != ErrorCode::too_many)
                return std::move(whole).error();
            change.too_large = !whole; // the write is done all the same, and answered without a body
            if (whole && *whole)
                change.resource.attributes = std::move((**whole).attributes);
        }
    }
    if (call.plan().groups && projection.shows(*call.plan().groups))
        return fill_groups(transaction, {&change.resource, 1}, call.plan(), call.state, call.context);
    return {};
}

} // namespace

result<Response> patch_resource(Call const& call)
{
    auto const shape = read_shape(call.target);
    auto projection = read_projection(call, shape);
    if (!projection)
        return std::move(projection).error();
    auto const patch = prepare_patch(call);
    if (!patch)
        return patch.error();
    auto const ahead = work_ahead(call, *patch);
    if (!ahead)
        return ahead.error();
    for (PatchOperation const& operation : patch->operations)
        if (operation.op != PatchOp::remove)
            projection->add_sent(operation.path.attribute);

    // A group is not sent back for one member: RFC 7644 section 3.5.2 leaves the choice between 200 and 204.
    auto answer = read_write_answer(call.request, shape,
                                    call.type().large_attributes().empty() || call.tolerance().patch_returns_resource);
    auto const now = call.context.now;
    std::optional<Change> done;
    auto const written = run_write(
        call, patch->conditions.name_versions(),
        [&](WriteTransaction& transaction) -> result<void>
        {
            auto change = change_stored(transaction, call, *patch, *ahead, now);
            if (!change)
                return std::move(change).error();
            if (auto completed = complete_answer(transaction, call, *change, *projection, answer.with_resource);
                !completed)
                return completed;
            done = std::move(*change);
            return {};
        });
    if (!written)
        return written.error();
    answer.with_resource = answer.with_resource && !done->too_large;
    return write_response(200, std::move(done->resource), *projection, call, answer);
}

} // namespace scimkit::service
