// That every walk over stored data is charged, and ends where its budget does.
#include "kv/legs.hpp"
#include "kv_fixture.hpp"

namespace scimkit::kv
{
namespace
{

constexpr std::uint64_t without_end = Budget::unlimited;

struct BudgetFixture : test::KvFixture
{
    BudgetFixture()
    {
        open();
        for (int i = 0; i < 300; ++i)
            insert(make(user(), "u" + std::to_string(1000 + i),
                        {{"userName", "name" + std::to_string(i)},
                         {"displayName", std::string(600, 'd') + std::to_string(i % 7)},
                         {"title", "title " + std::to_string(i)},
                         {"active", i % 2 == 0},
                         {"emails", {{{"value", std::to_string(i) + "@example.com"}}}}}));
        json::array elements;
        for (int i = 0; i < 300; ++i)
            elements.emplace_back(json::object{{"value", "m" + std::to_string(i)}, {"display", "Member"}});
        insert(make(group(), "g", {{"displayName", "group"}, {"members", elements}}));
    }

    /// What `body` does within a budget of `work`.
    result<void> within(std::uint64_t work, std::uint64_t& spent, function_ref<result<void>(ReadTransaction&)> body)
    {
        Budget budget{work, Budget::Clock::time_point::max()};
        CallContext const context{.budget = &budget};
        auto const done = store->read(*attachment, "tenant", context, body);
        spent = budget.spent();
        return done;
    }

    /// The work that `body` needs is enough; one unit less is refused, and so is any part of it.
    void needs_its_budget(std::string_view what, function_ref<result<void>(ReadTransaction&)> body)
    {
        BOOST_TEST_CONTEXT(what)
        {
            std::uint64_t needed = 0;
            BOOST_REQUIRE(within(without_end, needed, body).has_value());
            BOOST_TEST(needed > 300U, "each of the elements is charged");
            std::uint64_t spent = 0;
            BOOST_TEST(within(needed, spent, body).has_value());
            for (std::uint64_t const too_little : {needed - 1, needed / 2, needed / 10, std::uint64_t{1}})
            {
                auto const refused = within(too_little, spent, body);
                BOOST_REQUIRE_MESSAGE(!refused.has_value(), too_little << " of " << needed << " suffices");
                BOOST_TEST((refused.error().code == ErrorCode::too_many));
                BOOST_TEST(refused.error().detail.find("max_work") != std::string::npos);
                BOOST_TEST(spent <= too_little);
            }
        }
    }

    void query_needs_its_budget(std::string_view filter, ResourceType const& type, std::string_view sort = {},
                                std::uint64_t limit = 10)
    {
        auto const bound =
            filter.empty() ? BoundFilter{BoundConstant{true}} : bind(parse_filter(filter).value(), type).value();
        Query::Source source{&type, &bound};
        if (!sort.empty())
            source.sort = SortOrder{type.resolve(parse_attribute_path(sort).value()).value()};
        Query query{{&source, 1}};
        query.skip = 90; // nearer than the places that a store remembers
        query.limit = limit;
        needs_its_budget(std::string{filter} + "/" + std::string{sort},
                         [&](ReadTransaction& transaction) -> result<void>
                         {
                             auto const ran = transaction.query(query, [](Resource&&) { return true; });
                             return ran ? result<void>{} : result<void>{ran.error()};
                         });
    }

