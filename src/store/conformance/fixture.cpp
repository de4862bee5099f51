// The kit's registry, and the short forms in which cases are written.
#include "fixture.hpp"

#include <scimkit/core/json.hpp>
#include <scimkit/filter/evaluate.hpp>
#include <scimkit/filter/filter.hpp>
#include <scimkit/schema/registry.hpp>

#include "profile.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace scimkit::conformance
{
namespace
{

Schema badge_schema()
{
    return Schema{
        .id = std::string{badge_uri},
        .name = "Badge",
        .attributes = {
            {.name = "serial", .case_exact = true, .uniqueness = Uniqueness::server},
            {.name = "level", .type = AttributeType::integer},
            {.name = "score", .type = AttributeType::decimal},
            {.name = "issued", .type = AttributeType::date_time},
            {.name = "active", .type = AttributeType::boolean},
            {.name = "picture", .type = AttributeType::binary, .case_exact = true},
            {.name = "tags", .multi_valued = true},
            {.name = "room", .type = AttributeType::complex, .sub_attributes = {{.name = "name"}}},
            {.name = "safe",
             .type = AttributeType::complex,
             .sub_attributes = {{.name = "name"},
                                {.name = "pin", .mutability = Mutability::write_only, .returned = Returned::never}}}}};
}

std::shared_ptr<ResourceStore> make(StoreFactory const& factory, Check& check)
{
    auto store = factory();
    if (!store)
    {
        check.fail("the factory made no store");
        throw Stop{};
    }
    return store;
}

} // namespace

std::shared_ptr<SchemaRegistry const> conformance_registry()
{
    static auto const registry =
        SchemaRegistry::Builder{}.add_rfc7643().add(badge_schema()).extend("User", badge_uri).build().value();
    return registry;
}

Instant at_second(std::int64_t seconds) { return Instant{std::chrono::seconds{1767225600 + seconds}}; }

KitRules::KitRules(Check& check, SchemaRegistry const& registry, ConformanceProfile const* profile)
    : check_(check)
    , rules_(check.must(UniqueKeyRules::make(registry), "the kit's own rules"))
    , profile_(profile)
{
}

Facts KitRules::facts_of(Resource const& resource) const
{
    if (profile_)
        if (auto const why = why_not_kept(resource, *profile_); !why.empty())
            check_.skip(why);
    return rules_.facts_of(resource);
}

Fixture::Fixture(StoreFactory const& factory, Check& check_, ConformanceOptions const& options_,
                 ConformanceProfile const* profile_)
    : check(check_)
    , seed(options_.seed)
    , end(std::chrono::steady_clock::now() + options_.longest)
    , registry(registry_of(profile_))
    , options(options_)
    , store(make(factory, check))
    , attachment(check.must(store->attach(registry), "attach"))
    , traits(store->traits())
    , profile(profile_)
    , rules(check, *registry, profile)
    , user(type_or_first(*registry, "User"))
    , group(type_or_first(*registry, "Group"))
    , members(group.large_attributes().empty() ? AttributeRef{} : group.large_attributes()[0])
{
    if (profile && !profile->tenants.empty())
        tenant = profile->tenants.front();
    if (profile)
        free_text = optional_text(*profile, user).value_or(free_text);
}

Resource Fixture::new_user(std::string_view id, std::string_view user_name) const
{
    Resource resource;
    resource.type = &user;
    resource.id = id;
    resource.created = at_second(0);
    resource.last_modified = at_second(0);
    resource.attributes["userName"] = user_name;
    if (profile)
        set_defaults(resource, *profile);
    return resource;
}

json::object Fixture::member(std::string_view value)
{
    json::object element;
    element["value"] = value;
    element["type"] = "User";
    return element;
}

Resource Fixture::new_group(std::string_view id, std::string_view name, std::vector<std::string> const& values) const
{
    Resource resource;
    resource.type = &group;
    resource.id = id;
    resource.created = at_second(0);
    resource.last_modified = at_second(0);
    resource.attributes["displayName"] = name;
    json::array elements;
    for (std::string const& value : values)
        elements.emplace_back(member(value));
    if (!elements.empty())
        resource.attributes["members"] = std::move(elements);
    if (profile)
        set_defaults(resource, *profile);
    return resource;
}

result<void> Fixture::read(function_ref<result<void>(ReadTransaction&)> body) const
{
    check_time();
    return store->read(*attachment, tenant, context(), body);
}

result<void> Fixture::write(function_ref<result<void>(WriteTransaction&)> body) const
{
    constexpr int most_tries = 200;
    for (int tries = 1;; ++tries)
    {
        check_time();
        auto done = store->write(*attachment, tenant, context(), body);
        if (done || done.error().code != ErrorCode::busy || tries == most_tries)
            return done;
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
}

result<void> Fixture::insert(Resource& resource) const
{
    Resource stored;
    auto done = write(
        [&](WriteTransaction& transaction) -> result<void>
        {
            stored = resource; // a body may run again
            auto const version = transaction.insert(stored, rules.facts_of(resource));
            if (!version)
                return version.error();
            stored.version = *version;
            return {};
        });
    if (done)
        resource = std::move(stored);
    return done;
}

result<Version> Fixture::replace(Resource const& resource, std::optional<Version> expected, LargeAttributes large) const
{
    Version version;
    std::vector<std::string> const changed{"displayName", "members"};
    auto const done = write(
        [&](WriteTransaction& transaction) -> result<void>
        {
            auto const replaced = transaction.replace(resource, expected, rules.facts_of(resource), large, changed);
            if (!replaced)
                return replaced.error();
            version = *replaced;
            return {};
        });
    if (!done)
        return done.error();
    return version;
}

result<void> Fixture::remove(Resource const& resource, std::optional<Version> expected) const
{
    return write([&](WriteTransaction& transaction)
                 { return transaction.remove(*resource.type, resource.id, expected); });
}

result<std::optional<Resource>> Fixture::get(ResourceType const& type, std::string_view id, bool large) const
{
    std::optional<Resource> found;
    auto const done = read(
        [&](ReadTransaction& transaction) -> result<void>
        {
            auto got = transaction.get(type, id, large ? wanted_all(type) : Wanted{});
            if (!got)
                return got.error();
            found = std::move(*got);
            return {};
        });
    if (!done)
        return done.error();
    return found;
}

BoundFilter Fixture::filter(std::string_view text, ResourceType const& type) const
{
    auto parsed = check.must(parse_filter(text), "the kit's own filter " + std::string{text});
    auto bound = bind(parsed, type, {.complex_compares_by_value = true});
    if (!bound && profile)
        check.skip("the profile does not have what the filter asks for: " + std::string{text});
    return check.must(std::move(bound), "the kit's own filter " + std::string{text});
}

AttributeRef Fixture::attribute(std::string_view path, ResourceType const& type) const
{
    auto const found = type.resolve(check.must(parse_attribute_path(path), "the kit's own path"));
    if (!found && profile)
        check.skip("the profile does not have " + std::string{path});
    check.expect(found.has_value(), "the kit's own path " + std::string{path});
    return found.value();
}

result<Fixture::Found> Fixture::find(Query const& query) const
{
    Found found;
    auto const done = read(
        [&](ReadTransaction& transaction) -> result<void>
        {
            auto page = run_query(transaction, query);
            if (!page)
                return page.error();
            found = {};
            for (Resource const& resource : page->resources)
                found.ids.push_back(resource.id);
            found.total = page->summary.total;
            found.next = page->summary.next;
            found.previous = page->summary.previous;
            return {};
        });
    if (!done)
        return done.error();
    return found;
}

Fixture::Found Fixture::find_users(std::string_view filter_text) const
{
    BoundFilter const bound = filter(filter_text, user);
    Query::Source const source{&user, &bound};
    Query query{{&source, 1}};
    query.limit = 1'000;
    return check.must(find(query), filter_text);
}

void Fixture::expect_unknown(Resource const& of_another, std::string const& in_tenant)
{
    tenant = in_tenant;
    ResourceType const& type = *of_another.type;
    std::string quoted;
    write_json_string(quoted, of_another.id);
    BoundFilter const by_id = filter("id eq " + quoted, type);
    Query::Source const source{&type, &by_id};
    Query query{{&source, 1}};
    query.limit = 10;
    auto const listed = check.must(find(query), "id eq");
    auto const found = check.must(get(type, of_another.id), "get");
    Query::Source const all{&type, nullptr};
    Query everything{{&all, 1}};
    everything.limit = 1'000;
    auto const own = check.must(find(everything), "list").ids;
    if (std::ranges::find(own, of_another.id) != own.end())
        return;
    auto const said = type.name() + " \"" + of_another.id + "\" of another tenant, in the tenant " + in_tenant;
    check.expect(!found, "get finds the " + said);
    check.equal(listed.ids.size(), 0U, "id eq, of the " + said);
    check.refused(replace(of_another), ErrorCode::not_found, "replace of the " + said);
    check.refused(remove(of_another), ErrorCode::not_found, "remove of the " + said);
}

void Fixture::reopen()
{
    if (!options.reopen)
        check.skip("the store cannot be opened again here");
    attachment.reset();
    store = options.reopen(std::move(store));
    check.expect(store != nullptr, "the store was not opened again");
    if (!store)
        throw Stop{};
    attachment = check.must(store->attach(registry), "attach");
}

void Fixture::check_time() const
{
    if (std::chrono::steady_clock::now() < end)
        return;
    check.fail("the case takes longer than it may");
    throw Stop{};
}

void Fixture::needs_versions() const
{
    if (!traits.versions)
        check.skip("the store keeps no versions");
}

void Fixture::needs_atomic() const
{
    if (!traits.atomic)
        check.skip("the store's writes are not atomic");
}

void Fixture::needs_savepoints() const
{
    if (!traits.savepoints)
        check.skip("the store has no savepoints");
}

void Fixture::needs_large_attributes() const
{
    if (!traits.large_attributes)
        check.skip("the store does not keep large attributes outside the record");
}

void Fixture::needs_own_registry() const
{
    if (profile)
        check.skip("the store is written for the registry of its profile");
}

void Fixture::needs_users_and_groups() const
{
    if (profile && (!find_type(*profile, "User") || !find_type(*profile, "Group")))
        check.skip("the profile does not have both users and groups");
}

void Fixture::needs_any_tenant() const
{
    if (profile && !profile->tenants.empty())
        check.skip("the store has the tenants of its profile only");
}

void Fixture::expect_same(std::optional<Resource> const& found, Resource const& wanted, std::string_view what) const
{
    std::string const where = std::string{what} + ": " + wanted.type->name() + " \"" + wanted.id + "\"";
    if (!found)
        return check.fail(where + " is not there");
    for (std::string const& difference : differences(wanted, *found))
        check.fail(std::string{where}.append(", ").append(difference));
}

bool same_content(Resource const& a, Resource const& b)
{
    return a.type == b.type && a.id == b.id && a.created == b.created && a.last_modified == b.last_modified &&
           equal_json(a.attributes, b.attributes);
}

std::vector<std::string> reference_ids(std::span<Resource const> all, BoundFilter const* filter,
                                       std::optional<SortOrder> const& sort)
{
    std::vector<Resource const*> found;
    for (Resource const& resource : all)
        if (!filter || matches(*filter, resource.view()))
            found.push_back(&resource);
    if (sort)
        std::ranges::stable_sort(found,
                                 [&](Resource const* a, Resource const* b)
                                 {
                                     int const order = compare_sort_values(sort_value(sort->attribute, a->view()),
                                                                           sort_value(sort->attribute, b->view()));
                                     return sort->descending ? order > 0 : order < 0;
                                 });
    std::vector<std::string> ids;
    ids.reserve(found.size());
    for (Resource const* resource : found)
        ids.push_back(resource->id);
    return ids;
}

} // namespace scimkit::conformance
