// What leaves here is made of what the schema knows and may be seen, value by value: so that no secret gets out because
// somebody forgot to take it away.
#include "observer.hpp"

#include "../resource/told.hpp"

#include <algorithm>
#include <exception>
#include <iterator>

namespace scimkit::service
{
namespace
{

/// A copy without what is secret, large or computed.
Resource told_resource(Resource const& stored, ServiceState const& state)
{
    ResourceType const& type = *stored.type;
    Resource told{.type = &type,
                  .id = stored.id,
                  .created = stored.created,
                  .last_modified = stored.last_modified,
                  .version = stored.version,
                  .attributes = {}};
    for (Attribute const& attribute : type.schema().attributes)
    {
        auto const& groups = state.plan_of(type).groups();
        bool const is_groups = groups && groups->attribute == &attribute;
        if (is_groups || type.is_large(attribute) || is_secret(attribute))
            continue;
        if (auto const* value = stored.attributes.if_contains(attribute.name))
            told.attributes[attribute.name] = told_value(*value, attribute);
    }
    if (auto const* value = stored.attributes.if_contains("externalId")) // common to all types, in no schema of theirs
        told.attributes["externalId"] = *value;
    for (auto const& extension : type.extensions())
        if (auto const* value = stored.attributes.if_contains(extension.schema->id))
            if (auto const* object = value->if_object())
                told.attributes[extension.schema->id] = told_members(*object, extension.schema->attributes);
    return told;
}

std::set<std::string_view> values_of(json::object const* attributes, AttributeRef const& large)
{
    std::set<std::string_view> values;
    auto const* value = attributes ? find_value(*attributes, large) : nullptr;
    if (auto const* array = value ? value->if_array() : nullptr)
        for (json::value const& element : *array)
            if (auto const* object = element.if_object())
                values.insert(text_member(*object, "value"));
    return values;
}

void log_failure(Call const& call, std::string_view why) noexcept
try
{
    if (call.state.options.log)
        call.state.options.log(LogLevel::error, "request " + std::string{call.context.trace_id} +
                                                    ": the observer of changes failed: " + std::string{why});
}
catch (...) // NOLINT(bugprone-empty-catch): a log that fails must not fail the request
{
}

void tell(Call const& call, Access::Operation operation, Resource const* before, Resource const* after,
          std::span<std::string const> changed, std::span<ElementsChanged const> elements)
{
    std::optional<Resource> told_before;
    if (before)
        told_before = told_resource(*before, call.state);
    std::optional<Resource> told_after;
    if (after)
        told_after = told_resource(*after, call.state);
    Resource const& known = told_after ? *told_after : *told_before;
    call.state.options.observer({.operation = operation,
                                 .principal = call.principal,
                                 .tenant = call.tenant,
                                 .trace_id = call.context.trace_id,
                                 .type = *known.type,
                                 .id = known.id,
                                 .before = told_before ? &*told_before : nullptr,
                                 .after = told_after ? &*told_after : nullptr,
                                 .changed = changed,
                                 .elements = elements});
}

/// What one of them throws does not keep the others from being told.
template <class Tell>
void guarded(Call const& call, Tell tell) noexcept
{
    try
    {
        tell();
    }
    catch (std::exception const& exception)
    {
        log_failure(call, exception.what());
    }
    catch (...)
    {
        log_failure(call, "something that is no exception");
    }
}

void tell_groups(Call const& call, Access::Operation operation, std::span<membership::LeftGroup const> groups) noexcept
{
    for (membership::LeftGroup const& left : groups)
        guarded(call,
                [&]
                {
                    std::string const path = left.attribute.path();
                    ElementsChanged const elements{left.attribute, left.came, left.went};
                    tell(call, operation, &left.before, &left.after, {&path, 1}, {&elements, 1});
                });
}

} // namespace

void note_difference(ElementsChanged& noted, std::set<std::string_view> const& before,
                     std::set<std::string_view> const& after)
{
    for (std::string_view const value : after)
        if (!before.contains(value))
            noted.came.emplace_back(value);
    for (std::string_view const value : before)
        if (!after.contains(value))
            noted.went.emplace_back(value);
}

void merge_elements(std::vector<ElementsChanged>& all, ElementsChanged more)
{
    if (more.came.empty() && more.went.empty())
        return;
    auto const same = std::ranges::find(all, more.attribute, &ElementsChanged::attribute);
    if (same == all.end())
    {
        all.push_back(std::move(more));
        return;
    }
    std::ranges::move(more.came, std::back_inserter(same->came));
    std::ranges::move(more.went, std::back_inserter(same->went));
}

std::vector<ElementsChanged> changed_elements(json::object const* before, json::object const* after,
                                              ResourceType const& type)
{
    std::vector<ElementsChanged> changed;
    for (AttributeRef const& large : type.large_attributes())
    {
        auto const old_values = values_of(before, large);
        auto const new_values = values_of(after, large);
        ElementsChanged of{.attribute = large, .came = {}, .went = {}};
        note_difference(of, old_values, new_values);
        if (!of.came.empty() || !of.went.empty())
            changed.push_back(std::move(of));
    }
    return changed;
}

void tell_observer(Call const& call, Access::Operation operation, Outcome const& outcome) noexcept
{
    auto const* before = outcome.before ? &*outcome.before : nullptr;
    auto const* after = outcome.after ? &*outcome.after : nullptr;
    if (!before && !after)
        return; // of nothing there is nothing to tell
    bool const was_and_is = before && after;
    // A membership is nothing but what it is of its group.
    bool const is_membership = call.rules.is_membership(*(after ? after : before)->type);
    if (is_membership)
        operation = Access::Operation::patch;
    else
        guarded(call,
                [&]
                {
                    tell(call, operation, before, after,
                         was_and_is ? std::span{outcome.paths} : std::span<std::string const>{}, outcome.elements);
                });
    tell_groups(call, operation, outcome.left_groups);
}

void tell_left_groups(Call const& call, std::span<membership::LeftGroup const> groups) noexcept
{
    tell_groups(call, Access::Operation::remove, groups);
}

} // namespace scimkit::service
