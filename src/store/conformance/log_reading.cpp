// What a case does over and over: write as the framework does, and read the log.
#include "log_reading.hpp"

#include <scimkit/resource/same_state.hpp>
#include <scimkit/store/change_log.hpp>

#include <algorithm>

namespace scimkit::conformance
{
namespace
{

json::object const no_members{};

json::object const& object_or_none(json::object const& attributes, std::string_view name)
{
    auto const* value = attributes.if_contains(name);
    auto const* object = value ? value->if_object() : nullptr;
    return object ? *object : no_members;
}

void add_differences(std::vector<std::string>& paths, std::string const& prefix, json::object const& before,
                     json::object const& after)
{
    auto const differ = [](json::value const* a, json::value const& b) { return !a || !same_state(*a, b); };
    for (auto const& [name, value] : before)
        if (differ(after.if_contains(name), value))
            paths.push_back(prefix + std::string{name});
    for (auto const& [name, value] : after)
        if (!before.contains(name))
            paths.push_back(prefix + std::string{name});
}

} // namespace

void needs_change_log(Fixture const& f)
{
    if (!f.traits.change_log)
        f.check.skip("the store has no change log");
}

std::vector<LoggedChange> changes(Fixture& f, LogPosition after, std::uint64_t limit)
{
    std::vector<LoggedChange> found;
    f.check.must(f.read(
                     [&](ReadTransaction& transaction)
                     {
                         found.clear();
                         return transaction.change_log()->read(after, limit,
                                                               [&](LoggedChange&& change)
                                                               { return found.push_back(std::move(change)), true; });
                     }),
                 "reading the change log");
    return found;
}

std::vector<std::string> paths_that_differ(ResourceType const& type, json::object const& before,
                                           json::object const& after)
{
    std::vector<std::string> paths;
    add_differences(paths, {}, before, after);
    std::erase_if(paths, [&](std::string const& path) { return type.find_extension(path) != nullptr; });
    for (auto const& extension : type.extensions())
        add_differences(paths, extension.schema->id + ":", object_or_none(before, extension.schema->id),
                        object_or_none(after, extension.schema->id));
    return paths;
}

result<Version> replace_told(Fixture& f, Resource const& resource, LargeAttributes large)
{
    Version version;
    auto const done = f.write(
        [&](WriteTransaction& transaction) -> result<void>
        {
            auto const before = transaction.get(*resource.type, resource.id, {});
            if (!before || !*before)
                return before ? Error{ErrorCode::not_found, "the kit's own resource"} : before.error();
            auto const paths = paths_that_differ(*resource.type, (*before)->attributes, resource.attributes);
            auto const replaced = transaction.replace(resource, {}, f.rules.facts_of(resource), large, paths);
            if (!replaced)
                return replaced.error();
            version = *replaced;
            return {};
        });
    return done ? result<Version>{version} : done.error();
}

result<void> edit_members(Fixture& f, std::string_view id, std::vector<json::object> const& come,
                          std::vector<std::string> const& go)
{
    return f.write(
        [&](WriteTransaction& transaction) -> result<void>
        {
            Attribute const& members = *f.members.attribute;
            auto* const writer = transaction.large_attributes();
            if (auto removed = writer->remove(f.group, id, members, go); !removed)
                return removed.error();
            if (auto added = writer->add(f.group, id, members, come); !added)
                return added.error();
            auto const group = transaction.get(f.group, id, {});
            if (!group || !*group)
                return group ? Error{ErrorCode::not_found, "the kit's own group"} : group.error();
            std::vector<std::string> const paths{"members"};
            auto const replaced =
                transaction.replace(**group, {}, f.rules.facts_of(**group), LargeAttributes::keep, paths);
            return replaced ? result<void>{} : result<void>{replaced.error()};
        });
}

} // namespace scimkit::conformance
