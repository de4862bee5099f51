// Filters on the `$ref` of a reference, which no store has: they see what an answer shows.
#include "support/both_stores.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(reference_filters)

namespace
{

std::string const base = "https://example.com/v2";

} // namespace

// What is computed is not stored, so that no store could look for a part of it: better no answer than a wrong one.
BOOST_AUTO_TEST_CASE(a_computed_uri_is_tested_as_a_whole_or_not_at_all)
{
    for (auto const& options : both_stores())
    {
        ServiceFixture const scim{options()};
        auto const ada = scim.create("/Users", user("ada"));
        auto const id = scim.create("/Groups", group("g", {ada}));
        for (std::string const op : {"co", "sw", "ew", "gt", "ge", "lt", "le"})
        {
            Reply const refused = scim.get("/Groups?filter=members.$ref " + op + " \"" + base + "\"");
            BOOST_TEST(refused.status == 400, op);
            BOOST_TEST(refused.scim_type() == "invalidFilter", op);
            BOOST_TEST(refused.detail().find("members.$ref") != std::string::npos, op);
            BOOST_TEST(scim.patch("/Groups/" + id, patch_op("remove", "members[$ref " + op + " \"x\"]")).status == 400);
        }
        BOOST_TEST(scim.get("/Groups?filter=members.$ref pr").number("/totalResults") == 1);
        BOOST_TEST(scim.get("/Groups?sortBy=members.$ref").scim_type() == "invalidValue");
    }
}

BOOST_AUTO_TEST_CASE(a_member_without_uri_has_no_other_uri_than_the_one_that_is_asked_for)
{
    for (auto const& options : both_stores())
    {
        ServiceFixture const scim{options()};
        auto const ada = scim.create("/Users", user("ada"));
        auto const bob = scim.create("/Users", user("bob"));
        auto const filter = "/Groups?filter=members.$ref ne \"" + base + "/Users/" + ada + "\"";
        auto const id = scim.create("/Groups", group("g", {"nobody"}));
        BOOST_TEST(scim.get(filter).number("/totalResults") == 1); // there is none at all
        scim.patch("/Groups/" + id, patch_op("add", "members", {{"value", ada}}));
        BOOST_TEST(scim.get(filter).number("/totalResults") == 0);
        scim.patch("/Groups/" + id, patch_op("add", "members", {{"value", bob}}));
        BOOST_TEST(scim.get(filter).number("/totalResults") == 1);
    }
}

BOOST_AUTO_TEST_SUITE_END()
