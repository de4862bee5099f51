// How large a group may become, on every way in and in every kind of store.
#include <scimkit/maintenance/import.hpp>
#include <scimkit/service/committed_change.hpp>

#include "group_memberships.hpp"
#include "support/bulk.hpp"

#include <set>
#include <sstream>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(large_groups)

namespace
{

constexpr int most = 5;
constexpr int at_once = 10'000; ///< that a PATCH adds as one part

json::array members(int from, int to)
{
    json::array all;
    for (int i = from; i < to; ++i)
        all.push_back(json::object{{"value", "m" + std::to_string(i)}});
    return all;
}

json::object group_of(int count)
{
    json::object body = group("g");
    body["members"] = members(0, count);
    return body;
}

ServiceOptions limited()
{
    ServiceOptions options{.limits = {.max_elements = most}};
    options.tolerance.unknown_members = UnknownMembers::keep;
    return options;
}

bool names_the_limit(Reply const& reply)
{
    return reply.status == 400 && reply.scim_type() == "tooMany" &&
           reply.detail().find("5 are the most that are kept (max_elements)") != std::string::npos;
}

int size_of(ServiceFixture const& scim, std::string const& id) { return scim.get("/Groups/" + id).size("/members"); }

json::object everybody_and(std::string const& id)
{
    json::object body = group_of(1'500);
    body["members"].as_array().push_back(json::object{{"value", id}});
    return body;
}

/// All that tells of the groups of a member names this one alone.
void is_in_this_group_alone(ServiceFixture const& scim, std::string const& member, std::string const& group,
                            std::string const& former)
{
    Reply const shown = scim.get("/Users/" + member);
    BOOST_TEST(shown.size("/groups") == 1);
    BOOST_TEST(shown.text("/groups/0/value") == group);
    BOOST_TEST(scim.get("/Users?filter=groups.value eq \"" + former + "\"").number("/totalResults") == 0);
    std::string const groups = "/Groups?filter=members.value eq \"" + member + "\"";
    for (char const* rest : {"", "&count=0", "&count=1", " and displayName pr"})
        BOOST_TEST(scim.get(groups + rest).number("/totalResults") == 1, rest);
    BOOST_TEST(scim.get(groups).text("/Resources/0/id") == group);
    BOOST_TEST(pairs(scim.get(of_member(member))) == group + ">" + member);
    BOOST_TEST(pairs(scim.get(of_member(member) + "&cursor=")) == group + ">" + member);
    BOOST_TEST(scim.get(of_group(former)).number("/totalResults") == 0);
    BOOST_TEST(scim.get("/GroupMemberships").number("/totalResults") == 1);
}

/// A group that is larger than allowed, as it was stored before the limit was set.
std::string stored_with(ServiceFixture const& scim, int count)
{
    Resource resource{.type = scim.service.registry().find_resource_type("Group"), .id = "old"};
    resource.attributes = {{"displayName", "old"}, {"members", members(0, count)}};
    scim.store_directly(std::move(resource));
    return scim.get("/Groups?attributes=displayName").text("/Resources/0/id"); // some stores make their own
}

} // namespace

BOOST_AUTO_TEST_CASE(no_group_gets_more_elements_than_allowed_whichever_way_they_come)
{
    on_every_store(
        [](ServiceFixture const& scim, NamedStore const&)
        {
            BOOST_TEST(names_the_limit(scim.post("/Groups", group_of(most + 1))));
            std::string const id = scim.create("/Groups", group_of(most));
            std::string const path = "/Groups/" + id;
            BOOST_TEST(names_the_limit(scim.put(path, group_of(most + 1))));
            BOOST_TEST(names_the_limit(scim.patch(path, patch_op("add", "members", members(7, 8)))));
            BOOST_TEST(names_the_limit(scim.patch(path, patch_op("replace", "members", members(3, 9)))));
            BOOST_TEST(names_the_limit(
                scim.patch(path, patch_op({{{"op", "remove"}, {"path", "members[display eq \"nobody\"]"}},
                                           {{"op", "add"}, {"path", "members"}, {"value", members(7, 8)}}}))));
            std::string const ada = scim.create("/Users", user("ada"));
            BOOST_TEST(names_the_limit(scim.post("/GroupMemberships", membership(id, ada))));
            json::value const bulk{
                {"schemas", {"urn:ietf:params:scim:api:messages:2.0:BulkRequest"}},
                {"Operations",
                 {{{"method", "PATCH"}, {"path", path}, {"data", patch_op("add", "members", members(7, 8))}}}}};
            BOOST_TEST(scim.post("/Bulk", bulk).text("/Operations/0/response/scimType") == "tooMany");
            BOOST_TEST(size_of(scim, id) == most);
        },
        limited());
}

BOOST_AUTO_TEST_CASE(elements_of_a_full_group_can_be_exchanged)
{
    on_every_store(
        [](ServiceFixture const& scim, NamedStore const&)
        {
            std::string const id = scim.create("/Groups", group_of(most));
            Reply const changed =
                scim.patch("/Groups/" + id, patch_op({{{"op", "add"}, {"path", "members"}, {"value", members(7, 9)}},
                                                      {{"op", "remove"}, {"path", "members[value eq \"m0\"]"}},
                                                      {{"op", "remove"}, {"path", "members[value eq \"m1\"]"}}}));
            BOOST_TEST(changed.status < 300);
            BOOST_TEST(size_of(scim, id) == most);
        },
        limited());
}

BOOST_AUTO_TEST_CASE(a_group_that_is_larger_already_may_shrink_and_not_grow)
{
    on_every_store(
        [](ServiceFixture const& scim, NamedStore const&)
        {
            std::string const id = stored_with(scim, 12);
            std::string const path = "/Groups/" + id;
            BOOST_TEST(names_the_limit(scim.patch(path, patch_op("add", "members", members(20, 21)))));
            BOOST_TEST(scim.patch(path, patch_op("replace", "displayName", "new")).status < 300);
            BOOST_TEST(scim.patch(path, patch_op("remove", "members[value eq \"m3\"]")).status < 300);
            BOOST_TEST(size_of(scim, id) == 11);
            BOOST_TEST(scim.patch(path, patch_op("replace", "members", members(0, 9))).status < 300);
            BOOST_TEST(size_of(scim, id) == 9);
            BOOST_TEST(scim.put(path, group_of(8)).status < 300);
            BOOST_TEST(size_of(scim, id) == 8);
            BOOST_TEST(scim.patch(path, patch_op("remove", "members")).status < 300);
            BOOST_TEST(size_of(scim, id) == -1);
        },
        limited());
}

BOOST_AUTO_TEST_CASE(an_import_refuses_the_record_that_is_too_large)
{
    auto const store = memory::make_store();
    std::istringstream in{ServiceFixture::text_of(group_of(most + 1)) + "\n" + ServiceFixture::text_of(group_of(most)) +
                          "\n"};
    ImportOptions options{.resource_type = "Group"};
    std::string refused;
    options.refused = [&](ImportRefusal const& refusal) { refused = refusal.detail; };
    auto service = limited();
    service.base_url = "https://example.com/v2";
    service.store = store;
    auto const done = import_resources(std::move(service), in, options).value();
    BOOST_TEST(done.created == 1);
    BOOST_TEST(done.refused == 1);
    BOOST_TEST(refused.find("max_elements") != std::string::npos);
}

/// What replaces many elements is worked out before the transaction, and comes to the same.
BOOST_AUTO_TEST_CASE(elements_that_replace_many_come_to_the_same)
{
    ServiceOptions options;
    options.limits.max_work_as_writer = 2'000; // ten elements
    options.tolerance.unknown_members = UnknownMembers::keep;
    on_every_store(
        [](ServiceFixture const& scim, NamedStore const&)
        {
            std::string const id = scim.create("/Groups", group_of(40));
            std::string const path = "/Groups/" + id;
            BOOST_TEST(scim.patch(path, patch_op("replace", "members", members(30, 60))).status < 300);
            BOOST_TEST(size_of(scim, id) == 30);
            auto const version = std::string{scim.get(path).header("ETag")};
            BOOST_TEST(scim.patch(path, patch_op("replace", "members", members(30, 60))).status < 300);
            BOOST_TEST(scim.get(path).header("ETag") == version, "nothing has changed");
        },
        options);
}

/// Elements are erased a thousand at a time.
BOOST_AUTO_TEST_CASE(thousands_of_elements_go_and_are_replaced)
{
    ServiceOptions options;
    options.tolerance.unknown_members = UnknownMembers::keep;
    on_every_store(
        [](ServiceFixture const& scim, NamedStore const&)
        {
            std::string const id = scim.create("/Groups", group_of(2'500));
            std::string const path = "/Groups/" + id;
            json::array some = members(700, 702);
            some.push_back(json::object{{"value", "another"}});
            BOOST_TEST(scim.patch(path, patch_op("replace", "members", some)).status < 300);
            BOOST_TEST(size_of(scim, id) == 3);
            BOOST_TEST(scim.put(path, group_of(2'500)).status < 300);
            BOOST_TEST(size_of(scim, id) == 2'500);
            BOOST_TEST(scim.patch(path, patch_op("remove", "members")).status < 300);
            BOOST_TEST(size_of(scim, id) == -1);
            BOOST_TEST(scim.put(path, group_of(2'500)).status < 300);
            BOOST_TEST(scim.del(path).status == 204);
        },
        options);
}

BOOST_AUTO_TEST_CASE(a_member_that_comes_again_after_ten_thousand_is_stored_and_told_once)
{
    for (bool const observed : {false, true})
    {
        std::vector<std::string> came;
        ServiceOptions options;
        options.tolerance.unknown_members = UnknownMembers::keep;
        if (observed)
            options.observer = [&](CommittedChange const& change)
            {
                for (ElementsChanged const& elements : change.elements)
                    came.insert(came.end(), elements.came.begin(), elements.came.end());
            };
        on_every_store(
            [&](ServiceFixture const& scim, NamedStore const&)
            {
                came.clear();
                std::string const id = scim.create("/Groups", group("g"));
                json::array all = members(0, at_once);
                all.push_back(json::object{{"value", "m0"}});
                BOOST_TEST(scim.patch("/Groups/" + id, patch_op("add", "members", all)).status < 300);
                BOOST_TEST(size_of(scim, id) == at_once);
                BOOST_TEST(came.size() == (observed ? std::size_t{at_once} : 0U));
                BOOST_TEST((std::set<std::string>{came.begin(), came.end()}.size()) == came.size());
            },
            options);
    }
}

BOOST_AUTO_TEST_CASE(an_unknown_member_after_ten_thousand_known_ones_is_left_out_or_refuses_them_all)
{
    for (auto const policy : {UnknownMembers::skip, UnknownMembers::reject})
    {
        bool const skips = policy == UnknownMembers::skip;
        ServiceOptions options;
        options.tolerance.unknown_members = policy;
        on_every_store(
            [&](ServiceFixture const& scim, NamedStore const&)
            {
                std::string const ada = scim.create("/Users", user("ada"));
                std::string const id = scim.create("/Groups", group("g"));
                json::array all;
                for (int i = 0; i < at_once; ++i)
                    all.push_back(json::object{{"value", ada}});
                all.push_back(json::object{{"value", "nobody"}});
                Reply const reply = scim.patch("/Groups/" + id, patch_op("add", "members", all));
                BOOST_TEST((skips ? reply.status < 300 : reply.status == 400), reply.response.body);
                BOOST_TEST(size_of(scim, id) == (skips ? 1 : -1));
                if (!skips)
                    BOOST_TEST(reply.detail().ends_with("there are no resources with these ids: nobody."));
            },
            options);
    }
}

BOOST_AUTO_TEST_CASE(of_a_large_group_that_is_deleted_or_emptied_its_members_see_nothing_from_then_on)
{
    using Ends = std::function<Reply(ServiceFixture const&, std::string const& path)>;
    std::vector<Ends> const all{[](ServiceFixture const& scim, std::string const& path) { return scim.del(path); },
                                [](ServiceFixture const& scim, std::string const& path)
                                { return scim.patch(path, patch_op("remove", "members")); },
                                [](ServiceFixture const& scim, std::string const& path)
                                { return scim.put(path, group("g")); }};
    ServiceOptions options;
    options.tolerance.unknown_members = UnknownMembers::keep;
    for (Ends const& end : all)
        on_every_store(
            [&](ServiceFixture const& scim, NamedStore const&)
            {
                std::string const ada = scim.create("/Users", user("ada"));
                std::string const stays = scim.create("/Groups", group("stays", {ada}));
                std::string const former = scim.create("/Groups", everybody_and(ada));
                BOOST_TEST(scim.get("/Users/" + ada).size("/groups") == 2);
                BOOST_TEST(end(scim, "/Groups/" + former).status < 300);
                is_in_this_group_alone(scim, ada, stays, former);
                for (int i = 0; i < 30; ++i)
                    scim.create("/Users", user("u" + std::to_string(i)));
                is_in_this_group_alone(scim, ada, stays, former);
            },
            options);
}

BOOST_AUTO_TEST_SUITE_END()
