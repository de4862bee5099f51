// What nobody sends by mistake: each a precise refusal, and nothing has changed, on every store, by default and in
// strict mode.
#include "support/all_stores.hpp"
#include "support/bulk.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(bad_input)

namespace
{

/// Two users, and a group of one of them; and what there is, as one text.
struct World
{
    World(NamedStore const& store, bool strict)
        : scim(
              [&]
              {
                  ServiceOptions options{.store = store.make()};
                  if (strict)
                      options.tolerance = Tolerance::strict();
                  options.limits.max_bulk_operations = 50;
                  return options;
              }())
        , ada(scim.create("/Users", user("ada")))
        , bob(scim.create("/Users", user("bob")))
        , red(scim.create("/Groups", group("Red", {ada})))
        , before(all())
    {
    }

    std::string all() const { return scim.get("/Users").response.body + scim.get("/Groups").response.body; }

    ServiceFixture scim;
    std::string ada;
    std::string bob;
    std::string red;
    std::string before;
};

void in_every_world(std::function<void(World const&, NamedStore const&)> const& test)
{
    for (NamedStore const& store : all_stores())
        for (bool const strict : {false, true})
            BOOST_TEST_CONTEXT(store << (strict ? ", strict" : ""))
            {
                World const world{store, strict};
                test(world, store);
                BOOST_TEST(world.all() == world.before);
            }
}

} // namespace

BOOST_AUTO_TEST_CASE(bulks_that_are_bombs_or_hold_bulks_or_lead_nowhere)
{
    in_every_world(
        [](World const& world, NamedStore const&)
        {
            json::array many;
            for (int i = 0; i < 51; ++i)
                many.push_back(bulk_post("/Users", "u" + std::to_string(i), user("u" + std::to_string(i))));
            Reply const bomb = world.scim.post("/Bulk", bulk(std::move(many)));
            BOOST_TEST(bomb.status == 413);
            BOOST_TEST(bomb.detail().find("50") != std::string::npos, bomb.detail());

            json::object const inner = bulk({bulk_post("/Users", "x", user("x"))});
            Reply const nested = world.scim.post(
                "/Bulk",
                bulk({bulk_post("/Bulk", "b", inner), bulk_on("PUT", "/Bulk/1", inner),
                      bulk_post("/.search", "s", json::object{}), bulk_post("/Users/.search", "t", json::object{}),
                      bulk_post("/Me", "m", user("me")), bulk_on("DELETE", "/"), bulk_on("DELETE", "/Users"),
                      bulk_on("PATCH", "/Schemas/x", patch_op("remove", "name")),
                      bulk_on("DELETE", "/Users/" + world.ada + "/x"), bulk_on("DELETE", "/../Users/" + world.ada)}));
            BOOST_TEST(nested.status == 200);
            for (int i = 0; i < nested.size("/Operations"); ++i)
            {
                auto const status = nested.text("/Operations/" + std::to_string(i) + "/status");
                BOOST_TEST(status.starts_with("4"), i << ": " << status);
            }
            // Nobody made "none", and what has one name twice has it once.
            Reply const dangling = world.scim.post(
                "/Bulk",
                bulk({bulk_post("/Groups", "g", group("G", {"bulkId:none"})), bulk_on("DELETE", "/Users/bulkId:none"),
                      bulk_on("PATCH", "/Groups/" + world.red,
                              patch_op("add", "members", json::array{json::object{{"value", "bulkId:none"}}}))}));
            BOOST_TEST(statuses(dangling) == "400 400 400");
        });
}

BOOST_AUTO_TEST_CASE(circles_of_references_that_cannot_be_made)
{
    in_every_world(
        [](World const& world, NamedStore const&)
        {
            // Each needs the other, and one of them is wrong.
            Reply const circle = world.scim.post("/Bulk", bulk({bulk_post("/Groups", "a", group("A", {"bulkId:b"})),
                                                                bulk_post("/Groups", "b", group("", {"bulkId:a"}))}));
            BOOST_TEST(circle.status == 200);
            for (int i = 0; i < 2; ++i)
                BOOST_TEST(circle.text("/Operations/" + std::to_string(i) + "/status").starts_with("4"));
        });
}

BOOST_AUTO_TEST_CASE(cursors_that_are_forged_or_of_another_query)
{
    in_every_world(
        [](World const& world, NamedStore const&)
        {
            auto const cursor = world.scim.get("/Users?count=1&cursor=").text("/nextCursor");
            BOOST_REQUIRE(cursor != "(none)");
            for (std::string const& forged : {std::string{"x"}, cursor + "A", cursor.substr(1), std::string(50, 'A'),
                                              "%20" + cursor, cursor + "=" + cursor})
                BOOST_TEST(outcome(world.scim.get("/Users?count=1&cursor=" + forged)) == "400 invalidCursor", forged);
            for (char const* other :
                 {"/Groups?count=1&cursor=", "/?count=1&cursor=", "/Users?count=1&sortBy=userName&cursor=",
                  "/Users?count=1&filter=userName pr&cursor=", "/Users?count=1&attributes=id&cursor="})
                BOOST_TEST(outcome(world.scim.get(other + cursor)) == "400 invalidCursor", other);
            BOOST_TEST(outcome(world.scim.get("/Users?count=2&cursor=" + cursor)) == "400 invalidCount");
        });
}

BOOST_AUTO_TEST_CASE(orders_and_projections_that_cannot_be)
{
    in_every_world(
        [](World const& world, NamedStore const&)
        {
            for (char const* attribute : {"name", "meta", "password", "nothing", "emails[type eq \"work\"]", "urn:x:y",
                                          "", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"})
            {
                Reply const reply = world.scim.get("/Users?sortBy=" + std::string{attribute});
                bool const ignored = std::string_view{attribute}.empty(); // as if it were not there
                BOOST_TEST(outcome(reply) == (ignored ? "200" : "400 invalidValue"), attribute);
            }
            BOOST_TEST(outcome(world.scim.get("/Users?sortBy=userName&sortOrder=sideways")) == "400 invalidValue");
            std::string names = "userName";
            for (int i = 0; i < 1'000; ++i)
                names += ",a" + std::to_string(i);
            for (char const* parameter : {"attributes", "excludedAttributes"})
                for (std::string const& target : {std::string{"/Users"}, "/Users/" + world.ada, std::string{"/"}})
                    BOOST_TEST(outcome(world.scim.get(target + "?" + parameter + "=" + names)) == "400 invalidValue",
                               target << " " << parameter);
        });
}

// 412, not 400: whoever names a version that nothing can have must not write.
BOOST_AUTO_TEST_CASE(entity_tags_that_are_none)
{
    in_every_world(
        [](World const& world, NamedStore const&)
        {
            auto const at = "/Users/" + world.ada;
            for (char const* tag : {"garbage", "W/", "\"", "W/\"1", "1", "\"1\" \"2\"", ",", "**", "W/*", "\xff"})
                for (char const* header : {"If-Match", "If-None-Match"})
                    BOOST_TEST_CONTEXT(header << ": " << tag)
                    {
                        Headers const headers{{header, tag}};
                        bool const is_match = std::string_view{header} == "If-Match";
                        BOOST_TEST(world.scim.get(at, headers).status == (is_match ? 412 : 200));
                        BOOST_TEST(world.scim.put(at, user("other"), headers).status == 412);
                        BOOST_TEST(world.scim.patch(at, patch_op("replace", "userName", "other"), headers).status ==
                                   412);
                        BOOST_TEST(world.scim.del(at, headers).status == 412);
                    }
            BOOST_TEST(statuses(world.scim.post("/Bulk", bulk({bulk_on("DELETE", at, {}, "garbage"),
                                                               bulk_on("PUT", at, user("other"), "\"1")}))) ==
                       "412 412");
        });
}

BOOST_AUTO_TEST_SUITE_END()
