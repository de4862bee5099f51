// What is done on top of a store that does little itself.
#include <scimkit/filter/bind.hpp>
#include <scimkit/filter/filter.hpp>

#include "list_transaction.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace scimkit
{
namespace
{

using test::ListTransaction;

BOOST_FIXTURE_TEST_SUITE(run_query_over_any_store, test::ListFixture)

BOOST_AUTO_TEST_CASE(the_total_counts_all_matches_not_the_page,
                     *boost::unit_test::label("7644-3.4.2-b") * boost::unit_test::label("7644-3.4.2.4-c"))
{
    auto const page = run_query(transaction, query);
    BOOST_TEST(ids(page) == "123");
    BOOST_TEST((page->summary.total == 5U));
}

BOOST_AUTO_TEST_CASE(a_stream_ends_one_match_after_the_page_when_nobody_asks_for_a_total)
{
    query.total = TotalPolicy::none;
    auto const page = run_query(transaction, query);
    BOOST_TEST(ids(page) == "123");
    BOOST_TEST(!page->summary.total);
    BOOST_TEST(page->summary.next.has_value());
    BOOST_TEST(transaction.offered == 4U);
}

BOOST_AUTO_TEST_CASE(no_resources_but_a_total_when_the_limit_is_zero, *boost::unit_test::label("7644-3.4.2.4-f"))
{
    query.limit = 0;
    auto const page = run_query(transaction, query);
    BOOST_TEST(ids(page) == "");
    BOOST_TEST((page->summary.total == 5U));
    BOOST_TEST(!page->summary.next);
}

BOOST_AUTO_TEST_CASE(a_start_beyond_the_end_finds_nothing_and_does_not_overflow,
                     *boost::unit_test::label("7644-3.4.2.4-h") * boost::unit_test::label("7644-3.4.2.4-l"))
{
    query.skip = ~std::uint64_t{0};
    query.limit = ~std::uint64_t{0};
    BOOST_TEST(ids(run_query(transaction, query)) == "");
    source.sort = by("title");
    BOOST_TEST(ids(run_query(transaction, query)) == "");
}

BOOST_AUTO_TEST_CASE(ties_keep_ascending_ids_in_both_directions, *boost::unit_test::label("7644-3.4.2.3-j"))
{
    std::ranges::reverse(transaction.resources);
    for (bool const descending : {false, true})
    {
        source.sort = by("title", descending);
        BOOST_TEST(ids(run_query(transaction, query)) == "123");
    }
}

BOOST_AUTO_TEST_CASE(descending_order_is_reversed, *boost::unit_test::label("7644-3.4.2.3-c"))
{
    source.sort = by("userName", true);
    query.skip = 1;
    BOOST_TEST(ids(run_query(transaction, query)) == "432");
}

BOOST_AUTO_TEST_CASE(a_store_that_cannot_filter_is_not_walked_without_end)
{
    source.filter = &nothing;
    auto const page = run_query(transaction, query, {.max_scanned = 4});
    BOOST_TEST((page.error().code == ErrorCode::too_many));
    BOOST_TEST(transaction.offered == 5U);
    BOOST_TEST(run_query(transaction, query, {.max_scanned = 5}).has_value());
}

BOOST_AUTO_TEST_CASE(sorting_keeps_no_more_than_the_budget)
{
    source.sort = by("title");
    query.limit = 5;
    BOOST_TEST((run_query(transaction, query, {.max_sorted = 4}).error().code == ErrorCode::too_many));
    query.limit = 2;
    BOOST_TEST(ids(run_query(transaction, query, {.max_sorted = 4})) == "12", "a short page needs no more than itself");
}

BOOST_AUTO_TEST_CASE(a_store_that_pages_is_left_to_it)
{
    transaction.can = {.carries_out = CarriesOut::page, .total = true};
    transaction.resources.resize(2);
    transaction.summary = {.total = 77, .next = Cursor{0, "next", {}}};
    auto const page = run_query(transaction, query);
    BOOST_TEST(ids(page) == "12");
    BOOST_TEST((page->summary.total == 77U));
    BOOST_TEST(page->summary.next->id == "next");
    query.total = TotalPolicy::at_most(10);
    BOOST_TEST((run_query(transaction, query)->summary.total == 10U));
}

BOOST_AUTO_TEST_CASE(a_store_that_pages_but_does_not_count_is_asked_twice)
{
    transaction.can = {.carries_out = CarriesOut::page};
    transaction.resources.resize(3);
    auto const page = run_query(transaction, query);
    BOOST_TEST((page->summary.total == 3U));
    BOOST_TEST(transaction.queries == 2);
}

BOOST_AUTO_TEST_CASE(a_store_that_does_not_do_what_it_says_is_a_fault)
{
    transaction.can = {.carries_out = CarriesOut::page, .total = true};
    BOOST_TEST((run_query(transaction, query).error().code == ErrorCode::internal), "more than the limit");
    query.limit = 10;
    BOOST_TEST((run_query(transaction, query).error().code == ErrorCode::internal), "no total");
    transaction.can = {.carries_out = CarriesOut::nothing, .total = true};
    BOOST_TEST((run_query(transaction, query).error().code == ErrorCode::internal), "no total");
}

BOOST_AUTO_TEST_CASE(each_word_of_what_a_store_carries_out_gives_the_same_answer)
{
    BoundFilter const some = bind(parse_filter("title eq \"some\"").value(), user).value();
    source.filter = &some;
    for (char const* id : {"2", "3", "5"})
        std::ranges::find(transaction.resources, id, &Resource::id)->attributes["title"] = "some";
    auto const all = transaction.resources;
    query.limit = 2;
    for (CarriesOut const word : {CarriesOut::nothing, CarriesOut::superset, CarriesOut::matches, CarriesOut::ordered})
        for (bool const counts : {false, true})
        {
            transaction.can = {.carries_out = word, .total = counts};
            transaction.summary.total = counts ? std::optional<std::uint64_t>{3} : std::nullopt;
            transaction.resources = all;
            if (word == CarriesOut::superset)
                transaction.resources.erase(transaction.resources.begin());
            if (word >= CarriesOut::matches)
                std::erase_if(transaction.resources,
                              [](Resource const& one) { return one.id == "1" || one.id == "4"; });
            if (word == CarriesOut::ordered)
                std::ranges::reverse(transaction.resources);
            source.sort = by("userName", true);
            auto const page = run_query(transaction, query);
            BOOST_TEST(ids(page) == "53");
            BOOST_TEST((page->summary.total == 3U));
            BOOST_TEST((page->summary.next->id == "3"));
        }
}

BOOST_AUTO_TEST_CASE(a_total_is_counted_no_further_than_asked)
{
    query.limit = 1;
    query.total = TotalPolicy::at_most(3);
    BOOST_TEST((run_query(transaction, query)->summary.total == 3U));
    BOOST_TEST(transaction.offered == 3U, "and nothing is looked at beyond");
    query.total = TotalPolicy::at_most(9);
    BOOST_TEST((run_query(transaction, query)->summary.total == 5U));
}

BOOST_AUTO_TEST_CASE(the_deadline_of_the_call_ends_what_is_done_on_top_of_a_store)
{
    Resource const one = transaction.resources.front();
    transaction.resources.assign(5'000, one);
    auto const refused =
        run_query(transaction, query, {}, {.deadline = std::chrono::steady_clock::now() - std::chrono::seconds{1}});
    BOOST_REQUIRE(!refused.has_value());
    BOOST_TEST((refused.error().code == ErrorCode::too_many));
}

BOOST_AUTO_TEST_CASE(errors_of_the_store_pass_through)
{
    transaction.failure = Error{ErrorCode::unavailable, "gone"};
    BOOST_TEST((run_query(transaction, query).error().code == ErrorCode::unavailable));
    BOOST_TEST((run_query(transaction, Query{{}}).error().code == ErrorCode::internal));
    transaction.failure.reset();
    query.cursor = Cursor{1, "id", {}};
    BOOST_TEST((run_query(transaction, query).error().code == ErrorCode::invalid_cursor));
}

BOOST_AUTO_TEST_CASE(a_cursor_goes_on_where_the_page_ended_and_back)
{
    for (bool const sorted : {false, true})
    {
        query.cursor.reset();
        query.limit = 2;
        if (sorted)
            source.sort = by("userName", true);
        std::string all;
        for (int pages = 0; pages < 5; ++pages)
        {
            auto const page = run_query(transaction, query);
            all += ids(page);
            BOOST_TEST((page->summary.total == 5U));
            if (!page->summary.next)
                break;
            query.cursor = page->summary.next;
        }
        BOOST_TEST(all == (sorted ? "54321" : "12345"));
        query.backward = true;
        query.cursor.reset();
        std::string back;
        for (int pages = 0; pages < 5; ++pages)
        {
            auto const page = run_query(transaction, query);
            back = ids(page) + back;
            if (!page->summary.previous)
                break;
            query.cursor = page->summary.previous;
        }
        BOOST_TEST(back == all);
        query.backward = false;
    }
}

BOOST_AUTO_TEST_CASE(an_order_keeps_keys_of_large_resources_and_loads_the_page)
{
    for (Resource& resource : transaction.resources)
        resource.attributes["nickName"] = std::string(2 << 20, 'x');
    std::ranges::reverse(transaction.resources);
    source.sort = by("userName");
    query.skip = 1;
    query.limit = 3;
    auto const page = run_query(transaction, query);
    BOOST_TEST(ids(page) == "234");
    BOOST_TEST((page->summary.total == 5U));
    BOOST_TEST(transaction.gets == 3);
    for (Resource const& resource : page->resources)
        BOOST_TEST(resource.attributes.at("nickName").as_string().size() == 2U << 20);
}

BOOST_AUTO_TEST_CASE(small_resources_are_not_read_twice)
{
    source.sort = by("userName", true);
    BOOST_TEST(ids(run_query(transaction, query)) == "543");
    BOOST_TEST(transaction.gets == 0);
}

BOOST_AUTO_TEST_CASE(what_is_removed_before_the_page_is_loaded_is_left_out)
{
    // A store without snapshots: ListTransaction loses a resource between the stream and the page.
    struct Losing final : ReadTransaction
    {
        ListTransaction& inner;
        explicit Losing(ListTransaction& stream)
            : inner(stream)
        {
        }
        result<std::optional<Resource>> get(ResourceType const& type, std::string_view id,
                                            Wanted const& wanted) override
        {
            return id == "2" ? std::optional<Resource>{} : inner.get(type, id, wanted);
        }
        result<QuerySummary> query(Query const& asked, function_ref<bool(Resource&&)> sink) override
        {
            return inner.query(asked, sink);
        }
    } losing{transaction};
    for (Resource& resource : transaction.resources)
        resource.attributes["nickName"] = std::string(2 << 20, 'x');
    source.sort = by("userName");
    BOOST_TEST(ids(run_query(losing, query)) == "13");
}

BOOST_AUTO_TEST_CASE(the_bytes_of_an_order_are_limited)
{
    for (Resource& resource : transaction.resources)
        resource.attributes["title"] = std::string(10'000, 'x');
    source.sort = by("title");
    auto const refused = run_query(transaction, query, {.max_kept_bytes = 25'000});
    BOOST_REQUIRE(!refused.has_value());
    BOOST_TEST((refused.error().code == ErrorCode::too_many));
    BOOST_TEST(refused.error().detail.find("25000") != std::string::npos);
    BOOST_TEST(refused.error().detail.find("max_kept_bytes") != std::string::npos);
    BOOST_TEST(ids(run_query(transaction, query, {.max_kept_bytes = 100'000})) == "123");
}

BOOST_AUTO_TEST_CASE(what_is_kept_is_counted_as_it_comes_and_goes)
{
    // Short and long values take each other's place in the page again and again.
    transaction.resources.resize(1);
    for (std::size_t i = 1; i < 300; ++i)
    {
        Resource resource = transaction.resources.front();
        resource.id = std::string(i % 3 == 0 ? 200 : 1, 'a') + std::to_string(i * 7919 % 300 + 1'000);
        resource.attributes["title"] = std::string(1 + i * 2'741 % 3'000, static_cast<char>('a' + i * 31 % 26));
        transaction.resources.push_back(std::move(resource));
    }
    for (char const* name : {"title", "userName"})
        for (bool const descending : {false, true})
            for (std::uint64_t const limit : {1U, 3U, 20U})
            {
                source.sort = by(name, descending);
                query.limit = limit;
                auto const page = run_query(transaction, query, {.max_kept_bytes = 200'000});
                BOOST_REQUIRE_MESSAGE(page, page.error().detail);
                BOOST_TEST(page->resources.size() == limit);
            }
}

BOOST_AUTO_TEST_CASE(a_budget_ends_what_is_done_on_top_of_a_store)
{
    for (bool const sorted : {false, true})
    {
        source.sort.reset();
        if (sorted)
            source.sort = by("userName");
        Budget enough;
        BOOST_REQUIRE(run_query(transaction, query, {}, {.budget = &enough}).has_value());
        BOOST_TEST(enough.spent() > 5 * Budget::visit);
        Budget little{enough.spent() - 1, Budget::Clock::time_point::max()};
        auto const refused = run_query(transaction, query, {}, {.budget = &little});
        BOOST_REQUIRE(!refused.has_value());
        BOOST_TEST((refused.error().code == ErrorCode::too_many));
        BOOST_TEST(refused.error().detail.find("max_work") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(a_reader_of_the_page_may_stop_it_or_refuse)
{
    for (bool const sorted : {false, true})
    {
        source.sort.reset();
        if (sorted)
            source.sort = by("userName");
        int seen = 0;
        BOOST_TEST(stream_query(transaction, query, {}, {}, [&](Resource&&) -> result<bool> { return ++seen < 2; })
                       .has_value());
        BOOST_TEST(seen == 2);
        auto const refused = stream_query(transaction, query, {}, {},
                                          [](Resource&&) -> result<bool> {
                                              return Error{ErrorCode::payload_too_large, "no more"};
                                          });
        BOOST_REQUIRE(!refused.has_value());
        BOOST_TEST((refused.error().code == ErrorCode::payload_too_large));
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit
