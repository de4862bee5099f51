// PUT and PATCH come to the same in the end: a stored resource and what it becomes. So the rules for storing it, and
// for what may be done while nobody else can write, stand here once.
#include "change.hpp"

#include <scimkit/core/json.hpp>

#include "../membership/groups.hpp"
#include "../membership/references.hpp"
#include "../membership/removal.hpp"
#include "observer.hpp"
#include "stored_resource.hpp"

#include <unordered_map>
#include <utility>

namespace scimkit::service
{
namespace
{

using ByValue = std::unordered_map<std::string_view, json::object const*>;

json::array const* find_elements(json::object const& attributes, AttributeRef const& large)
{
    auto const* value = find_value(attributes, large);
    return value ? value->if_array() : nullptr;
}

ByValue by_value(json::array const* elements)
{
    ByValue found;
    if (!elements)
        return found;
    found.reserve(elements->size());
    for (json::value const& element : *elements)
        if (auto const* object = element.if_object())
            found.emplace(text_member(*object, "value"), object);
    return found;
}

/// Elements that say something else than before go and come.
ElementsDifference difference_of(AttributeRef const& large, json::object const& before, json::object const& after)
{
    ElementsDifference difference{.attribute = large};
    auto const old_elements = by_value(find_elements(before, large));
    auto const new_elements = by_value(find_elements(after, large));
    for (auto const& [value, element] : old_elements)
        if (auto const found = new_elements.find(value);
            found == new_elements.end() || !same_state(*element, *found->second))
            difference.removed.emplace_back(value);
    for (auto const& [value, element] : new_elements)
        if (auto const found = old_elements.find(value);
            found == old_elements.end() || !same_state(*element, *found->second))
            difference.added.push_back(*element);
    if (difference.removed.size() > new_elements.size())
    {
        auto& left = difference.left.emplace();
        left.reserve(new_elements.size());
        for (auto const& [value, element] : new_elements)
            left.push_back(*element);
    }
    return difference;
}

/// What some elements were before, where there were any of their `value`.
json::array former(std::vector<json::object> const& elements, json::array const* before)
{
    auto const known = by_value(before);
    json::array found;
    for (json::object const& element : elements)
        if (auto const twin = known.find(text_member(element, "value")); twin != known.end())
            found.push_back(*twin->second);
    return found;
}

json::object without_large(json::object const& attributes, ResourceType const& type)
{
    json::object rest;
    for (auto const& [name, value] : attributes)
    {
        auto const* attribute = type.schema().find_attribute(name);
        if (!attribute || !type.is_large(*attribute))
            rest.emplace(name, value);
    }
    return rest;
}

/// As it is stored, but for its large attributes.
Resource record_of(Resource const& resource, ResourceType const& type)
{
    return {.type = resource.type,
            .id = resource.id,
            .created = resource.created,
            .last_modified = resource.last_modified,
            .version = resource.version,
            .attributes = without_large(resource.attributes, type)};
}

/// Those of the attributes that refer to others.
json::object references_in(json::object const& attributes, TypePlan const& plan)
{
    json::object found;
    for (ReferenceAttribute const& reference : plan.references())
    {
        auto const& attribute = reference.attribute;
        auto const name = attribute.in_extension ? attribute.schema->id : attribute.attribute->name;
        if (auto const* value = attributes.if_contains(name); value && !found.contains(name))
            found.emplace(name, *value);
    }
    return found;
}

/// Whether what the change newly refers to is there, as it was on the snapshot.
result<bool> still_refers(WriteTransaction& transaction, ChangeAhead const& ahead, Scope const& scope)
{
    if (scope.plan().references().empty())
        return true;
    json::object now = ahead.fresh;
    if (auto settled = membership::settle_references(transaction, now, &ahead.fresh_before, scope); !settled)
        return settled.error().code == ErrorCode::invalid_value ? result<bool>{false} : std::move(settled).error();
    return same_state(now, ahead.fresh);
}

result<void> edit_elements(LargeAttributeWriter& writer, ChangeAhead const& ahead, Scope const& scope)
{
    for (ElementsDifference const& difference : ahead.differences)
    {
        Attribute const& attribute = *difference.attribute.attribute;
        std::string const& id = ahead.change.resource.id;
        if (difference.left)
        {
            if (auto replaced = writer.replace(scope.type(), id, attribute, *difference.left); !replaced)
                return std::move(replaced).error();
            continue;
        }
        if (!difference.removed.empty())
            if (auto removed = writer.remove(scope.type(), id, attribute, difference.removed); !removed)
                return std::move(removed).error();
        if (!difference.added.empty())
            if (auto added = writer.add(scope.type(), id, attribute, difference.added); !added)
                return std::move(added).error();
    }
    return {};
}

Outcome undecided() { return Outcome{.changed = false, .undecided = true}; }

/// The large attributes that the answer shows, and whatever else has become of the resource since.
result<void> read_large_attributes(ReadTransaction& transaction, Shown const& shown, Scope const& scope,
                                   Outcome& outcome)
{
    std::vector<AttributeRef> wanted;
    for (AttributeRef const& attribute : scope.type().large_attributes())
        if (shown.projection.shows(attribute))
            wanted.push_back(attribute);
    if (wanted.empty())
        return {};
    auto whole = transaction.get(scope.type(), outcome.after->id, {wanted});
    if (!whole)
        return std::move(whole).error();
    if (!*whole)
        return Error{ErrorCode::not_found, {}};
    outcome.after = std::move(**whole);
    return {};
}

/// Stores it in place of the resource that has its version. The new one.
result<Version> store_changed(WriteTransaction& transaction, Resource const& changed, LargeAttributes large,
                              bool given_whole, std::span<std::string const> paths, Scope const& scope)
{
    auto const expected = changed.version ? std::optional{changed.version} : std::nullopt;
    auto facts = scope.state.facts.facts_of(changed);
    facts.given_whole = given_whole;
    auto const version = transaction.replace(changed, expected, facts, large, paths);
    return version ? version : explain(version.error(), scope);
}

} // namespace

std::uint64_t work_as_writer(Scope const& scope) noexcept
{
    if (scope.as_writer)
        return *scope.as_writer;
    return scope.state.traits.versions ? scope.state.options.limits.max_work_as_writer : Budget::unlimited;
}

void keep_what_is_the_same(Resource& resource, Resource const& before, ResourceType const& type)
{
    for (AttributeRef const& large : type.large_attributes())
    {
        auto* value = resource.attributes.if_contains(large.attribute->name);
        auto* elements = value ? value->if_array() : nullptr;
        if (!elements)
            continue;
        auto const known = by_value(find_elements(before.attributes, large));
        for (json::value& element : *elements)
        {
            auto* object = element.if_object();
            auto const twin = object ? known.find(text_member(*object, "value")) : known.end();
            if (twin != known.end() && same_state(*object, *twin->second))
                *object = *twin->second;
        }
    }
}

ChangeAhead look_back(Change change, Instant now, Scope const& scope)
{
    ResourceType const& type = scope.type();
    ChangeAhead ahead{.change = std::move(change)};
    auto const& before = ahead.change.before.attributes;
    auto const& after = ahead.change.resource.attributes;
    ahead.changed = !same_state(before, after);
    if (ahead.changed)
        ahead.change.resource.last_modified = membership::time_of_change(ahead.change.before, now);
    ahead.record = record_of(ahead.change.resource, type);
    ahead.record_before = record_of(ahead.change.before, type);
    if (!ahead.changed)
        return ahead;
    ahead.paths = changed_paths(before, after, type);
    if (scope.observed)
        ahead.elements = changed_elements(&before, &after, type);
    ahead.fresh = references_in(ahead.record.attributes, scope.plan());
    ahead.fresh_before = references_in(ahead.record_before.attributes, scope.plan());
    for (AttributeRef const& large : type.large_attributes())
    {
        auto difference = difference_of(large, before, after);
        if (!difference.added.empty())
        {
            ahead.fresh[large.attribute->name] = json::array(difference.added.begin(), difference.added.end());
            ahead.fresh_before[large.attribute->name] = former(difference.added, find_elements(before, large));
        }
        if (!difference.added.empty() || !difference.removed.empty())
            ahead.differences.push_back(std::move(difference));
    }
    return ahead;
}

result<Outcome> store(WriteTransaction& transaction, Change change, Instant now, Scope const& scope)
{
    Resource& resource = change.resource;
    bool const in_place = change.large == LargeAttributes::keep;
    Outcome outcome{.changed = change.edited || !same_state(change.before.attributes, resource.attributes),
                    .without_large = in_place};
    if (outcome.changed)
    {
        for (std::string& path : changed_paths(change.before.attributes, resource.attributes, scope.type()))
            change.paths.push_back(std::move(path));
        resource.last_modified = membership::time_of_change(change.before, now);
        auto const version =
            store_changed(transaction, resource, change.large, change.given_whole, change.paths, scope);
        if (!version)
            return version.error();
        resource.version = *version;
    }
    if (scope.observed)
        outcome.elements = in_place ? std::move(change.elements)
                                    : changed_elements(&change.before.attributes, &resource.attributes, scope.type());
    outcome.before = std::move(change.before);
    outcome.after = std::move(change.resource);
    outcome.paths = std::move(change.paths);
    return outcome;
}

result<Outcome> store(WriteTransaction& transaction, ChangeAhead const& ahead, Addressed const& addressed,
                      Scope const& scope)
{
    auto const stored = load_unread(transaction, scope, addressed, {.packed = transaction.gives_packed()});
    if (!stored)
        return stored.error();
    if (!stored->version || stored->version != ahead.change.before.version)
        return undecided();
    Resource const& record = ahead.record;
    Outcome outcome{.after = Resource{.type = record.type, .id = record.id, .version = record.version},
                    .changed = ahead.changed,
                    .without_large = true};
    if (!ahead.changed)
        return outcome;
    auto const refers = still_refers(transaction, ahead, scope);
    if (!refers)
        return refers.error();
    if (!*refers)
        return undecided();
    outcome.paths = ahead.paths;
    auto* const writer = transaction.large_attributes();
    if (writer)
        if (auto edited = edit_elements(*writer, ahead, scope); !edited)
            return std::move(edited).error();
    auto const version = store_changed(transaction, writer ? ahead.record : ahead.change.resource,
                                       writer ? LargeAttributes::keep : LargeAttributes::as_given,
                                       ahead.change.given_whole, outcome.paths, scope);
    if (!version)
        return version.error();
    outcome.after->version = *version;
    return outcome;
}

void take_whole(ChangeAhead& ahead, Outcome& outcome, TypePlan const& plan)
{
    ahead.change.resource.version = outcome.after->version;
    if (plan.groups()) // which a dry run has found out already
        if (auto* groups = outcome.after->attributes.if_contains(plan.groups()->attribute->name))
            ahead.change.resource.attributes[plan.groups()->attribute->name] = std::move(*groups);
    outcome.before = std::move(ahead.change.before);
    outcome.after = std::move(ahead.change.resource);
    outcome.elements = std::move(ahead.elements);
    outcome.without_large = false;
}

void complete(ReadTransaction& transaction, Shown const& shown, Scope const& scope, Outcome& outcome)
{
    if (!outcome.after)
        return;
    auto done = result<void>{};
    if (shown.answer.with_resource && outcome.without_large)
        done = read_large_attributes(transaction, shown, scope, outcome);
    if (done)
        done = membership::show_groups(transaction, *outcome.after, shown.projection, scope);
    outcome.cannot_be_shown = !done;
}

} // namespace scimkit::service
