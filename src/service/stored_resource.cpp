// What every write has to look at, whichever way it came in.
#include "stored_resource.hpp"

#include <scimkit/core/json.hpp>
#include <scimkit/filter/bind.hpp>

#include "../resource/canonical.hpp"
#include "../store/border.hpp"

#include <algorithm>

namespace scimkit::service
{
namespace
{

/// Adds `prefix` and the name of each member that is in one of the two only, or differs.
void add_differences(std::vector<std::string>& paths, std::string const& prefix, json::object const& before,
                     json::object const& after)
{
    std::size_t in_both = 0;
    for (auto const& [key, value] : after)
    {
        auto const* old = before.if_contains(key);
        in_both += old ? 1U : 0U;
        if (!old || !equal_json(*old, value))
            paths.push_back(prefix + std::string{key});
    }
    if (in_both == before.size())
        return;
    for (auto const& [key, value] : before)
        if (!after.contains(key))
            paths.push_back(prefix + std::string{key});
}

json::object const& object_or_empty(json::object const& attributes, std::string_view name)
{
    static json::object const empty;
    auto const* value = attributes.if_contains(name);
    auto const* object = value ? value->if_object() : nullptr;
    return object ? *object : empty;
}

/// The size of a value as compact JSON, but for escapes. Attributes nest two levels deep, extensions one more.
std::size_t json_bytes(json::value const& value) noexcept
{
    constexpr std::size_t scalar = 8;
    if (auto const* text = value.if_string())
        return text->size() + 2;
    std::size_t bytes = 2;
    if (auto const* array = value.if_array())
        for (json::value const& element : *array)
            bytes += json_bytes(element) + 1;
    else if (auto const* object = value.if_object())
        for (auto const& [key, member] : *object)
            bytes += key.size() + json_bytes(member) + 4;
    else
        bytes = scalar;
    return bytes;
}

std::size_t record_bytes(json::object const& attributes, ResourceType const& type) noexcept
{
    std::size_t bytes = 2;
    for (auto const& [key, value] : attributes)
    {
        auto const* attribute = value.is_array() ? type.schema().find_attribute(key) : nullptr;
        if (!attribute || !type.is_large(*attribute))
            bytes += key.size() + json_bytes(value) + 4;
    }
    return bytes;
}

void move_to_the_end(json::object& attributes, std::string_view name)
{
    auto const* const found = attributes.find(name);
    if (found == attributes.end() || found + 1 == attributes.end())
        return;
    json::value value = std::move(attributes.at(name));
    attributes.stable_erase(name);
    attributes.emplace(name, std::move(value));
}

result<Resource> load(ReadTransaction& transaction, Scope const& scope, Addressed const& addressed,
                      Wanted const& wanted)
{
    auto stored = transaction.get(scope.type(), addressed.id, wanted);
    if (!stored)
        return std::move(stored).error();
    if (!*stored)
        return no_such_resource(scope.type(), addressed.id);
    if (auto checked = addressed.conditions.check_write(**stored); !checked)
        return std::move(checked).error();
    return std::move(**stored);
}

std::uint64_t elements_in(json::object const* attributes, Attribute const& large) noexcept
{
    auto const* value = attributes ? attributes->if_contains(large.name) : nullptr;
    auto const* array = value ? value->if_array() : nullptr;
    return array ? array->size() : 0;
}

} // namespace

result<void> check_size(json::object const& attributes, json::object const* before, Scope const& scope)
{
    for (AttributeRef const& large : scope.type().large_attributes())
        if (auto fits = membership::check_elements(*large.attribute, elements_in(before, *large.attribute),
                                                   elements_in(&attributes, *large.attribute), scope);
            !fits)
            return fits;
    auto const limit = scope.state.options.limits.max_resource_bytes;
    auto const bytes = record_bytes(attributes, scope.type());
    if (bytes <= limit || (before && bytes <= record_bytes(*before, scope.type())))
        return {};
    return Error{ErrorCode::payload_too_large,
                 "The resource would be larger than " + std::to_string(limit) + " bytes (max_resource_bytes)."};
}

void order_large_attributes(Resource& resource, Scope const& scope)
{
    for (AttributeRef const& large : scope.type().large_attributes())
    {
        auto* value = resource.attributes.if_contains(large.attribute->name);
        auto* array = value ? value->if_array() : nullptr;
        if (!array)
            continue;
        auto const value_of = [](json::value const& element)
        {
            auto const* object = element.if_object();
            return object ? text_member(*object, "value") : std::string_view{};
        };
        auto const before = [&](json::value const& a, json::value const& b) { return value_of(a) < value_of(b); };
        if (!std::is_sorted(array->begin(), array->end(), before))
            std::stable_sort(array->begin(), array->end(), before);
        move_to_the_end(resource.attributes, large.attribute->name);
    }
}

result<void> check_whole(json::object const& attributes, Scope const& scope)
{
    auto checked = check_resource(attributes, scope.type());
    bool const is_of_primary = !checked && checked.error().attribute.ends_with(".primary");
    return is_of_primary ? std::move(checked).error().allowed_by("several-primaries=on") : std::move(checked);
}

result<void> check_unique(ReadTransaction& transaction, Resource const& resource, Scope const& scope)
{
    for (BoundComparison& test : scope.state.facts.unique_tests(resource))
    {
        auto const path = test.attribute.path();
        BoundFilter const filter{std::move(test)};
        Query::Source const source{.type = &scope.type(), .filter = &filter};
        auto const found = run_query(transaction, {.sources = {&source, 1}, .limit = 2, .total = TotalPolicy::none},
                                     scope.state.options.limits.query, scope.context);
        if (!found)
            return found.error();
        for (Resource const& other : found->resources)
            if (other.id != resource.id)
                return explain({ErrorCode::uniqueness, {}, path}, scope);
    }
    return {};
}

result<Resource> load_for_write(ReadTransaction& transaction, Scope const& scope, Addressed const& addressed,
                                Wanted const& wanted)
{
    auto stored = load(transaction, scope, addressed, wanted);
    if (stored)
    {
        if (auto checked = check_stored(*stored, scope.type()); !checked)
            return std::move(checked).error();
        order_large_attributes(*stored, scope);
    }
    return stored;
}

result<Resource> load_unread(ReadTransaction& transaction, Scope const& scope, Addressed const& addressed,
                             Wanted const& wanted)
{
    return load(transaction, scope, addressed, wanted);
}

std::vector<std::string> changed_paths(json::object const& before, json::object const& after, ResourceType const& type)
{
    std::vector<std::string> paths;
    add_differences(paths, {}, before, after);
    std::erase_if(paths, [&](std::string const& path) { return type.find_extension(path) != nullptr; });
    for (auto const& extension : type.extensions())
        add_differences(paths, extension.schema->id + ":", object_or_empty(before, extension.schema->id),
                        object_or_empty(after, extension.schema->id));
    return paths;
}

Error explain(Error error, Scope const& scope)
{
    if (error.code == ErrorCode::uniqueness)
    {
        auto const& tolerance = scope.tolerance();
        if (tolerance.unique_external_ids && error.attribute == "externalId")
            error.setting = "unique-external-ids=off";
        else if (tolerance.unique_group_names && error.attribute == "displayName" && scope.type().name() == "Group")
            error.setting = "unique-group-names=off";
        error.detail = error.attribute.empty() ? "A value that has to be unique is in use by another resource."
                                               : "The value of " + error.attribute + " is in use by another resource.";
    }
    return error;
}

} // namespace scimkit::service
