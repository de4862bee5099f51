// Which memberships there are: filters, pages, and that they are what the groups say, at the cost of what is shown.
#include <scimkit/kv/engine.hpp>

#include "group_memberships.hpp"
#include "kv/counting_engine.hpp"
#include "support/seed.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(group_memberships)

namespace
{

/// The pairs of all pages, one by one to the last, which have to be those on the way back from there.
std::string pages_there_and_back(ServiceFixture const& scim, std::string const& query)
{
    auto const joined = [](std::string const& a, std::string const& b)
    { return a.empty() || b.empty() ? a + b : a + " " + b; };
    std::string there;
    std::string last;
    std::string back;
    for (std::string cursor; cursor != "(none)";)
    {
        Reply const page = scim.get(std::string{query}.append("&cursor=").append(cursor));
        BOOST_REQUIRE(page.status == 200);
        there = joined(there, pairs(page));
        cursor = page.text("/nextCursor");
        last = page.text("/previousCursor");
        back = pairs(page);
    }
    while (last != "(none)")
    {
        Reply const page = scim.get(std::string{query}.append("&cursor=").append(last));
        BOOST_REQUIRE(page.status == 200);
        back = joined(pairs(page), back);
        last = page.text("/previousCursor");
        BOOST_TEST(page.has("/nextCursor")); // the way that one came
    }
    BOOST_TEST(back == there);
    return there;
}

/// Users, groups and what has become of them, step by step.
class Story
{
public:
    explicit Story(ServiceFixture const& scim)
        : scim_(scim)
    {
        for (int i = 0; i < 12; ++i)
            users_.push_back(scim.create("/Users", user("u" + std::to_string(i))));
        for (int i = 0; i < 5; ++i)
            groups_.push_back(scim.create("/Groups", group("G" + std::to_string(i))));
    }

    void step()
    {
        auto const& of = groups_[upto(groups_.size())];
        auto& who = users_[upto(users_.size())];
        auto const pair = of + ">" + who;
        bool const is_member = known_.contains(pair);
        switch (upto(7))
        {
        case 0:
            BOOST_TEST(scim_.post("/GroupMemberships", membership(of, who)).status == (is_member ? 409 : 201));
            known_.insert(pair);
            break;
        case 1:
            BOOST_TEST(scim_.del("/GroupMemberships/" + of + "." + who).status == (is_member ? 204 : 404));
            known_.erase(pair);
            break;
        case 2:
            scim_.patch("/Groups/" + of, patch_op("add", "members", json::array{json::object{{"value", who}}}));
            known_.insert(pair);
            break;
        case 3:
            scim_.patch("/Groups/" + of, patch_op("remove", "members[value eq \"" + who + "\"]"));
            known_.erase(pair);
            break;
        case 4:
            replace(of);
            break;
        case 5:
            BOOST_TEST(
                statuses(scim_.post("/Bulk", bulk({bulk_on("DELETE", "/GroupMemberships/" + of + "." + who),
                                                   bulk_post("/GroupMemberships", "m", membership(of, who))}))) ==
                (is_member ? "204 201" : "404 201"));
            known_.insert(pair);
            break;
        default: // somebody goes, and somebody else comes
            BOOST_TEST(scim_.del("/Users/" + who).status == 204);
            std::erase_if(known_, [&](std::string const& each) { return each.ends_with(">" + who); });
            who = scim_.create("/Users", user("n" + std::to_string(random_())));
        }
    }

    void check()
    {
        BOOST_TEST((walk("/GroupMemberships?") == known_));
        auto const& of = groups_[upto(groups_.size())];
        auto const& who = users_[upto(users_.size())];
        std::set<std::string> in;
        std::set<std::string> has;
        for (std::string const& pair : known_)
        {
            if (pair.starts_with(of + ">"))
                in.insert(pair);
            if (pair.ends_with(">" + who))
                has.insert(pair);
        }
        BOOST_TEST((walk(of_group(of) + "&") == in));
        BOOST_TEST((walk(of_member(who) + "&") == has));
        BOOST_TEST(scim_.get(of_group(of) + "&count=0").number("/totalResults") ==
                   static_cast<std::int64_t>(in.size()));
        BOOST_TEST(members(scim_, of).size() == in.size());
    }

private:
    std::size_t upto(std::size_t count) { return static_cast<std::size_t>(random_() % count); }

    void replace(std::string const& of)
    {
        std::vector<std::string> some;
        for (std::string const& each : users_)
            if (upto(3) == 0)
                some.push_back(each);
        BOOST_TEST(scim_.put("/Groups/" + of, group("G", some)).status == 200);
        std::erase_if(known_, [&](std::string const& pair) { return pair.starts_with(of + ">"); });
        for (std::string const& each : some)
            known_.insert(std::string{of}.append(">").append(each));
    }

