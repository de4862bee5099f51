// One id for one change, whoever reads it.
#include "events_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace scimkit;
using namespace scimkit::test;

BOOST_FIXTURE_TEST_SUITE(change_ids, EventsFixture)

BOOST_AUTO_TEST_CASE(an_id_is_of_one_change_alone, *boost::unit_test::label("8417-2.2-c"))
{
    scim.create("/Users", user("ada"));
    scim.create("/Users", user("ben"));
    scim.del("/Users/id-1");
    std::vector<LoggedChange> changes;
    auto const read = [&](std::string_view tenant)
    {
        return store->change_log()
            ->read(tenant, {}, {}, 100, [&](LoggedChange&& one) { return changes.push_back(std::move(one)), true; })
            .has_value();
    };
    BOOST_TEST(read("a"));
    BOOST_REQUIRE(store->remove_tenant("a", {}).has_value());
    scim.create("/Users", user("ada"));
    BOOST_TEST(read("a"));
    BOOST_REQUIRE_EQUAL(changes.size(), 4U);
    if (store->traits().name != "postgresql") // which gives no position twice
        BOOST_TEST((changes.front().position == changes.back().position), "the case in question");
    std::set<std::string> ids;
    for (LoggedChange const& change : changes)
    {
        ids.insert(change_id(change));
        ids.insert(change_id(change, "another log"));
        BOOST_TEST(change_id(change) == change_id(LoggedChange{change}));
        BOOST_TEST(change_id(change).size() == 32U);
    }
    BOOST_TEST(ids.size() == 8U);
}

BOOST_AUTO_TEST_SUITE_END()
