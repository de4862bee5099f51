#include "stored_resource.hpp"

#include <scimkit/core/json.hpp>

namespace scimkit::service
{
namespace
{

/// Adds `prefix` and the name of each member that is in one of the two only, or differs.
void add_differences(std::vector<std::string>& paths, std::string const& prefix, json::object const& before,
                     json::object const& after)
{
    for (auto const& [key, value] : after)
    {
        auto const* old = before.if_contains(key);
        if (old == nullptr || !equal_json(*old, value))
            paths.push_back(prefix + std::string{key});
    }
    for (auto const& [key, value] : before)
        if (!after.contains(key))
            paths.push_back(prefix + std::string{key});
}

json::object const& object_or_empty(json::object const& attributes, std::string_view name)
{
    static json::object const empty;
    auto const* value = attributes.if_contains(name);
    auto const* object = value != nullptr ? value->if_object() : nullptr;
    return object != nullptr ? *object : empty;
}

} // namespace

result<Resource> load_for_write(ReadTransaction& transaction, Call const& call, EntityTags const& if_match,
                                Wanted const& wanted)
{
    auto stored = transaction.get(call.type(), call.route.name, wanted);
    if (!stored)
        return std::move(stored).error();
    if (!*stored)
        return no_such_resource(call);
    if (if_match.malformed())
        return Error{ErrorCode::precondition_failed, "If-Match has to be * or a list of entity tags such as W/\"1\"."};
    if (if_match.present() && !if_match.match((*stored)->version))
        return Error{ErrorCode::precondition_failed,
                     "The resource has changed: its version is not the one in If-Match."};
    return std::move(**stored);
}

result<void> store_changed(WriteTransaction& transaction, Resource& changed, LargeAttributes large,
                           std::span<std::string const> paths, ServiceState const& state)
{
    auto const expected = changed.version != 0 ? std::optional{changed.version} : std::nullopt;
    auto const version = transaction.replace(changed, expected, state.facts.facts_of(changed), large, paths);
    if (!version)
        return explain(version.error());
    changed.version = *version;
    return {};
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

Error explain(Error error)
{
    if (error.code == ErrorCode::uniqueness)
        error.detail = error.attribute.empty() ? "A value that has to be unique is in use by another resource."
                                               : "The value of " + error.attribute + " is in use by another resource.";
    return error;
}

} // namespace scimkit::service