    std::uint64_t work_of(std::string_view filter)
    {
        auto const bound = bind(parse_filter(filter).value(), user()).value();
        Query::Source const source{&user(), &bound};
        Query query{{&source, 1}};
        query.limit = 1;
        std::uint64_t spent = 0;
        BOOST_REQUIRE(within(without_end, spent,
                             [&](ReadTransaction& transaction) -> result<void>
                             {
                                 auto const ran = transaction.query(query, [](Resource&&) { return true; });
                                 return ran ? result<void>{} : result<void>{ran.error()};
                             })
                          .has_value());
        return spent;
    }
};

std::string any_of(std::vector<std::string> const& tests)
{
    std::string filter;
    for (std::string const& test : tests)
        filter += (filter.empty() ? "" : " or ") + test;
    return filter;
}

BOOST_FIXTURE_TEST_SUITE(budgets, BudgetFixture)

BOOST_AUTO_TEST_CASE(every_walk_of_a_query_ends_with_its_budget)
{
    query_needs_its_budget("title co \"9\"", user());                          // a scan of records
    query_needs_its_budget("userName ge \"name\"", user());                    // ids brought into order
    query_needs_its_budget("userName sw \"name1\" or active eq true", user()); // several legs
    query_needs_its_budget("active eq true", user());                          // one leg in order
    query_needs_its_budget("active eq true", user(), {}, 0);                   // counting
    query_needs_its_budget("userName pr and active eq true", user());          // sampling, then tests
    query_needs_its_budget("", user(), "userName");                            // the order of an index
    query_needs_its_budget("", user(), "displayName");                         // values cut in their keys
    query_needs_its_budget("", user(), "title");                               // all, unordered
    query_needs_its_budget("members[display co \"nobody\"]", group());         // elements of one record
    query_needs_its_budget("emails[value co \"nobody\"]", user());
}

BOOST_AUTO_TEST_CASE(large_attributes_and_references_are_charged)
{
    needs_its_budget("a group with its members",
                     [&](ReadTransaction& transaction) -> result<void>
                     {
                         auto const found = transaction.get(group(), "g", wanted_all(group()));
                         return found ? result<void>{} : result<void>{found.error()};
                     });
    needs_its_budget("members, page by page",
                     [&](ReadTransaction& transaction)
                     {
                         return transaction.large_attributes()->read(group(), "g", members(), "", 500,
                                                                     [](json::object&&) { return true; });
                     });
    for (int i = 0; i < 30; ++i)
        insert(make(group(), "h" + std::to_string(i), {{"displayName", "h"}, {"members", {{{"value", "u1000"}}}}}));
    needs_its_budget(
        "the groups of a member", [&](ReadTransaction& transaction)
        { return transaction.large_attributes()->references_to("u1000", [](Reference const&) { return true; }); });
}

BOOST_AUTO_TEST_CASE(a_write_that_its_budget_ends_changes_nothing)
{
    Budget budget{20'000, Budget::Clock::time_point::max()};
    std::vector<json::object> elements;
    for (int i = 0; i < 1000; ++i)
        elements.push_back({{"value", "new" + std::to_string(i)}});
    auto const added = store->write(*attachment, "tenant", {.budget = &budget},
                                    [&](WriteTransaction& transaction) -> result<void>
                                    {
                                        auto const count =
                                            transaction.large_attributes()->add(group(), "g", members(), elements);
                                        return count ? result<void>{} : result<void>{count.error()};
                                    });
    BOOST_REQUIRE(!added.has_value());
    BOOST_TEST((added.error().code == ErrorCode::too_many));
    BOOST_TEST(get(group(), "g")->attributes.at("members").as_array().size() == 300U);
}

BOOST_AUTO_TEST_CASE(a_walk_is_given_up_with_its_caller)
{
    std::atomic<bool> const gone{true};
    Budget budget{without_end, Budget::Clock::time_point::max(), &gone};
    auto const read = store->read(*attachment, "tenant", {.budget = &budget},
                                  [&](ReadTransaction& transaction) -> result<void>
                                  {
                                      auto const found = transaction.get(user(), "u1000", {});
                                      return found ? result<void>{} : result<void>{found.error()};
                                  });
    BOOST_REQUIRE(!read.has_value());
    BOOST_TEST((read.error().code == ErrorCode::unavailable));
}

BOOST_AUTO_TEST_CASE(what_is_asked_twice_is_walked_once)
{
    auto const once = [&](std::string const& test) { return work_of(test); };
    // Beside the walk only the choosing of the plan may cost more.
    for (std::string const& test : {std::string{"userName ge \"\""}, std::string{"userName sw \"name1\""},
                                    std::string{"displayName eq \"x\""}, std::string{"userName pr"}})
        BOOST_TEST(work_of(any_of(std::vector<std::string>(200, test))) == once(test), test);
}

BOOST_AUTO_TEST_CASE(what_lies_within_another_leg_is_not_walked)
{
    std::uint64_t const all = work_of("userName ge \"\"");
    std::vector<std::string> tests{"userName ge \"\""};
    for (int i = 0; i < 100; ++i)
    {
        tests.push_back("userName ge \"name" + std::to_string(i) + "\"");
        tests.push_back("userName sw \"name" + std::to_string(i) + "\"");
        tests.push_back("userName lt \"name" + std::to_string(i) + "\"");
    }
    BOOST_TEST(work_of(any_of(tests)) == all);
    std::ranges::reverse(tests);
    BOOST_TEST(work_of(any_of(tests)) == all);
}

BOOST_AUTO_TEST_CASE(joined_legs_find_what_each_of_them_finds)
{
    auto const total = [&](std::string const& filter) { return *find(filter, user(), 1000).summary.total; };
    BOOST_TEST(total("userName lt \"name2\" or userName ge \"name2\"") == 300U);
    BOOST_TEST(total("userName lt \"name2\" or userName gt \"name2\"") == 299U);
    BOOST_TEST(total("userName lt \"name2\" or userName eq \"name2\"") == total("userName le \"name2\""));
    BOOST_TEST(total("userName sw \"name1\" or userName sw \"name12\" or userName sw \"name2\"") ==
               total("userName sw \"name1\"") + total("userName sw \"name2\""));
    BOOST_TEST(total("emails.value eq \"7@example.com\" or emails.value sw \"7@\" or emails.value sw \"7\"") ==
               total("emails.value sw \"7\""));
    BOOST_TEST(total("userName sw \"name1\" or displayName sw \"d\"") == 300U);
    BOOST_TEST(total("emails.value eq \"7@example.com\" or emails.value eq \"8@example.com\"") == 2U);
}

BOOST_AUTO_TEST_CASE(legs_without_repetitions_have_no_key_in_common)
{
    auto const range = [](std::string first, std::string last)
    { return Leg{.kind = Leg::Kind::range, .first = std::move(first), .last = std::move(last), .index_size = 1}; };
    auto const value = [](std::string first) { return Leg{.kind = Leg::Kind::value, .first = std::move(first)}; };
    auto const id = [](std::string first) { return Leg{.kind = Leg::Kind::id, .first = std::move(first)}; };

    auto legs = without_repetitions({range("ic", "ie"), id("1"), value("id"), range("ia", "ic"), id("1"), id("2"),
                                     value("ix"), value("ix"), range("jb", "jd"), range("ib", "id")});
    BOOST_REQUIRE(legs.size() == 5U);
    BOOST_TEST(legs[0].first == "ia");
    BOOST_TEST(legs[0].last == "ie");
    BOOST_TEST(legs[1].first == "ix");
    BOOST_TEST((legs[1].kind == Leg::Kind::value));
    BOOST_TEST(legs[2].first == "jb");
    BOOST_TEST(legs[3].first == "1");
    BOOST_TEST(legs[4].first == "2");

    // A range that begins within the entries of a value takes it over.
    legs = without_repetitions({value("ia"), range("iab", "id")});
    BOOST_REQUIRE(legs.size() == 1U);
    BOOST_TEST((legs[0].kind == Leg::Kind::range));
    BOOST_TEST(legs[0].first == "ia");
    BOOST_TEST(legs[0].last == "id");
    BOOST_TEST(legs[0].index_size == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit::kv
