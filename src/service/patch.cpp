// PATCH (RFC 7644 section 3.5.2).
#include "memberships.hpp"
#include "operations.hpp"
#include "presenter.hpp"
#include "reference_filter.hpp"
#include "references.hpp"
#include "secrets.hpp"
#include "stored_resource.hpp"

#include <algorithm>

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
    EntityTags if_match;
};

PatchOptions options_of(Call const& call)
{
    auto const& limits = call.state.options.limits;
    PatchOptions options = patch_options(call.tolerance());
    options.budget = call.context.budget;
    options.canonical.max_value_bytes = limits.max_value_bytes;
    options.max_operations = limits.max_patch_operations;
    options.filter.max_depth = limits.max_filter_depth;
    options.filter.max_terms = limits.max_filter_terms;
    return options;
}

result<Patch> read_patch(Call const& call)
{
    auto body = read_body(call);
    if (!body)
        return std::move(body).error();
    Patch patch{.options = options_of(call), .if_match = EntityTags{call.request, "If-Match"}};
    auto operations = decode_patch(*body, call.type(), patch.options);
    if (!operations)
        return std::move(operations).error();
    patch.operations = std::move(*operations);
    rewrite_patch(patch.operations, call.tolerance());
    for (PatchOperation& operation : patch.operations)
        for (BoundFilter& filter : operation.path.filter)
            see_computed_references(filter, call.plan(), call.state.options.base_url, true);
    if (call.plan().has_secrets)
        if (auto hashed = hash_secrets(patch.operations, *call.state.options.password_hasher); !hashed)
            return std::move(hashed).error();
    if (call.plan().edits_in_place)
    {
        auto split = split_large_attributes(patch.operations, call.type(), patch.options);
        if (!split)
            return std::move(split).error();
        patch.split = std::move(*split);
    }
    return patch;
}

ReferenceAttribute const* find_reference(TypePlan const& plan, Attribute const& attribute)
{
    auto const found = std::ranges::find_if(plan.references, [&](ReferenceAttribute const& reference)
                                            { return reference.attribute.attribute == &attribute; });
    return found == plan.references.end() ? nullptr : &*found;
}

/// The elements of an edit as they are to be stored.
result<std::vector<json::object>> admit_elements(LargeAttributeWriter& writer, WriteTransaction& transaction,
                                                 Call const& call, LargeAttributeEdit const& edit)
{
    auto const* reference = find_reference(call.plan(), *edit.attribute.attribute);
    if (reference == nullptr)
        return edit.elements;
    std::vector<json::object> admitted;
    admitted.reserve(edit.elements.size());
    ReferenceCheck check{transaction, *reference, call.tolerance().unknown_members};
    ReferenceCheck known{transaction, *reference, UnknownMembers::keep};
    for (json::object element : edit.elements)
    {
        drop_computed_reference(element, *reference, call.state.options.base_url);
        auto const stored =
            writer.contains(call.type(), call.route.name, *edit.attribute.attribute, element.at("value").as_string());
        if (!stored)
            return stored.error();
        if (*stored && edit.kind == LargeAttributeEdit::Kind::add)
            continue;
        // What is there already may stay, whatever it refers to.
        auto const keep = *stored ? known.admit(element) : check.admit(element);
        if (!keep)
            return keep.error();
        if (*keep)
            admitted.push_back(std::move(element));
    }
    if (auto finished = check.finish(); !finished)
        return std::move(finished).error();
    return admitted;
}

/// Carries out an edit. Returns whether it changed anything.
result<bool> edit_in_place(WriteTransaction& transaction, Call const& call, LargeAttributeEdit const& edit)
{
    auto& writer = *transaction.large_attributes();
    Attribute const& attribute = *edit.attribute.attribute;
    result<std::uint64_t> changed = 0;
    if (edit.kind == LargeAttributeEdit::Kind::remove)
        changed = writer.remove(call.type(), call.route.name, attribute, edit.values);
    else
    {
        auto const elements = admit_elements(writer, transaction, call, edit);
        if (!elements)
            return elements.error();
        changed = edit.kind == LargeAttributeEdit::Kind::add
                      ? writer.add(call.type(), call.route.name, attribute, *elements)
                      : writer.replace(call.type(), call.route.name, attribute, *elements);
    }
    if (!changed)
        return std::move(changed).error();
    return *changed != 0;
}

