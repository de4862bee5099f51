// What a store keeps that does not keep everything: each attribute of its profile by itself, and what is done with it.
#include <scimkit/schema/registry.hpp>

#include "cases.hpp"
#include "kept.hpp"
#include "profile.hpp"

#include <algorithm>

namespace scimkit::conformance
{
namespace
{

std::optional<Resource> stored(Fixture& f, Resource const& resource)
{
    return f.check.must(f.get(*resource.type, resource.id), "get");
}

/// Of the case's own name, so that a failure tells what was done.
void check_replace(Fixture& f, Kept& kept, Resource const& before, Resource changed, std::string_view what)
{
    changed.id = before.id;
    changed.created = before.created;
    f.check.must(f.replace(changed), what);
    kept.expect(stored(f, changed), changed, what);
}

/// Required attributes keep the values that they have.
void check_cleared(Fixture& f, Kept& kept, Resource const& before)
{
    Resource changed = before;
    changed.attributes.clear();
    Resource const required = kept.minimal();
    changed.attributes = required.attributes;
    check_replace(f, kept, before, std::move(changed), "replace without it");
}

void each_attribute_comes_back(Fixture& f)
{
    for (KeptType const& type : f.profile->types)
    {
        Kept kept{f, type};
        for (std::size_t column = 0; column < kept.size(); ++column)
            for (json::value const& value : kept.examples(column))
            {
                Resource resource = kept.minimal();
                if (!kept.is_unique(column))
                    kept.set(resource, column, value);
                else if (!kept.is_required(column))
                    resource = kept.full(0);
                std::string const what = "insert with " + kept.path(column);
                f.check.must(f.insert(resource), what);
                kept.expect(stored(f, resource), resource, what);
                if (!kept.is_required(column))
                    check_cleared(f, kept, resource);
            }
    }
}

void all_attributes_together(Fixture& f)
{
    for (KeptType const& type : f.profile->types)
    {
        Kept kept{f, type};
        Resource first = kept.full(0);
        Resource second = kept.full(1);
        f.check.must(f.insert(first), "insert of all attributes");
        f.check.must(f.insert(second), "insert of all attributes");
        kept.expect(stored(f, first), first, "insert of all attributes");
        kept.expect(stored(f, second), second, "insert of all attributes");
        check_replace(f, kept, first, kept.full(2), "replace of all attributes");
        kept.expect(stored(f, second), second, "what a replace of another left");
        check_cleared(f, kept, first);
        f.check.must(f.remove(second), "remove");
        f.check.expect(!stored(f, second), "a removed " + type.name + " is still there");
    }
}

void ids_are_of_one_type(Fixture& f)
{
    std::vector<std::string> ids;
    for (KeptType const& type : f.profile->types)
    {
        Kept kept{f, type};
        for (int i = 0; i < 3; ++i)
        {
            Resource resource = kept.minimal();
            f.check.must(f.insert(resource), "insert");
            f.check.expect(std::ranges::find(ids, resource.id) == ids.end(),
                           "the id " + resource.id + " is given to two resources");
            ids.push_back(resource.id);
            for (KeptType const& other : f.profile->types)
                if (other.name != type.name)
                    f.check.expect(
                        !f.check.must(f.get(*f.registry->find_resource_type(other.name), resource.id), "get"),
                        "the id of a " + type.name + " finds a " + other.name);
            for (std::string const& strange : {"0" + resource.id, resource.id + " ", resource.id + "x",
                                               "'" + resource.id, resource.id + "' OR '1'='1"})
                f.check.expect(!f.check.must(f.get(*resource.type, strange), "get"),
                               "the id \"" + strange + "\" finds the " + type.name + " \"" + resource.id + "\"");
        }
    }
}

void unique_values_are_unique(Fixture& f)
{
    for (KeptType const& type : f.profile->types)
    {
        Kept kept{f, type};
        Resource first = kept.full(0);
        f.check.must(f.insert(first), "insert");
        for (std::size_t column = 0; column < kept.size(); ++column)
        {
            auto const* value = find_value(first.attributes, kept.attribute(column));
            if (!kept.is_unique(column) || !value)
                continue;
            Resource twin = kept.full(1);
            kept.set(twin, column, *value);
            auto const refused = f.insert(twin);
            f.check.refused(refused, ErrorCode::uniqueness,
                            "insert of a second " + type.name + " with the same " + kept.path(column));
            if (!refused && !refused.error().attribute.empty())
                f.check.equal(std::string_view{refused.error().attribute}, std::string_view{kept.path(column)},
                              "the attribute that the error names");
            Resource other = kept.full(2);
            f.check.must(f.insert(other), "insert of another " + type.name);
            Resource changed = other;
            kept.set(changed, column, *value);
            f.check.refused(f.replace(changed), ErrorCode::uniqueness,
                            "replace with a " + kept.path(column) + " that another has");
            kept.expect(stored(f, other), other, "after a refused replace");
            f.check.must(f.replace(first), "replace with its own " + kept.path(column));
            f.check.must(f.remove(other), "remove");
        }
        kept.expect(stored(f, first), first, "after refused inserts");
    }
}

std::vector<std::string> values_of(Resource const& resource, std::string const& attribute)
{
    std::vector<std::string> values;
    auto const* list = resource.attributes.if_contains(attribute);
    if (auto const* elements = list ? list->if_array() : nullptr)
        for (json::value const& element : *elements)
            if (auto const* object = element.if_object())
                if (auto const* value = object->if_contains("value"); value && value->is_string())
                    values.emplace_back(std::string_view{value->get_string()});
    std::ranges::sort(values);
    return values;
}

void set_members(Resource& resource, KeptMembers const& members, std::vector<std::string> const& values,
                 std::string const& type)
{
    json::array elements;
    for (std::string const& value : values)
        elements.push_back(json::object{{"value", value}, {"type", type}});
    resource.attributes[members.attribute] = std::move(elements);
}

void expect_members(Fixture& f, Resource const& owner, KeptMembers const& members, std::vector<std::string> wanted,
                    std::string_view what)
{
    auto const found = stored(f, owner);
    std::ranges::sort(wanted);
    if (!found)
        return f.check.fail(std::string{what} + ": " + members.type + " \"" + owner.id + "\" is not there");
    f.check.equal(values_of(*found, members.attribute), wanted,
                  std::string{what} + ": " + members.type + " \"" + owner.id + "\", values of " + members.attribute);
}

/// One kind of resource as members of a group.
void check_members(Fixture& f, KeptMembers const& members, Kept& owners, Kept& kind)
{
    std::vector<std::string> ids;
    for (int i = 0; i < 3; ++i)
    {
        Resource member = kind.minimal();
        f.check.must(f.insert(member), "insert of a member");
        ids.push_back(member.id);
    }
    Resource owner = owners.minimal();
    set_members(owner, members, ids, kind.type().name());
    f.check.must(f.insert(owner), "insert with members");
    expect_members(f, owner, members, ids, "insert with members");
    set_members(owner, members, {ids[2], ids[0]}, kind.type().name());
    f.check.must(f.replace(owner), "replace with fewer members");
    expect_members(f, owner, members, {ids[0], ids[2]}, "replace with fewer members");
    owner.attributes.erase(members.attribute);
    f.check.must(f.replace(owner), "replace without members");
    expect_members(f, owner, members, {}, "replace without members");

    set_members(owner, members, {ids[0], "nobody"}, kind.type().name());
    auto const with_unknown = f.replace(owner);
    std::vector<std::string> const both{ids[0], "nobody"}, known{ids[0]};
    if (!members.must_exist)
        f.check.must(with_unknown, "replace with a member that does not exist");
    expect_members(f, owner, members,
                   !members.must_exist ? both
                   : with_unknown      ? known
                                       : std::vector<std::string>{},
                   "replace with a member that does not exist");
    if (!members.must_exist)
        return;
    set_members(owner, members, {ids[0], ids[1]}, kind.type().name());
    f.check.must(f.replace(owner), "replace with members");
    Resource gone = kind.minimal();
    gone.id = ids[0];
    f.check.must(f.remove(gone), "remove of a member");
    expect_members(f, owner, members, {ids[1]}, "remove of a member");
}

void members_come_back(Fixture& f)
{
    if (f.profile->members.empty())
        f.check.skip("the profile has no members");
    for (KeptMembers const& members : f.profile->members)
    {
        auto const* owner = find_type(*f.profile, members.type);
        for (std::string const& name : members.of)
        {
            auto const* of = find_type(*f.profile, name);
            if (!owner || !of)
                return f.check.fail("the profile has members of " + members.type + " that are a " + name +
                                    ", and has not both types");
            Kept owners{f, *owner}, kind{f, *of};
            bool const is_there = owners.type().schema().find_attribute(members.attribute) != nullptr;
            f.check.expect(is_there, "the profile has " + members.attribute + ", which " + members.type + " has not");
            if (is_there)
                check_members(f, members, owners, kind);
        }
    }
}

void tenants_are_apart(Fixture& f)
{
    if (f.profile->tenants.size() < 2)
        f.check.skip("the profile has not two tenants");
    for (KeptType const& type : f.profile->types)
    {
        std::vector<Resource> of_tenant;
        for (std::string const& tenant : f.profile->tenants)
        {
            f.tenant = tenant;
            Kept kept{f, type}; // anew, so that ids and unique values are the same in each
            Resource resource = kept.full(of_tenant.size());
            f.check.must(f.insert(resource), "insert of the same unique values in the tenant " + tenant);
            of_tenant.push_back(std::move(resource));
        }
        for (std::size_t i = 0; i < of_tenant.size(); ++i)
        {
            f.tenant = f.profile->tenants[i];
            Kept const kept{f, type};
            kept.expect(stored(f, of_tenant[i]), of_tenant[i], "get in the tenant " + f.tenant);
            Query::Source const source{&kept.type(), nullptr};
            Query query{{&source, 1}};
            query.limit = 10;
            f.check.equal(f.check.must(f.find(query), "list").ids, std::vector{of_tenant[i].id},
                          "ids of " + type.name + " in the tenant " + f.tenant);
        }
        for (std::size_t i = 0; i < of_tenant.size(); ++i)
            for (std::size_t other = 0; other < of_tenant.size(); ++other)
                if (i != other)
                    f.expect_unknown(of_tenant[other], f.profile->tenants[i]);
        for (std::size_t i = 0; i < of_tenant.size(); ++i)
        {
            f.tenant = f.profile->tenants[i];
            Kept const kept{f, type};
            kept.expect(stored(f, of_tenant[i]), of_tenant[i],
                        "get in the tenant " + f.tenant + " after others asked for its id");
        }
        f.check.must(f.remove(of_tenant.back()), "remove in the tenant " + f.tenant);
        f.tenant = f.profile->tenants.front();
        f.check.expect(stored(f, of_tenant.front()).has_value(), "a remove in one tenant reaches another");
    }
}

void an_error_takes_everything_back(Fixture& f)
{
    f.needs_atomic();
    for (KeptType const& type : f.profile->types)
    {
        Kept kept{f, type};
        Resource kept_one = kept.full(0), changed_one = kept.full(1);
        f.check.must(f.insert(kept_one), "insert");
        f.check.must(f.insert(changed_one), "insert");
        Resource fresh = kept.full(2), changed = kept.full(2);
        changed.id = changed_one.id;
        auto const done = f.write(
            [&](WriteTransaction& transaction) -> result<void>
            {
                Resource added = fresh;
                if (auto inserted = transaction.insert(added, f.rules.facts_of(added)); !inserted)
                    return inserted.error();
                fresh.id = added.id;
                auto const replaced =
                    transaction.replace(changed, {}, f.rules.facts_of(changed), LargeAttributes::as_given, {});
                if (!replaced)
                    return replaced.error();
                if (auto removed = transaction.remove(kept.type(), kept_one.id, {}); !removed)
                    return removed;
                return Error{ErrorCode::mutability, "the body's own error"};
            });
        f.check.refused(done, ErrorCode::mutability, "a body that ends with an error");
        kept.expect(stored(f, kept_one), kept_one, "after a remove that was taken back");
        kept.expect(stored(f, changed_one), changed_one, "after a replace that was taken back");
        f.check.expect(!stored(f, fresh), "an insert that was taken back is there: " + type.name);
    }
}

} // namespace

void add_profile_cases(Cases& cases)
{
    add_case(cases, "profile: each attribute comes back", each_attribute_comes_back);
    add_case(cases, "profile: all attributes together come back, change and go", all_attributes_together);
    add_case(cases, "profile: an id is one resource's, of one type", ids_are_of_one_type);
    add_case(cases, "profile: unique values are unique", unique_values_are_unique);
    add_profile_query_cases(cases);
    add_case(cases, "profile: members come back", members_come_back);
    add_case(cases, "profile: tenants do not see each other", tenants_are_apart);
    add_case(cases, "profile: an error takes everything back", an_error_takes_everything_back);
}

} // namespace scimkit::conformance
