// What an asynchronous request that names a secret does: nothing of it may lie in a store until somebody carries it
// out.
#include "async_fixture.hpp"

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_FIXTURE_TEST_SUITE(async_secrets, AsyncFixture)

BOOST_AUTO_TEST_CASE(a_request_with_a_secret_in_it_is_carried_out_at_once_and_never_stored, *label("7643-4.1.1-y"))
{
    BOOST_TEST(scim.post("/Users", user("ada", {{"password", "canary-1"}}), later()).status == 201);
    BOOST_TEST(scim.post("/Users", user("bob", {{"PassWord", "canary-2"}}), later()).status == 201);
    auto const id = scim.create("/Users", user("eve"));
    BOOST_TEST(scim.patch("/Users/" + id, patch_op("replace", "password", "canary-3"), later()).status == 200);
    // Of an attribute that no schema knows a client may think that it is one.
    for (std::string const name :
         {"userPassword", "unicodePwd", "passphrase", "client_secret", "X-Api-Key", "accessToken"})
        BOOST_TEST(scim.put("/Users/" + id, user("eve", {{name, "canary-9"}}), later()).status == 200, name);
    BOOST_TEST(scim.patch("/Users/" + id,
                          patch_op("replace", "urn:ietf:params:scim:schemas:core:2.0:User:password", "c-4"), later())
                   .status == 200);
    BOOST_TEST(
        scim.patch("/Users/" + id, patch_op("replace", "", json::object{{"password", "canary-5"}}), later()).status ==
        200);
    auto const reply =
        scim.post("/Bulk", bulk({bulk_post("/Users", "a", user("zoe", {{"password", "canary-6"}}))}), later());
    BOOST_TEST(statuses(reply) == "201");
    BOOST_TEST(events().empty());
}

BOOST_AUTO_TEST_CASE(a_secret_in_json_within_a_text_is_one_too, *label("7643-4.1.1-y"))
{
    auto const bulk_of = [](std::string const& data) {
        return bulk({json::object{{"method", "POST"}, {"path", "/Users"}, {"bulkId", "a"}, {"data", data}}});
    };
    for (std::string const data :
         {R"({"userName":"x","password":"canary"})", R"( [{"\u0070assword":"canary"}])",
          R"({"userName":"x","more":"{\"password\":\"canary\"}"})", R"({"password":"canary", broken)"})
        BOOST_TEST(scim.post("/Bulk", bulk_of(data), later()).status == 200, data);
    BOOST_TEST(events().empty());
    LogExtent const extent = store->change_log()->extent("default", {}).value();
    BOOST_TEST((extent.end == LogPosition{}), "nothing was stored");
    auto const id = scim.create("/Users", user("eve"));
    auto const of_text = patch_op("add", "roles", R"([{"value":"r","password":"canary"}])");
    BOOST_TEST(scim.patch("/Users/" + id, of_text, later()).status != 202);
    auto const harmless = patch_op("replace", "title", "password {x}");
    BOOST_TEST(scim.patch("/Users/" + id, harmless, later()).status == 202, "no JSON, and no name of a member");
}

BOOST_AUTO_TEST_SUITE_END()
