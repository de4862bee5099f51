// What refers to what a Bulk makes (RFC 7644 sections 3.7.1 and 3.7.2), in any order, on every store.
#include <scimkit/schema/registry.hpp>

#include "support/all_stores.hpp"
#include "support/bulk.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(bulk_references)

namespace
{

json::object add_members(std::vector<std::string> const& ids)
{
    json::array elements;
    for (std::string const& id : ids)
        elements.push_back(json::object{{"value", id}});
    return patch_op("add", "members", elements);
}

json::object managed(std::string_view name, json::value manager)
{
    return user(name, {{std::string{urn::enterprise_user}, json::object{{"manager", std::move(manager)}}}});
}

std::string manager_of(ServiceFixture const& scim, std::string const& id)
{
    return scim.get("/Users/" + id).text("/" + std::string{urn::enterprise_user} + "/manager/value");
}

} // namespace

BOOST_AUTO_TEST_CASE(references_resolve_in_any_order,
                     *label("7644-3.7.1-c") * label("7644-3.7.2-a") * label("7644-3.7.2-b") * label("7644-3.7.2-c") *
                         label("7644-3.7.2-d") * label("7644-3.7-y") * label("7644-3.3-l"))
{
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
        {
            ServiceFixture const scim{{.store = store.make()}};
            json::object by_uri = group("ByUri");
            by_uri["members"] =
                json::array{json::object{{"$ref", "bulkId:u"}}, json::object{{"$ref", "../Users/bulkId:m"}}};
            Reply const reply = scim.post(
                "/Bulk", bulk({bulk_on("PATCH", "/Groups/bulkId:g", add_members({"bulkId:m"})),
                               bulk_post("/Groups", "g", group("Team", {"bulkId:u"})),
                               bulk_post("/Users", "u", managed("ada", {{"value", "bulkId:m"}})),
                               bulk_post("/Users", "m", user("boss")), bulk_post("/Groups", "r", by_uri),
                               bulk_on("PUT", "/Users/bulkId:m", managed("chief", {{"value", "bulkId:u"}}))}));
            BOOST_TEST(statuses(reply) == "204 201 201 201 201 200");
            auto const team = scim.get("/Groups/" + made_id(reply, 1));
            auto const ada = made_id(reply, 2);
            auto const boss = made_id(reply, 3);
            BOOST_REQUIRE(team.size("/members") == 2);
            for (int i = 0; i < 2; ++i)
            {
                auto const at = "/members/" + std::to_string(i);
                BOOST_TEST((team.text(at + "/value") == ada || team.text(at + "/value") == boss));
                BOOST_TEST(team.text(at + "/type") == "User");
            }
            BOOST_TEST(manager_of(scim, ada) == boss);
            BOOST_TEST(manager_of(scim, boss) == ada);
            BOOST_TEST(scim.get("/Users/" + boss).text("/userName") == "chief");
            BOOST_TEST(scim.get("/Groups/" + made_id(reply, 4)).size("/members") == 2);
            BOOST_TEST(scim.get("/Users/" + ada).size("/groups") == 2);
            BOOST_TEST(reply.text("/Operations/2/version") == scim.get("/Users/" + ada).header("ETag"));
            BOOST_TEST(ada.find("bulkId") == std::string::npos);
        }
}

BOOST_AUTO_TEST_CASE(circles_are_resolved_where_the_store_can,
                     *label("7644-3.7.1-a") * label("7644-3.7.1-b") * label("7644-3.7.1-d"))
{
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
        {
            ServiceFixture const scim{{.store = store.make()}};
            Reply const reply =
                scim.post("/Bulk", bulk({bulk_post("/Groups", "a", group("A", {"bulkId:b"})),
                                         bulk_post("/Groups", "b", group("B", {"bulkId:a"})),
                                         bulk_post("/Users", "s", managed("self", {{"value", "bulkId:s"}}))}));
            if (!store.savepoints)
            {
                BOOST_TEST(statuses(reply).find("409") != std::string::npos);
                BOOST_TEST(scim.get("/Groups").number("/totalResults") == 0);
                continue;
            }
            BOOST_TEST(statuses(reply) == "201 201 201");
            BOOST_TEST(scim.get("/Groups/" + made_id(reply, 0)).text("/members/0/value") == made_id(reply, 1));
            BOOST_TEST(scim.get("/Groups/" + made_id(reply, 0)).text("/members/0/type") == "Group");
            BOOST_TEST(scim.get("/Groups/" + made_id(reply, 1)).text("/members/0/value") == made_id(reply, 0));
            BOOST_TEST(manager_of(scim, made_id(reply, 2)) == made_id(reply, 2));
        }
}

