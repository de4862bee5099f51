// Delta query with a filter: whoever keeps a copy of what matches is told of what begins to, and of what ceases to.
#include "support/delta.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;

namespace
{

/// "Update id, Delete id": what is told of, in its order.
std::string outline(Reply const& reply)
{
    BOOST_REQUIRE_MESSAGE(reply.status == 200, reply.response.body);
    std::string text;
    for (json::value const& each : reply.body.at("Resources").as_array())
    {
        text += text.empty() ? "" : ", ";
        text += each.at("changeType").as_string();
        text += ' ';
        text += each.at("changedResourceId").as_string();
    }
    return text;
}

json::object by(std::string_view filter) { return {{"filter", filter}}; }

} // namespace

BOOST_AUTO_TEST_SUITE(delta_filters)

BOOST_AUTO_TEST_CASE(filters_and_projections_are_about_the_resource)
{
    ServiceFixture const scim{with_delta({})};
    auto const since = token(scim);
    scim.create("/Users", user("a", {{"title", "Guide"}, {"nickName", "n"}}));
    scim.create("/Users", user("b"));
    Reply const told =
        changes(scim, since, {{"filter", "title eq \"guide\""}, {"attributes", json::array{"userName"}}});
    BOOST_TEST(told.number("/totalResults") == 1);
    BOOST_TEST(told.text("/Resources/0/data/userName") == "a");
    BOOST_TEST(!told.has("/Resources/0/data/nickName"));
}

BOOST_AUTO_TEST_CASE(a_group_that_may_begin_to_match_is_told_whole)
{
    ServiceFixture const scim{with_delta({})};
    auto const ada = scim.create("/Users", user("ada"));
    auto const red = scim.create("/Groups", group("Red", {ada}));
    auto const since = token(scim, "/Groups");
    scim.patch("/Groups/" + red, patch_op("replace", "displayName", "Blue"));
    Reply const told = changes(scim, since, {{"filter", "displayName eq \"Blue\""}}, "/Groups");
    BOOST_TEST(told.text("/Resources/0/changeType") == "Update");
    BOOST_TEST(told.text("/Resources/0/data/members/0/value") == ada);
    // What the filter does not look at makes nothing begin to match.
    Reply const other = changes(scim, since, {{"filter", "members.value eq \"" + ada + "\""}}, "/Groups");
    BOOST_TEST(other.text("/Resources/0/operations/0/path") == "displayName");
}

BOOST_AUTO_TEST_CASE(what_has_ceased_to_match_is_told_as_deleted)
{
    for (NamedStore const& store : stores_with_log())
        BOOST_TEST_CONTEXT(store)
        {
            ServiceFixture const scim{with_delta(store.make())};
            auto const ada = scim.create("/Users", user("ada", {{"active", true}}));
            auto const bob = scim.create("/Users", user("bob", {{"active", true}}));
            auto const eve = scim.create("/Users", user("eve", {{"active", false}}));
            auto const since = token(scim);
            scim.patch("/Users/" + ada, patch_op("replace", "active", false));
            scim.put("/Users/" + bob, user("bob")); // `active` has no value any more
            scim.patch("/Users/" + eve, patch_op("replace", "active", true));
            Reply const reply = changes(scim, since, by("active eq true"));
            BOOST_TEST(outline(reply) == "Delete " + ada + ", Delete " + bob + ", Update " + eve);
            BOOST_TEST(!reply.has("/Resources/0/data"));
            BOOST_TEST(outline(changes(scim, since, by("not (active eq true)"))) ==
                       "Update " + ada + ", Update " + bob + ", Delete " + eve);
        }
}

BOOST_AUTO_TEST_CASE(what_matches_no_more_than_before_is_not_told_of)
{
    ServiceFixture const scim{with_delta({})};
    auto const ada = scim.create("/Users", user("ada", {{"active", false}}));
    auto const since = token(scim);
    scim.patch("/Users/" + ada, patch_op("replace", "title", "Guide"));
    scim.create("/Users", user("bob", {{"active", false}}));
    BOOST_TEST(outline(changes(scim, since, by("active eq true"))) == "");
}

BOOST_AUTO_TEST_CASE(what_matched_for_a_while_only_is_told_as_deleted)
{
    ServiceFixture const scim{with_delta({})};
    auto const since = token(scim);
    auto const ada = scim.create("/Users", user("ada", {{"title", "Guide"}}));
    scim.patch("/Users/" + ada, patch_op("remove", "title"));
    BOOST_TEST(outline(changes(scim, since, by("title pr"))) == "Delete " + ada);
}

BOOST_AUTO_TEST_CASE(whoever_leaves_a_large_attribute_or_an_extension_ceases_to_match)
{
    ServiceFixture const scim{with_delta({})};
    auto const ada = scim.create(
        "/Users", user("ada", {{std::string{urn::enterprise_user}, json::object{{"department", "Tours"}}}}));
    auto const red = scim.create("/Groups", group("Red", {ada}));
    auto const since = token(scim, "");
    scim.patch("/Users/" + ada, patch_op("remove", std::string{urn::enterprise_user}));
    scim.patch("/Groups/" + red, patch_op("remove", "members[value eq \"" + ada + "\"]"));
    BOOST_TEST(outline(changes(scim, since, by(std::string{urn::enterprise_user} + ":department eq \"Tours\""))) ==
               "Delete " + ada);
    BOOST_TEST(outline(changes(scim, since, by("schemas eq \"" + std::string{urn::enterprise_user} + "\""))) ==
               "Delete " + ada);
    BOOST_TEST(outline(changes(scim, since, by("members.value eq \"" + ada + "\""), "/Groups")) == "Delete " + red);
}

BOOST_AUTO_TEST_CASE(a_time_is_another_one_with_each_change)
{
    ServiceFixture const scim{with_delta({})};
    auto const red = scim.create("/Groups", group("Red"));
    auto const ada = scim.create("/Users", user("ada"));
    auto const made = scim.get("/Users/" + ada).text("/meta/lastModified"); // later than that of the group
    auto const since = token(scim, "/Groups");
    scim.patch("/Groups/" + red, patch_op("add", "members", json::array{json::object{{"value", ada}}}));
    Reply const newer = changes(scim, since, by("meta.lastModified gt \"" + made + "\""), "/Groups");
    BOOST_TEST(newer.text("/Resources/0/data/displayName") == "Red", "whoever asks had no reason to have it");
    BOOST_TEST(outline(changes(scim, since, by("meta.lastModified le \"" + made + "\""), "/Groups")) ==
               "Delete " + red);
}

BOOST_AUTO_TEST_SUITE_END()
