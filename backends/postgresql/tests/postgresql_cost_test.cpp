// What a request costs in round trips, counted from outside: behind a network they are what a request waits for.
#include <scimkit/filter/bind.hpp>
#include <scimkit/filter/filter.hpp>

#include "support/service_fixture.hpp"
#include "users.hpp"

#include <chrono>
#include <thread>

namespace scimkit
{

using namespace test;
using postgresql::open_store;

/// A service over one connection whose round trips are counted, with some users, and a group of one of them.
struct Counted
{
    Proxy proxy{cluster().port()};
    std::string schema = cluster().new_schema();
    ServiceFixture scim{{.store = open_store(through(proxy), {.schema = schema, .max_connections = 1}).value()}};
    std::string member = scim.create("/Users", user("member"));
    std::string lonely = scim.create("/Users", user("lonely"));
    std::string other = scim.create("/Users", user("other"));
    std::string group_id = scim.create("/Groups", group("all", {member}));

    /// So far, with what nobody waits for: the end of a transaction that has read.
    unsigned counted() const
    {
        auto const busy = [] // in a transaction, too, of which nobody has heard the end
        {
            return sql("select count(*) from pg_stat_activity where pid <> pg_backend_pid() and state <> 'idle' and "
                       "backend_type = 'client backend'") != "0";
        };
        auto const until = std::chrono::steady_clock::now() + std::chrono::seconds{20};
        while (busy() && std::chrono::steady_clock::now() < until)
            std::this_thread::sleep_for(std::chrono::milliseconds{5});
        std::this_thread::sleep_for(std::chrono::milliseconds{50}); // until the proxy has handed it on
        return proxy.round_trips();
    }
    /// Of the second time: the first one prepares statements.
    template <class Request>
    unsigned trips(Request const& request)
    {
        request();
        unsigned const before = counted();
        request();
        return counted() - before;
    }
    unsigned trips_of_get(std::string const& target, int size = -1)
    {
        return trips(
            [&]
            {
                auto const got = scim.get(target);
                BOOST_TEST(got.status == 200);
                if (size >= 0)
                    BOOST_TEST(got.number("/totalResults") == size);
            });
    }
};

BOOST_FIXTURE_TEST_SUITE(postgresql_cost, Counted)

BOOST_AUTO_TEST_CASE(a_user_in_no_group_is_one_round_trip) { BOOST_TEST(trips_of_get("/Users/" + lonely) == 1U); }

BOOST_AUTO_TEST_CASE(a_user_who_is_not_there_is_one_round_trip)
{
    BOOST_TEST(trips([&] { BOOST_TEST(scim.get("/Users/nobody").status == 404); }) == 1U);
}

BOOST_AUTO_TEST_CASE(a_user_in_a_group_is_a_transaction)
{
    // The user, its groups, what they are called, whether they are in others; and the end.
    BOOST_TEST(trips_of_get("/Users/" + member) == 5U);
    BOOST_TEST(trips_of_get("/Users/" + member + "?excludedAttributes=groups") == 1U);
}

BOOST_AUTO_TEST_CASE(a_filter_by_a_unique_attribute_is_one_round_trip)
{
    BOOST_TEST(trips_of_get(R"(/Users?filter=userName eq "LONELY")", 1) == 1U);
    BOOST_TEST(trips_of_get(R"(/Users?filter=userName eq "nobody")", 0) == 1U);
    BOOST_TEST(trips_of_get(R"(/Users?filter=userName eq "lonely"&startIndex=2)", 1) == 1U);
    BOOST_TEST(trips_of_get(R"(/Users?filter=id eq ")" + lonely + R"(")", 1) == 1U);
}

BOOST_AUTO_TEST_CASE(a_page_that_is_not_full_is_not_counted)
{
    // The page and the end of the transaction; a full one is counted between.
    std::string const lists = R"(/Users?excludedAttributes=groups&filter=userName ge "l")";
    BOOST_TEST(trips_of_get(lists, 3) == 2U);
    BOOST_TEST(trips_of_get(lists + "&startIndex=2", 3) == 2U);
    BOOST_TEST(trips_of_get(lists + "&startIndex=9", 3) == 3U);
    BOOST_TEST(trips_of_get(lists + "&count=2", 3) == 3U);
    BOOST_TEST(trips_of_get(lists + "&count=3", 3) == 2U);
    BOOST_TEST(trips_of_get(lists + "&count=0", 3) == 2U);
}

BOOST_AUTO_TEST_CASE(a_page_of_users_in_no_group_does_not_ask_for_groups)
{
    BOOST_TEST(trips_of_get(R"(/Users?filter=userName sw "lonely" or userName sw "other")", 2) == 2U);
}

BOOST_AUTO_TEST_CASE(one_member_comes_and_goes_in_three_round_trips)
{
    std::string const target = "/Groups/" + group_id;
    auto const add = patch_op("add", "members", json::array{json::object{{"value", lonely}}});
    auto const remove = patch_op("remove", "members[value eq \"" + lonely + "\"]");
    for (int turn = 0; turn < 3; ++turn)
    {
        unsigned const before = counted();
        BOOST_TEST(scim.patch(target, add).status == 204);
        unsigned const between = counted();
        BOOST_TEST(scim.patch(target, remove).status == 204);
        if (turn == 0)
            continue;
        BOOST_TEST(between - before == 3U); // the group and the member; the element; the commit
        BOOST_TEST(counted() - between == 3U);
    }
    BOOST_TEST(scim.get(target).size("/members") == 1);
}

BOOST_AUTO_TEST_CASE(groups_of_a_member_are_found_without_reading_their_members)
{
    ServiceFixture const direct{{.store = open_store(cluster().conninfo(), {.schema = schema}).value()}};
    json::array members;
    for (int i = 0; i < 5'000; ++i)
        members.push_back(json::object{{"value", std::string(60, 'x') + std::to_string(i)}});
    BOOST_REQUIRE(
        direct.patch("/Groups/" + group_id + "?excludedAttributes=members", patch_op("add", "members", members))
                .status /
            100 ==
        2);
    for (std::string const& filter : {"members.value eq \"" + member + "\"", "members[value eq \"" + member + "\"]"})
        trips_of_get("/Groups?excludedAttributes=members&filter=" + filter, 1);
    BOOST_TEST(proxy.longest_answer() < 100'000U);
}

BOOST_AUTO_TEST_CASE(a_read_that_was_overtaken_runs_again_and_has_one_snapshot)
{
    Users const users{open_store(cluster().conninfo(), {.schema = schema}).value()};
    Users const others{open_store(cluster().conninfo(), {.schema = schema}).value()};
    for (std::string const id : {"left", "right"})
        BOOST_REQUIRE(users.insert(users.make(id, id)));
    BOOST_REQUIRE(users.get("left")); // the number of the tenant is known
    auto const write_both = [&]
    {
        BOOST_TEST(others
                       .write(
                           [&](WriteTransaction& transaction) -> result<void>
                           {
                               for (std::string const id : {"left", "right"})
                               {
                                   Resource changed = others.make(id, id);
                                   changed.attributes["title"] = "changed";
                                   if (auto const done = transaction.replace(
                                           changed, {}, others.rules.facts_of(changed), LargeAttributes::keep, {});
                                       !done)
                                       return done.error();
                               }
                               return {};
                           })
                       .has_value());
    };
    int runs = 0;
    std::vector<bool> have_title;
    auto const read = users.store->read(*users.attachment, "tenant", {},
                                        [&](ReadTransaction& transaction) -> result<void>
                                        {
                                            have_title.clear();
                                            bool const is_first = runs++ == 0;
                                            for (std::string const id : {"left", "right"})
                                            {
                                                auto const got = transaction.get(users.type(), id, {.last = true});
                                                if (!got)
                                                    return got.error();
                                                have_title.push_back((*got)->attributes.contains("title"));
                                                if (is_first && id == "left")
                                                    std::thread{write_both}.join();
                                            }
                                            return {};
                                        });
    BOOST_TEST(read.has_value());
    BOOST_TEST(runs == 2);
    BOOST_TEST((have_title == std::vector{true, true}));
}

BOOST_AUTO_TEST_CASE(a_read_that_was_not_overtaken_runs_once)
{
    Users const users{open_store(cluster().conninfo(), {.schema = schema}).value()};
    BOOST_REQUIRE(users.insert(users.make("left", "left")));
    BOOST_REQUIRE(users.get("left"));
    int runs = 0;
    auto const read = users.store->read(
        *users.attachment, "tenant", {},
        [&](ReadTransaction& transaction) -> result<void>
        {
            ++runs;
            for (int i = 0; i < 3; ++i)
                if (auto const got = transaction.get(users.type(), "left", {.last = true}); !got || !*got)
                    return Error{ErrorCode::not_found, "It is not there."};
            return {};
        });
    BOOST_TEST(read.has_value());
    BOOST_TEST(runs == 1);
}

BOOST_AUTO_TEST_CASE(what_was_removed_in_a_transaction_may_come_again_in_it)
{
    Users const users{open_store(cluster().conninfo(), {.schema = schema}).value()};
    BOOST_REQUIRE(users.insert(users.make("again", "again")));
    auto const done = users.write(
        [&](WriteTransaction& transaction) -> result<void>
        {
            if (auto const got = transaction.get(users.type(), "again", {}); !got)
                return got.error();
            if (auto removed = transaction.remove(users.type(), "again", {}); !removed)
                return removed;
            Resource same = users.make("again", "again");
            auto const inserted = transaction.insert(same, users.rules.facts_of(same));
            return inserted ? result<void>{} : result<void>{inserted.error()};
        });
    BOOST_TEST(done.has_value());
    BOOST_TEST(users.get("again").value().has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace scimkit