    std::set<std::string> walk(std::string const& query)
    {
        auto const there = pages_there_and_back(scim_, query + "count=" + std::to_string(1 + upto(5)));
        auto const seen = set_of(there);
        BOOST_TEST(seen.size() ==
                   static_cast<std::size_t>(std::ranges::count(there, ' ')) + (there.empty() ? 0U : 1U)); // each once
        return seen;
    }

    ServiceFixture const& scim_;
    std::mt19937_64 random_{seed(1)};
    std::vector<std::string> users_{};
    std::vector<std::string> groups_{};
    std::set<std::string> known_{}; ///< "group>member"
};

} // namespace

BOOST_AUTO_TEST_CASE(they_are_listed_by_group_by_member_by_both_and_all)
{
    on_every_store(
        [](ServiceFixture const& scim, NamedStore const&)
        {
            std::vector<std::string> users;
            users.reserve(5);
            for (int i = 0; i < 5; ++i)
                users.push_back(scim.create("/Users", user("u" + std::to_string(i))));
            auto const red = scim.create("/Groups", group("Red", {users[0], users[1], users[2], users[3], users[4]}));
            auto const blue = scim.create("/Groups", group("Blue", {users[1], users[3]}));
            auto const empty = scim.create("/Groups", group("Empty"));
            auto const pair = [](std::string const& a, std::string const& b) { return a + ">" + b; };

            std::set<std::string> all;
            for (auto const& each : users)
                all.insert(pair(red, each));
            all.insert({pair(blue, users[1]), pair(blue, users[3])});
            Reply const everything = scim.get("/GroupMemberships");
            BOOST_TEST(everything.number("/totalResults") == 7);
            BOOST_TEST((set_of(pairs(everything)) == all));

            BOOST_TEST(
                (set_of(pairs(scim.get(of_group(blue)))) == std::set{pair(blue, users[1]), pair(blue, users[3])}));
            BOOST_TEST(pairs(scim.get(of_group(empty))).empty());
            BOOST_TEST(pairs(scim.get(of_group("nobody"))).empty());
            BOOST_TEST(
                (set_of(pairs(scim.get(of_member(users[1])))) == std::set{pair(blue, users[1]), pair(red, users[1])}));
            BOOST_TEST(pairs(scim.get(of_member("nobody"))).empty());
            auto const both = [&](std::string const& a, std::string const& b)
            { return "group.value eq \"" + a + "\" and member.value eq \"" + b + "\""; };
            BOOST_TEST(pairs(scim.get(list(both(blue, users[1])))) == pair(blue, users[1]));
            BOOST_TEST(pairs(scim.get(list(both(blue, users[0])))).empty());
            BOOST_TEST(scim.get(list(both(blue, users[1])) + "&count=0").number("/totalResults") == 1);
            BOOST_TEST(pairs(scim.get(list(both(blue, users[1]) + " and group.value eq \"" + red + "\""))).empty());

            // More than the two tests that cost nothing.
            BOOST_TEST((set_of(pairs(scim.get(list("not (group.value eq \"" + red + "\")")))) ==
                        std::set{pair(blue, users[1]), pair(blue, users[3])}));
            BOOST_TEST((set_of(pairs(scim.get(
                            list("group.value eq \"" + blue + "\" or member.value eq \"" + users[0] + "\"")))) ==
                        std::set{pair(blue, users[1]), pair(blue, users[3]), pair(red, users[0])}));
            Reply const some = scim.get(of_group(red) + " and member.value ne \"" + users[2] + "\"&count=2");
            BOOST_TEST(some.number("/totalResults") == 4);
            BOOST_TEST(some.size("/Resources") == 2);
            BOOST_TEST(pairs(scim.get(list("group eq \"" + blue + "\" and member eq \"" + users[3] + "\""))) ==
                       pair(blue, users[3]));
            BOOST_TEST(pairs(scim.get(list("member.$ref eq \"https://example.com/v2/Users/" + users[0] + "\""))) ==
                       pair(red, users[0]));
            BOOST_TEST(pairs(scim.get(list("meta.location eq \"https://example.com/v2/GroupMemberships/" + red + "." +
                                           users[4] + "\""))) == pair(red, users[4]));
        });
}