BOOST_AUTO_TEST_CASE(what_refers_to_nothing_fails_alone, *label("7644-3.7.2-e") * label("7644-3.7-h"))
{
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
        {
            ServiceFixture const scim{{.store = store.make()}};
            scim.create("/Users", user("taken"));
            Reply const reply = scim.post(
                "/Bulk", bulk({bulk_post("/Groups", "dangling", group("A", {"bulkId:nobody"})),
                               bulk_post("/Groups", "ahead", group("B", {"bulkId:fails"})),
                               bulk_post("/Groups", "chain", group("C", {"bulkId:ahead"})),
                               bulk_post("/Users", "fails", user("TAKEN")),
                               bulk_post("/Groups", "behind", group("D", {"bulkId:fails"})),
                               bulk_on("DELETE", "/Users/bulkId:fails"), bulk_on("DELETE", "/Users/bulkId:nobody"),
                               bulk_post("/Users", "good", user("good")), bulk_post("/Users", "good", user("other")),
                               bulk_post("/Groups", "fine", group("E", {"bulkId:good"})),
                               bulk_on("PATCH", "/Groups/bulkId:good", add_members({"x"}))}));
            BOOST_TEST(statuses(reply) == "400 409 409 409 409 409 400 201 400 201 404");
            BOOST_TEST(failure(reply, 0) == "invalidValue: No POST of this Bulk has the bulkId nobody.");
            BOOST_TEST(failure(reply, 3).starts_with("uniqueness"));
            BOOST_TEST(failure(reply, 8).starts_with("invalidValue: The bulkId good"));
            BOOST_TEST(scim.get("/Groups").number("/totalResults") == 1);
            BOOST_TEST(scim.get("/Groups").text("/Resources/0/members/0/value") == made_id(reply, 7));
        }
}

BOOST_AUTO_TEST_CASE(what_was_stopped_is_referred_to_by_nobody)
{
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
        {
            ServiceFixture const scim{{.store = store.make()}};
            Reply const reply =
                scim.post("/Bulk", bulk({bulk_post("/Groups", "g", group("G", {"bulkId:u"})),
                                         bulk_post("/Users", "first", user("first")), bulk_on("DELETE", "/Users/none"),
                                         bulk_post("/Users", "u", user("never"))},
                                        {{"failOnErrors", 1}}));
            BOOST_REQUIRE(reply.status == 200);
            // Whatever order was chosen: no group with a member that does not exist.
            Reply const groups = scim.get("/Groups");
            if (groups.number("/totalResults") == 1)
                BOOST_TEST(scim.get("/Users/" + groups.text("/Resources/0/members/0/value")).status == 200);
        }
}

// What is left out because of something later must not be all that is told of it.
BOOST_AUTO_TEST_CASE(the_error_that_ends_a_bulk_is_in_its_answer, *label("7644-3.7-t"))
{
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
        {
            if (!store.savepoints)
                continue; // what is referred to comes first there
            ServiceFixture const scim{{.store = store.make()}};
            BOOST_REQUIRE(scim.post("/Users", user("taken")).status == 201);
            auto const told = [&](json::array const& operations, int most)
            {
                std::string all;
                auto const reply = scim.post("/Bulk", bulk(operations, {{"failOnErrors", most}}));
                for (std::string const number : {"0", "1", "2", "3"})
                    if (auto const at = "/Operations/" + number; reply.has(at))
                        all += reply.text(at + "/bulkId") + reply.text(at + "/status") + " ";
                return all;
            };
            auto const g = bulk_post("/Groups", "g", group("G", {"bulkId:u"}));
            auto const h = bulk_post("/Groups", "h", group("H", {"bulkId:g"}));
            auto const b = bulk_post("/Groups", "b", group("B", {"bulkId:x"}));
            auto const x = bulk_post("/Users", "x", user("taken"));
            auto const y = bulk_post("/Users", "y", user("taken"));
            auto const u = bulk_post("/Users", "u", user("new"));
            BOOST_TEST(told({g, x, u}, 1) == "g409 x409 ");
            BOOST_TEST(told({g, h, x, u}, 1) == "g409 h409 x409 ");
            BOOST_TEST(told({h, g, x, u}, 1) == "h409 g409 x409 ");
            BOOST_TEST(told({b, x, u}, 1) == "b409 x409 ");
            BOOST_TEST(told({b, x, u}, 2) == "b409 x409 ");
            BOOST_TEST(told({g, x, y, u}, 2) == "g409 x409 ");
            BOOST_TEST(scim.get("/Groups").number("/totalResults") == 0);
            BOOST_TEST(told({g, x, u}, 2) == "g201 x409 u201 ");
        }
}