/// A stored resource with its changes: what is written, if anything changed.
struct Change
{
    Resource resource;
    json::object before;
    LargeAttributes large = LargeAttributes::as_given;
    bool edited = false; ///< large attributes changed in place
    std::vector<std::string> paths{};
};

result<Change> apply_in_place(WriteTransaction& transaction, Call const& call, Patch const& patch)
{
    auto current = load_for_write(transaction, call, patch.if_match, {});
    if (!current)
        return std::move(current).error();
    Change change{.resource = std::move(*current), .before = {}, .large = LargeAttributes::keep};
    change.before = change.resource.attributes;
    if (auto applied = apply_patch(change.resource, patch.split->operations, patch.options); !applied)
        return std::move(applied).error();
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

result<Change> apply_to_whole(WriteTransaction& transaction, Call const& call, Patch const& patch)
{
    auto current = load_for_write(transaction, call, patch.if_match, wanted_all(call.type()));
    if (!current)
        return std::move(current).error();
    Change change{.resource = std::move(*current), .before = {}};
    change.before = change.resource.attributes;
    auto const applied = apply_patch(change.resource, patch.operations, patch.options);
    if (!applied)
        return applied.error();
    if (!*applied)
        return change;
    drop_computed_references(change.resource.attributes, call.plan(), call.state.options.base_url);
    if (auto checked = check_references(transaction, change.resource.attributes, &change.before, call.plan(),
                                        call.tolerance().unknown_members);
        !checked)
        return std::move(checked).error();
    return change;
}

/// Whether the answer has a body: RFC 7644 section 3.5.2 leaves the choice between 200 and 204, unless `attributes` is
/// given. A group is not sent back for one member.
bool wants_body(Call const& call, ShapeRequest const& shape)
{
    return !shape.empty() || call.type().large_attributes().empty();
}

/// Brings in what the answer shows and the change did not need: large attributes and groups.
result<void> complete_answer(WriteTransaction& transaction, Call const& call, Change& change,
                             Projection const& projection)
{
    if (change.large == LargeAttributes::keep)
    {
        std::vector<AttributeRef> shown;
        for (AttributeRef const& large : call.type().large_attributes())
            if (projection.shows(large))
                shown.push_back(large);
        if (!shown.empty())
        {
            auto whole = transaction.get(call.type(), call.route.name, {shown});
            if (!whole)
                return std::move(whole).error();
            if (*whole)
                change.resource.attributes = std::move((**whole).attributes);
        }
    }
    if (call.plan().groups && projection.shows(*call.plan().groups))
        return fill_groups(transaction, {&change.resource, 1}, call.plan(), call.state);
    return {};
}

} // namespace

result<Response> patch_resource(Call const& call)
{
    auto const shape = read_shape(call.target);
    auto projection = read_projection(call, shape);
    if (!projection)
        return std::move(projection).error();
    auto const patch = read_patch(call);
    if (!patch)
        return patch.error();
    for (PatchOperation const& operation : patch->operations)
        if (operation.op != PatchOp::remove)
            projection->add_sent(operation.path.attribute);

    bool const with_body = wants_body(call, shape);
    auto const now = call.state.options.environment->now();
    std::optional<Change> done;
    auto const written = run_write(
        call, patch->if_match.names_versions(),
        [&](WriteTransaction& transaction) -> result<void>
        {
            bool const in_place = patch->split && transaction.large_attributes() != nullptr;
            auto change =
                in_place ? apply_in_place(transaction, call, *patch) : apply_to_whole(transaction, call, *patch);
            if (!change)
                return std::move(change).error();
            Resource& resource = change->resource;
            if (change->edited || !same_state(change->before, resource.attributes))
            {
                if (auto checked = check_resource(resource.attributes, call.type()); !checked)
                    return checked;
                for (std::string& path : changed_paths(change->before, resource.attributes, call.type()))
                    change->paths.push_back(std::move(path));
                resource.last_modified = time_of_change(resource, now);
                if (auto stored = store_changed(transaction, resource, change->large, change->paths, call.state);
                    !stored)
                    return stored;
            }
            if (with_body)
                if (auto completed = complete_answer(transaction, call, *change, *projection); !completed)
                    return completed;
            done = std::move(*change);
            return {};
        });
    if (!written)
        return written.error();
    if (!with_body)
        return bodiless_response(204, done->resource, call);
    return resource_response(200, std::move(done->resource), *projection, call);
}

} // namespace scimkit::service