BOOST_AUTO_TEST_CASE(they_come_in_an_order_and_in_part_and_by_a_search)
{
    on_every_store(
        [](ServiceFixture const& scim, NamedStore const&)
        {
            std::vector<std::string> users;
            users.reserve(5);
            for (int i = 0; i < 5; ++i)
                users.push_back(scim.create("/Users", user("u" + std::to_string(i))));
            auto const red = scim.create("/Groups", group("Red", users));
            auto const blue = scim.create("/Groups", group("Blue", {users[1], users[3]}));
            auto const pair = [](std::string const& a, std::string const& b) { return a + ">" + b; };
            Reply const sorted = scim.get(of_group(red) + "&sortBy=member.value&sortOrder=descending&count=2");
            BOOST_TEST(pairs(sorted) == pair(red, users[4]) + " " + pair(red, users[3]));
            Reply const found =
                scim.post("/GroupMemberships/.search",
                          json::object{{"schemas", json::array{"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}},
                                       {"filter", "group.value eq \"" + blue + "\""},
                                       {"attributes", json::array{"member.value"}}});
            BOOST_TEST(found.number("/totalResults") == 2);
            BOOST_TEST(!found.has("/Resources/0/group"));
            BOOST_TEST(found.has("/Resources/0/member/value"));
            BOOST_TEST(!found.has("/Resources/0/member/type"));
        });
}

BOOST_AUTO_TEST_CASE(pages_by_index_and_by_cursor_have_each_once)
{
    on_every_store(
        [](ServiceFixture const& scim, NamedStore const&)
        {
            std::vector<std::string> ids;
            ids.reserve(7);
            for (int i = 0; i < 7; ++i)
                ids.push_back(scim.create("/Users", user("u" + std::to_string(i))));
            std::vector<std::string> groups{scim.create("/Groups", group("Empty"))};
            for (int i = 0; i < 3; ++i)
                groups.push_back(scim.create("/Groups", group("G" + std::to_string(i), ids)));

            for (std::string const& query :
                 {std::string{"/GroupMemberships?"}, of_group(groups[1]) + "&", of_member(ids[3]) + "&",
                  list("member.value ne \"" + ids[0] + "\"") + "&",
                  list("group.value eq \"" + groups[2] + "\" and member.value eq \"" + ids[2] + "\"") + "&"})
            {
                auto const whole = pairs(scim.get(query + "count=100"));
                auto const total = scim.get(query + "count=0").number("/totalResults");
                BOOST_TEST(static_cast<std::int64_t>(set_of(whole).size()) == total);
                std::string by_index;
                for (int start = 1; start <= total; start += 2)
                {
                    Reply const page = scim.get(query + "count=2&startIndex=" + std::to_string(start));
                    BOOST_TEST(page.number("/totalResults") == total);
                    by_index += (by_index.empty() ? "" : " ") + pairs(page);
                }
                BOOST_TEST(by_index == whole);
                BOOST_TEST(pages_there_and_back(scim, query + "count=2") == whole);
            }
        });
}

BOOST_AUTO_TEST_CASE(a_page_goes_on_though_members_came_and_went)
{
    on_every_store(
        [](ServiceFixture const& scim, NamedStore const&)
        {
            std::vector<std::string> ids;
            ids.reserve(6);
            for (int i = 0; i < 6; ++i)
                ids.push_back(scim.create("/Users", user("u" + std::to_string(i))));
            auto const red = scim.create("/Groups", group("Red", ids));
            Reply const first = scim.get(of_group(red) + "&count=2&cursor=");
            BOOST_TEST(pairs(first) == red + ">" + ids[0] + " " + red + ">" + ids[1]);
            BOOST_TEST(scim.del("/GroupMemberships/" + red + "." + ids[0]).status == 204);
            BOOST_TEST(scim.del("/GroupMemberships/" + red + "." + ids[1]).status == 204); // where the page ended
            BOOST_TEST(scim.del("/GroupMemberships/" + red + "." + ids[3]).status == 204);
            Reply const second = scim.get(of_group(red) + "&count=2&cursor=" + first.text("/nextCursor"));
            BOOST_TEST(pairs(second) == red + ">" + ids[2] + " " + red + ">" + ids[4]);
            // A cursor is of its query.
            BOOST_TEST(outcome(scim.get("/GroupMemberships?count=2&cursor=" + first.text("/nextCursor"))) ==
                       "400 invalidCursor");
        });
}

BOOST_AUTO_TEST_CASE(a_page_back_is_there_though_members_came_and_went)
{
    on_every_store(
        [](ServiceFixture const& scim, NamedStore const&)
        {
            std::vector<std::string> ids;
            ids.reserve(6);
            for (int i = 0; i < 6; ++i)
                ids.push_back(scim.create("/Users", user("u" + std::to_string(i))));
            auto const red = scim.create("/Groups", group("Red", ids));
            auto const page = [&](std::string const& cursor)
            { return scim.get(of_group(red) + "&count=2&cursor=" + cursor); };
            auto const pair = [&](std::size_t which) { return red + ">" + ids[which]; };
            Reply const second = page(page("").text("/nextCursor"));
            BOOST_TEST(scim.del("/GroupMemberships/" + red + "." + ids[2]).status == 204); // where it begins
            BOOST_TEST(scim.del("/GroupMemberships/" + red + "." + ids[0]).status == 204);
            Reply const first = page(second.text("/previousCursor"));
            BOOST_TEST(pairs(first) == pair(1));
            BOOST_TEST(!first.has("/previousCursor"));
            BOOST_TEST(pairs(page(first.text("/nextCursor"))) == pair(3) + " " + pair(4));
            BOOST_TEST(scim.del("/GroupMemberships/" + red + "." + ids[1]).status == 204);
            Reply const nothing = page(second.text("/previousCursor")); // and leads to what is left
            BOOST_TEST(pairs(nothing) == "");
            BOOST_TEST(pairs(page(nothing.text("/nextCursor"))) == pair(3) + " " + pair(4));
        });
}

BOOST_AUTO_TEST_CASE(a_large_group_is_gone_through_backward_a_piece_at_a_time)
{
    on_every_store(
        [](ServiceFixture const& scim, NamedStore const&)
        {
            std::vector<std::string> ids;
            ids.reserve(2'300);
            for (int i = 0; i < 2'300; ++i)
                ids.push_back("m-" + std::to_string(10'000 + i));
            scim.create("/Groups", group("Before", {ids[0]}));
            auto const large = scim.create("/Groups", group("Large", ids));
            scim.create("/Groups", group("Behind", {ids[7]}));
            auto const all = set_of(pages_there_and_back(scim, of_group(large) + "&count=700"));
            BOOST_TEST(all.size() == 2'300U);
            BOOST_TEST(set_of(pages_there_and_back(scim, "/GroupMemberships?count=700")).size() == 2'302U);
        });
}

BOOST_AUTO_TEST_CASE(whatever_happens_memberships_are_what_the_groups_say)
{
    on_every_store(
        [](ServiceFixture const& scim, NamedStore const&)
        {
            Story story{scim};
            for (int round = 0; round < 30; ++round)
            {
                for (int i = 0; i < 8; ++i)
                    story.step();
                story.check();
            }
        });
}

BOOST_AUTO_TEST_CASE(a_membership_costs_the_same_in_a_group_of_ten_and_of_a_hundred_thousand)
{
    auto const counts = std::make_shared<EngineCounts>();
    auto const store =
        kv::make_store(std::make_unique<CountingEngine>(std::shared_ptr<kv::Engine>{memory::make_engine()}, counts))
            .value();
    ServiceFixture const scim{{.store = store, .registry = with_memberships()}};
    auto const& types = scim.service.registry();
    auto const fill = [&](std::string const& id, int size)
    {
        json::array elements;
        for (int i = 0; i < size; ++i)
            elements.push_back(json::object{{"value", "m-" + std::to_string(1'000'000 + i)}, {"type", "User"}});
        scim.store_directly({.type = types.find_resource_type("Group"),
                             .id = id,
                             .attributes = {{"displayName", id}, {"members", std::move(elements)}}});
    };
    fill("small", 10);
    fill("large", 100'000);
    auto const ada = scim.create("/Users", user("ada"));
    auto const cost = [&](auto const& work)
    {
        auto const before = counts->all();
        work();
        return counts->all() - before;
    };
    auto const costs = [&](std::string const& id)
    {
        return std::vector{
            cost([&] { BOOST_TEST(scim.get(of_group(id) + "&count=5").size("/Resources") == 5); }),
            cost([&] { BOOST_TEST(scim.get(of_group(id) + "&count=5&cursor=").size("/Resources") == 5); }),
            cost([&] { BOOST_TEST(scim.post("/GroupMemberships", membership(id, ada)).status == 201); }),
            cost([&] { BOOST_TEST(scim.get("/GroupMemberships/" + id + "." + ada).status == 200); }),
            cost([&] { BOOST_TEST(scim.get(of_member(ada)).size("/Resources") == 1); }),
            cost([&] { BOOST_TEST(scim.del("/GroupMemberships/" + id + "." + ada).status == 204); })};
    };
    auto const small = costs("small");
    auto const large = costs("large");
    BOOST_TEST(small == large, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