BOOST_AUTO_TEST_CASE(text_that_looks_like_a_reference_is_text, *label("7644-3.7.2-f"))
{
    ServiceFixture const scim;
    json::object data = user("bulkId:u", {{"displayName", "bulkId:u"},
                                          {"nickName", "see bulkId:u"},
                                          {"emails", json::array{json::object{{"value", "bulkId:u"}}}}});
    Reply const reply = scim.post(
        "/Bulk", bulk({bulk_post("/Users", "u", data), bulk_post("/Groups", "g", group("bulkId:none", {"x bulkId:u"})),
                       bulk_on("PATCH", "/Users/bulkId:u", patch_op("add", "title", "bulkId:none"))}));
    BOOST_TEST(statuses(reply) == "201 201 200");
    Reply const stored = scim.get("/Users/" + made_id(reply, 0));
    BOOST_TEST(stored.text("/userName") == "bulkId:u");
    BOOST_TEST(stored.text("/displayName") == "bulkId:u");
    BOOST_TEST(stored.text("/emails/0/value") == "bulkId:u");
    BOOST_TEST(stored.text("/title") == "bulkId:none");
    BOOST_TEST(scim.get("/Groups/" + made_id(reply, 1)).text("/members/0/value") == "x bulkId:u");
}

BOOST_AUTO_TEST_CASE(references_in_the_filter_of_a_path_are_found, *label("7644-3.7.2-e"))
{
    for (NamedStore const& store : all_stores())
        for (std::string const path :
             {"members[value eq \"bulkId:u\"]", "members[value eq \"BULKID:u\" or value eq \"nobody\"]",
              "members[not (value ne \"bulkId:u\")]", "members[$ref eq \"https://example.com/v2/Users/bulkId:u\"]"})
            BOOST_TEST_CONTEXT(store << " " << path)
            {
                ServiceFixture const scim{{.store = store.make()}};
                auto const eve = scim.create("/Users", user("eve"));
                auto const group_id = scim.create("/Groups", group("G", {eve}));
                Reply const reply =
                    scim.post("/Bulk", bulk({bulk_post("/Users", "u", user("ada")),
                                             bulk_on("PATCH", "/Groups/" + group_id, add_members({"bulkId:u"})),
                                             bulk_on("PATCH", "/Groups/" + group_id, patch_op("remove", path))}));
                BOOST_TEST(statuses(reply).substr(0, 5) == "201 2");
                Reply const stored = scim.get("/Groups/" + group_id);
                BOOST_TEST(stored.size("/members") == 1);
                BOOST_TEST(stored.text("/members/0/value") == eve);
            }
    ServiceFixture const scim;
    auto const group_id = scim.create("/Groups", group("G"));
    Reply const reply = scim.post("/Bulk", bulk({bulk_on("PATCH", "/Groups/" + group_id,
                                                         patch_op("remove", "members[value eq \"bulkId:none\"]"))}));
    BOOST_TEST(statuses(reply) == "400");
    BOOST_TEST(failure(reply, 0).find("none") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(every_spelling_of_a_reference_is_found)
{
    ServiceFixture const scim;
    std::string const enterprise{urn::enterprise_user};
    json::array const spellings{
        patch_op("add", enterprise + ":manager", json::object{{"value", "bulkId:m"}}),
        patch_op("replace", enterprise + ":manager.value", "bulkId:m"),
        patch_op("replace", enterprise + ":manager", "bulkId:m"),
        patch_op("add", "", json::object{{enterprise, json::object{{"manager", json::object{{"value", "bulkId:m"}}}}}}),
        patch_op("add", "", json::object{{enterprise + ":manager", json::object{{"value", "bulkId:m"}}}}),
        patch_op("add", enterprise,
                 json::object{{"MANAGER", json::object{{"$ref", "https://example.com/v2/Users/bulkId:m"}}}}),
    };
    for (json::value const& spelling : spellings)
        BOOST_TEST_CONTEXT(spelling)
        {
            Reply const reply =
                scim.post("/Bulk", bulk({bulk_post("/Users", "m", user("boss")), bulk_post("/Users", "u", user("ada")),
                                         bulk_on("PATCH", "/Users/bulkId:u", spelling)}));
            BOOST_TEST(statuses(reply) == "201 201 200");
            BOOST_TEST(manager_of(scim, made_id(reply, 1)) == made_id(reply, 0));
            scim.del("/Users/" + made_id(reply, 0));
            scim.del("/Users/" + made_id(reply, 1));
        }
}

BOOST_AUTO_TEST_CASE(what_is_promised_is_no_unknown_member)
{
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
        {
            Tolerance tolerance;
            tolerance.unknown_members = UnknownMembers::reject;
            ServiceFixture const scim{{.store = store.make(), .tolerance = tolerance}};
            Reply const reply = scim.post("/Bulk", bulk({bulk_post("/Groups", "g", group("G", {"bulkId:u"})),
                                                         bulk_post("/Groups", "h", group("H", {"unknown"})),
                                                         bulk_post("/Users", "u", user("ada"))}));
            BOOST_TEST(statuses(reply) == "201 400 201");
        }
}

BOOST_AUTO_TEST_CASE(the_order_of_the_request_is_that_of_the_changes, *label("7644-3.7-z"))
{
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
        {
            ServiceFixture const scim{{.store = store.make()}};
            auto const ada = scim.create("/Users", user("ada"));
            Reply const reply =
                scim.post("/Bulk", bulk({bulk_on("PUT", "/Users/" + ada, user("ada", {{"title", "x"}})),
                                         bulk_on("DELETE", "/Users/" + ada), bulk_post("/Users", "a", user("ada")),
                                         bulk_on("PATCH", "/Users/" + ada, patch_op("add", "title", "y"))}));
            BOOST_TEST(statuses(reply) == "200 204 201 404");
        }
}

/// A POST needs no place of its own in the order, whatever its path says: it is refused, and so is what waits for it.
BOOST_AUTO_TEST_CASE(what_waits_for_a_post_that_waits_itself_has_its_place)
{
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
        {
            ServiceFixture const scim{{.store = store.make()}};
            Reply const reply = scim.post(
                "/Bulk",
                bulk({bulk_on("DELETE", "/Users/bulkId:a"), bulk_post("/Users/bulkId:b", "a", user("ada")),
                      bulk_post("/Users/bulkId:c", "b", user("bob")), bulk_post("/Users/bulkId:d", "c", user("cem")),
                      bulk_post("/Users/bulkId:d", "d", user("dan")), bulk_post("/Users", "e", user("eve"))}));
            BOOST_TEST(statuses(reply) == "409 400 400 400 400 201");
            BOOST_TEST(scim.get("/Users").number("/totalResults") == 1);
        }
}

/// Every attribute that may refer, to every place that makes nothing: the type of what is meant is not known.
BOOST_AUTO_TEST_CASE(what_refers_to_a_post_that_leads_nowhere_fails_with_it)
{
    for (NamedStore const& store : all_stores())
        for (std::string const path : {"/Nowhere", "/Bulk", "/.search", "/Me", "/", "/Users/.search", "/Users/x/y",
                                       "/Schemas", "/Users/x", "%zz"})
            BOOST_TEST_CONTEXT(store << " " << path)
            {
                ServiceFixture const scim{{.store = store.make(), .me = own_resource_by()}};
                auto const ada = scim.create("/Users", user("ada"));
                auto const team = scim.create("/Groups", group("Team"));
                json::object by_uri = group("ByUri");
                by_uri["members"] = json::array{json::object{{"$ref", "bulkId:n"}}};
                Reply const reply = scim.post(
                    "/Bulk",
                    bulk({bulk_post("/Users", "m", managed("bob", {{"$ref", "bulkId:n"}})), bulk_post(path, "n", {}),
                          bulk_post(path, "n", user("eve")), bulk_post("/Groups", "g", by_uri),
                          bulk_post("/Users", "p", user("cem", {{"profileUrl", "https://example.com/v2/bulkId:n"}})),
                          bulk_post("/Groups", "h", group("ById", {"bulkId:n"})),
                          bulk_on("PUT", "/Users/" + ada, managed("ada", "bulkId:n")),
                          bulk_on("PATCH", "/Groups/" + team, add_members({"bulkId:n"})),
                          bulk_on("PATCH", "/Groups/" + team,
                                  patch_op("add", "members", json::array{json::object{{"$ref", "bulkId:n"}}})),
                          bulk_on("DELETE", "/Users/bulkId:n")}));
                BOOST_REQUIRE(reply.size("/Operations") == 10);
                for (int i = 0; i < 10; ++i)
                    BOOST_TEST(reply.text("/Operations/" + std::to_string(i) + "/status").front() >= '4', i);
                for (int const i : {0, 3, 4, 5, 6, 7, 8})
                    BOOST_TEST(reply.text("/Operations/" + std::to_string(i) + "/status") == "409", i);
                BOOST_TEST(scim.get("/Users").number("/totalResults") == 1);
                BOOST_TEST(scim.get("/Groups").number("/totalResults") == 1);
                Reply const whole =
                    scim.post("/Bulk", bulk({bulk_post("/Groups", "g", by_uri), bulk_post(path, "n", user("eve"))}),
                              {{"SCIM-Bulk-Atomic", "true"}});
                BOOST_TEST(whole.status >= 400);
                BOOST_TEST(whole.status < 502);
            }
}

BOOST_AUTO_TEST_CASE(a_long_chain_needs_no_stack)
{
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
        {
            ServiceOptions options{.store = store.make()};
            options.limits.deadline = std::chrono::minutes{5}; // the machine may be slow
            ServiceFixture const scim{options};
            json::array operations;
            int const length = 2'000;
            for (int i = 0; i < length; ++i)
                operations.push_back(bulk_post(
                    "/Users", std::to_string(i),
                    managed("user" + std::to_string(i),
                            {{"value", i + 1 < length ? "bulkId:" + std::to_string(i + 1) : std::string{"nobody"}}})));
            Reply const reply = scim.post("/Bulk", bulk(operations));
            BOOST_REQUIRE(reply.size("/Operations") == length);
            for (int i = 0; i < length; ++i)
                BOOST_REQUIRE(reply.text("/Operations/" + std::to_string(i) + "/status") == "201");
            BOOST_TEST(manager_of(scim, made_id(reply, 0)) == made_id(reply, 1));
        }
}

BOOST_AUTO_TEST_CASE(a_thousand_users_and_fifty_groups_that_refer_to_one_another)
{
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
        {
            ServiceOptions options{.store = store.make()};
            options.limits.deadline = std::chrono::minutes{5};
            ServiceFixture const scim{options};
            json::array operations;
            for (int g = 0; g < 50; ++g)
            {
                std::vector<std::string> members;
                for (int u = 0; u < 20; ++u)
                    members.push_back("bulkId:u" + std::to_string(g * 20 + u));
                if (g > 0)
                    members.push_back("bulkId:g" + std::to_string(g - 1));
                operations.push_back(
                    bulk_post("/Groups", "g" + std::to_string(g), group("G" + std::to_string(g), members)));
            }
            for (int u = 0; u < 1'000; ++u)
                operations.push_back(bulk_post(
                    "/Users", "u" + std::to_string(u),
                    u == 0 ? user("u0")
                           : managed("u" + std::to_string(u), {{"value", "bulkId:u" + std::to_string(u - 1)}})));
            Reply const reply = scim.post("/Bulk", bulk(operations));
            BOOST_REQUIRE(reply.size("/Operations") == 1'050);
            for (int i = 0; i < 1'050; ++i)
                BOOST_REQUIRE(reply.text("/Operations/" + std::to_string(i) + "/status") == "201");
            BOOST_TEST(scim.get("/Users?count=0").number("/totalResults") == 1'000);
            BOOST_TEST(scim.get("/Groups/" + made_id(reply, 7)).size("/members") == 21);
        }
}

BOOST_AUTO_TEST_SUITE_END()
