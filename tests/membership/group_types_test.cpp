// Groups may be of several types: a store is asked for those of each type by itself.
#include "fixture.hpp"
#include "membership/groups.hpp"

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(membership_group_types)

namespace
{

std::shared_ptr<SchemaRegistry const> with_teams()
{
    return SchemaRegistry::Builder{}
        .add_rfc7643()
        .add(ResourceTypeDefinition{.name = "Team",
                                    .endpoint = "/Teams",
                                    .schema = "urn:ietf:params:scim:schemas:core:2.0:Group",
                                    .large_attributes = {"members"}})
        .build()
        .value();
}

} // namespace

BOOST_AUTO_TEST_CASE(groups_of_two_types_in_one_level_are_not_taken_for_one_another)
{
    for (auto const& store : both_stores())
    {
        Memberships const world{store, {}, with_teams()};
        ResourceType const& team = *world.registry->find_resource_type("Team");
        auto const add = [&](ResourceType const& type, std::string const& id, std::string_view member) {
            world.add(type, id,
                      {{"displayName", type.name() + " " + id}, {"members", json::array{{{"value", member}}}}});
        };
        for (std::string const id : {"b", "d", "f"})
            add(team, id, "ada");
        for (std::string const id : {"a", "c", "e"})
            add(world.group(), id, "ada");
        add(team, "y", "a");
        add(world.group(), "x", "b");
        Resource ada{.type = &world.user(), .id = "ada"};
        world.store
            ->read(*world.attachment, "t", {},
                   [&](ReadTransaction& transaction)
                   { return fill_groups(transaction, ada, world.scope_of(world.user())); })
            .value();
        std::string found;
        for (json::value const& element : ada.attributes.at("groups").as_array())
        {
            auto const& each = element.as_object();
            found += std::string{membership::text_member(each, "display")} + " " +
                     std::string{membership::text_member(each, "$ref")}.substr(world.rules.base_url.size()) + "; ";
        }
        BOOST_TEST(found == "Group a /Groups/a; Team b /Teams/b; Group c /Groups/c; Team d /Teams/d; "
                            "Group e /Groups/e; Team f /Teams/f; Group x /Groups/x; Team y /Teams/y; ");
    }
}

BOOST_AUTO_TEST_SUITE_END()
