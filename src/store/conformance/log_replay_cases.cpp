// The change log says neither more nor less than the store holds: whoever follows it from its beginning has the same
// resources.

#include <scimkit/resource/same_state.hpp>
#include <scimkit/schema/registry.hpp>
#include <scimkit/store/change_log.hpp>

#include "cases.hpp"
#include "log_reading.hpp"
#include "random_data.hpp"

#include <algorithm>
#include <map>
#include <thread>

namespace scimkit::conformance
{
namespace
{

/// What a reader of the log makes of it.
class Copy
{
public:
    explicit Copy(Fixture& f)
        : f_(f)
    {
    }

    void take(LoggedChange const& change)
    {
        auto const* type = f_.registry->find_resource_type(change.resource_type);
        f_.check.expect(type, "the log tells of a type that nobody has: " + change.resource_type);
        if (!type)
            throw Stop{};
        std::string const key = change.resource_type + "/" + change.id;
        auto& known = resources_[key];
        f_.check.equal(change.before, known.version, "the version before the change that is told of " + key);
        if (change.operation == LoggedChange::Operation::removed)
        {
            resources_.erase(key);
            return;
        }
        known.type = type;
        known.id = change.id;
        known.version = change.after;
        known.last_modified = change.time;
        for (LoggedChange::Value const& value : change.changed)
            set(known, value);
        for (LoggedChange::Elements const& of : change.elements)
            set(known, of);
    }

    std::map<std::string, Resource> const& resources() const { return resources_; }

private:
    void set(Resource& resource, LoggedChange::Value const& value) const
    {
        auto const attribute = f_.attribute(value.path, *resource.type);
        json::object* owner = &resource.attributes;
        if (attribute.in_extension)
        {
            auto& extension = (*owner)[attribute.schema->id];
            owner = extension.is_object() ? &extension.as_object() : &extension.emplace_object();
        }
        if (value.value.is_null())
            owner->erase(attribute.attribute->name);
        else
            (*owner)[attribute.attribute->name] = value.value;
        if (attribute.in_extension && owner->empty())
            resource.attributes.erase(attribute.schema->id);
    }

    static void set(Resource& resource, LoggedChange::Elements const& of)
    {
        auto& value = resource.attributes[of.attribute];
        json::array& elements = value.is_array() ? value.as_array() : value.emplace_array();
        auto const take_away = [&](std::string_view name)
        {
            for (auto element = elements.begin(); element != elements.end(); ++element)
                if (std::string_view{element->at("value").as_string()} == name)
                {
                    elements.erase(element);
                    return;
                }
        };
        for (std::string const& name : of.went)
            take_away(name);
        for (json::object const& element : of.came)
        {
            take_away(std::string_view{element.at("value").as_string()});
            elements.emplace_back(element);
        }
        if (elements.empty())
            resource.attributes.erase(of.attribute);
    }

    Fixture& f_;
    std::map<std::string, Resource> resources_{};
};

json::object with_sorted_members(json::object attributes)
{
    auto* value = attributes.if_contains("members");
    auto* members = value ? value->if_array() : nullptr;
    if (!members)
        return attributes;
    std::vector<json::value> sorted{members->begin(), members->end()};
    std::ranges::sort(sorted, {}, [](json::value const& one) { return std::string{one.at("value").as_string()}; });
    *members = json::array(sorted.begin(), sorted.end());
    return attributes;
}

void compare_with_store(Fixture& f, Copy const& copy)
{
    std::size_t count = 0;
    for (ResourceType const* type : {&f.user, &f.group})
    {
        Query::Source const source{type, nullptr};
        Query query{{&source, 1}};
        query.limit = 10'000;
        for (std::string const& id : f.check.must(f.find(query), "all resources").ids)
        {
            ++count;
            auto const stored = f.check.must(f.get(*type, id), "get");
            auto const told = copy.resources().find(type->name() + "/" + id);
            f.check.expect(told != copy.resources().end() && stored, id + " is not told of");
            if (!stored || told == copy.resources().end())
                continue;
            f.check.equal(told->second.version, stored->version, "the version that is told of " + id);
            f.check.expect(told->second.last_modified == stored->last_modified,
                           "the time that is told of " + id + " is not that of the resource");
            f.check.expect(
                equal_json(with_sorted_members(told->second.attributes), with_sorted_members(stored->attributes)),
                "what is told of " + id + " does not come to what is stored");
        }
    }
    f.check.equal(copy.resources().size(), count, "resources that the log comes to");
}

void compare_with_log(Fixture& f)
{
    Copy copy{f};
    // In pages, as a reader does, in one snapshot.
    LogPosition place;
    for (auto page = changes(f, place, 7); !page.empty(); page = changes(f, place, 7))
    {
        for (LoggedChange const& change : page)
            copy.take(change);
        place = page.back().position;
    }
    compare_with_store(f, copy);
}

/// One step of many: the store accepts it or refuses it; the log has to know which.
void write_at_random(Fixture& f, RandomData& random, std::size_t number)
{
    bool const is_user = random.below(3) != 0;
    std::size_t const which = random.below(12);
    Resource resource = is_user ? random.user(which) : random.group(which);
    resource.last_modified = at_second(static_cast<std::int64_t>(number));
    auto const done = [&]() -> result<void>
    {
        switch (random.below(6))
        {
        case 0:
            return f.remove(resource);
        case 1:
        case 2:
            return f.insert(resource);
        case 3:
            if (!is_user && f.traits.large_attributes)
                return edit_members(f, resource.id, {Fixture::member("m-" + std::to_string(random.below(6)))},
                                    {"m-" + std::to_string(random.below(6))});
            [[fallthrough]];
        default:
        {
            auto const replaced = replace_told(f, resource);
            return replaced ? result<void>{} : result<void>{replaced.error()};
        }
        }
    }();
    if (!done && done.error().code != ErrorCode::not_found && done.error().code != ErrorCode::uniqueness)
        f.check.must(done, "a random write");
}

void replayed_it_gives_the_state(Fixture& f)
{
    needs_change_log(f);
    RandomData random{f, 17};
    for (std::size_t i = 0; i < 150; ++i)
        write_at_random(f, random, i);
    compare_with_log(f);
}

/// Several threads write the same few resources.
void parallel_writes_are_told_in_order(Fixture& f)
{
    needs_change_log(f);
    constexpr std::size_t threads = 4;
    constexpr std::size_t writes = 25;
    Resource user = f.new_user("u", "ada");
    f.check.must(f.insert(user), "insert");
    std::vector<std::thread> writers;
    for (std::size_t thread = 0; thread < threads; ++thread)
        writers.emplace_back(
            [&, thread]
            {
                try
                {
                    for (std::size_t i = 0; i < writes; ++i)
                    {
                        Resource mine = user;
                        mine.attributes["displayName"] = std::to_string(thread) + "-" + std::to_string(i);
                        f.check.must(replace_told(f, mine), "a replace beside others");
                    }
                }
                catch (...)
                {
                    f.check.caught();
                }
            });
    for (std::thread& writer : writers)
        writer.join();
    f.check.equal(changes(f).size(), threads * writes + 1, "changes told of writes beside each other");
    compare_with_log(f);
}

} // namespace

void add_log_replay_cases(Cases& cases)
{
    add_case(cases, "change log: replayed it gives the store's state", replayed_it_gives_the_state);
    add_case(cases, "change log: parallel writes are told in the order of each resource",
             parallel_writes_are_told_in_order);
}

} // namespace scimkit::conformance
