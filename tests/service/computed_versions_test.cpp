// What is computed counts in the version that a client sees, on every store.
#include "support/both_stores.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(versions_of_what_is_computed)

BOOST_AUTO_TEST_CASE(a_conditional_get_sees_that_memberships_changed)
{
    for (auto const& options : both_stores())
    {
        ServiceFixture const scim{options()};
        auto const ada = scim.create("/Users", user("ada"));
        auto const target = "/Users/" + ada;
        std::string tag{scim.get(target).header("ETag")};
        auto const moves = [&](std::string_view what)
        {
            Reply const read = scim.get(target, {{"If-None-Match", tag}});
            BOOST_TEST(read.status == 200, what);
            BOOST_TEST(read.header("ETag") != tag, what);
            tag = std::string{read.header("ETag")};
            BOOST_TEST(read.text("/meta/version") == tag, what);
            BOOST_TEST(scim.get(target, {{"If-None-Match", tag}}).status == 304, what);
            BOOST_TEST(scim.get(target, {{"If-None-Match", tag}}).header("ETag") == tag, what);
            BOOST_TEST(scim.get("/Users?filter=id eq \"" + ada + "\"").text("/Resources/0/meta/version") == tag, what);
        };
        auto const inner = scim.create("/Groups", group("inner", {ada}));
        moves("joined");
        auto const outer = scim.create("/Groups", group("outer", {inner}));
        moves("joined through another group");
        scim.patch("/Groups/" + outer, patch_op("replace", "displayName", "renamed"));
        moves("a group was renamed");
        scim.patch("/Groups/" + outer, patch_op("add", "members", {{{"value", ada}}}));
        moves("became direct");
        scim.del("/Groups/" + inner);
        moves("a group is gone");
        scim.patch("/Groups/" + outer, patch_op("remove", "members"));
        moves("left");
    }
}

BOOST_AUTO_TEST_CASE(a_write_asks_for_the_version_of_the_record)
{
    ServiceFixture const scim;
    auto const ada = scim.create("/Users", user("ada"));
    auto const target = "/Users/" + ada;
    scim.create("/Groups", group("g", {ada}));
    std::string const tag{scim.get(target).header("ETag")};
    std::string const record{scim.get(target + "?attributes=userName").header("ETag")};
    BOOST_TEST(tag != record);
    BOOST_TEST(tag.starts_with(record.substr(0, record.size() - 1) + "-"));

    scim.create("/Groups", group("h", {ada})); // no change of the record: the write may go on
    Reply const put = scim.put(target, user("ada", {{"title", "x"}}), {{"If-Match", tag}});
    BOOST_TEST(put.status == 200);
    BOOST_TEST(put.header("ETag") == scim.get(target).header("ETag"));
    BOOST_TEST(put.text("/meta/version") == put.header("ETag"));
    BOOST_TEST(scim.put(target, user("ada"), {{"If-Match", tag}}).status == 412);
    Reply const minimal = scim.patch(target, patch_op("replace", "title", "y"),
                                     {{"Prefer", "return=minimal"}, {"If-Match", std::string{put.header("ETag")}}});
    BOOST_TEST(minimal.status == 204);
    BOOST_TEST(minimal.header("ETag") == scim.get(target).header("ETag"));
}

BOOST_AUTO_TEST_CASE(a_version_is_found_in_either_form)
{
    for (auto const& options : both_stores())
    {
        ServiceFixture const scim{options()};
        auto const ada = scim.create("/Users", user("ada"));
        scim.create("/Users", user("bob"));
        scim.create("/Groups", group("g", {ada}));
        for (std::string version : {scim.get("/Users/" + ada).text("/meta/version"),
                                    scim.get("/Users/" + ada + "?attributes=meta").text("/meta/version")})
        {
            for (auto at = version.find('"'); at != std::string::npos; at = version.find('"', at + 2))
                version.insert(at, "\\");
            auto const total = [&](std::string const& op)
            {
                return scim
                    .post("/Users/.search", {{"schemas", {"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}},
                                             {"filter", "meta.version " + op + " \"" + version + "\""}})
                    .number("/totalResults");
            };
            BOOST_TEST(total("eq") == 1);
            BOOST_TEST(total("ne") == 1);
        }
    }
}

BOOST_AUTO_TEST_CASE(memberships_have_no_largest_depth)
{
    for (auto const& options : both_stores())
    {
        ServiceFixture const scim{options()};
        auto const ada = scim.create("/Users", user("ada"));
        auto inner = scim.create("/Groups", group("g0", {ada}));
        auto const first = inner;
        for (int i = 1; i < 50; ++i)
            inner = scim.create("/Groups", group("g" + std::to_string(i), {inner}));
        BOOST_TEST(scim.get("/Users/" + ada).size("/groups") == 50);
        scim.patch("/Groups/" + first, patch_op("add", "members", {{{"value", inner}}})); // a circle of them all
        BOOST_TEST(scim.get("/Users/" + ada).size("/groups") == 50);
    }
}

BOOST_AUTO_TEST_CASE(memberships_beyond_the_budget_are_an_error_and_never_cut)
{
    for (auto const& make : both_stores())
    {
        auto options = make();
        options.limits.max_work = 400'000;
        ServiceFixture const scim{options};
        auto const ada = scim.create("/Users", user("ada"));
        for (int i = 0; i < 1'000; ++i)
            scim.create("/Groups", group("g" + std::to_string(i), {ada}));
        Reply const reply = scim.get("/Users/" + ada);
        BOOST_TEST(reply.status == 400);
        BOOST_TEST(reply.scim_type() == "tooMany");
        BOOST_TEST(scim.get("/Users/" + ada + "?attributes=userName").status == 200);
    }
}

BOOST_AUTO_TEST_SUITE_END()
