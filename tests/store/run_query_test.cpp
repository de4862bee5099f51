#include <scimkit/schema/registry.hpp>
#include <scimkit/store/run_query.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace scimkit
{
namespace
{

/// A store's transaction that can do as much or as little as a test wants.
class ListTransaction final : public ReadTransaction
{
public:
    QueryCapability can{};
    std::vector<Resource> resources{};
    QuerySummary summary{};
    std::optional<Error> failure{};
    std::uint64_t offered = 0;
    int queries = 0;

    result<std::optional<Resource>> get(ResourceType const&, std::string_view, Wanted const&) override
    {
        return std::optional<Resource>{};
    }
    QueryCapability capability(Query const&) const override { return can; }
    result<QuerySummary> query(Query const&, function_ref<bool(Resource&&)> sink) override
    {
        ++queries;
        if (failure)
            return *failure;
        for (Resource const& resource : resources)
        {
            ++offered;
            if (!sink(Resource{resource}))
                break;
        }
        return summary;
    }
};

struct Fixture
{
    std::shared_ptr<SchemaRegistry const> registry = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    ResourceType const& user = *registry->find_resource_type("User");
    ListTransaction transaction;
    BoundFilter const everything = bind(parse_filter("userName pr").value(), user).value();
    BoundFilter const nothing = bind(parse_filter("userName eq \"nobody\"").value(), user).value();
    Query::Source source{&user, &everything};
    Query query{{&source, 1}};

    Fixture()
    {
        query.limit = 3;
        for (char const* id : {"1", "2", "3", "4", "5"})
        {
            Resource resource;
            resource.type = &user;
            resource.id = id;
            resource.attributes["userName"] = std::string{"name "} + id;
            resource.attributes["title"] = "same";
            transaction.resources.push_back(std::move(resource));
        }
    }

    std::string ids(result<Page> const& page)
    {
        BOOST_REQUIRE_MESSAGE(page, page.error().detail);
        std::string all;
        for (Resource const& resource : page->resources)
            all += resource.id;
        return all;
    }

    SortOrder by(std::string_view name, bool descending = false)
    {
        return {user.resolve({.name = std::string{name}}).value(), descending};
    }
};

BOOST_FIXTURE_TEST_SUITE(run_query_over_any_store, Fixture)

BOOST_AUTO_TEST_CASE(the_total_counts_all_matches_not_the_page,
                     *boost::unit_test::label("7644-3.4.2-b") * boost::unit_test::label("7644-3.4.2.4-c"))
{
    auto const page = run_query(transaction, query);
    BOOST_TEST(ids(page) == "123");
    BOOST_TEST((page->total == 5U));
}

BOOST_AUTO_TEST_CASE(a_stream_ends_one_match_after_the_page_when_nobody_asks_for_a_total)
{
    query.total = TotalPolicy::none;
    auto const page = run_query(transaction, query);
    BOOST_TEST(ids(page) == "123");
    BOOST_TEST(!page->total);
    BOOST_TEST(!page->next.empty());
    BOOST_TEST(transaction.offered == 4U);
}

BOOST_AUTO_TEST_CASE(no_resources_but_a_total_when_the_limit_is_zero, *boost::unit_test::label("7644-3.4.2.4-f"))
{
    query.limit = 0;
    auto const page = run_query(transaction, query);
    BOOST_TEST(ids(page) == "");
    BOOST_TEST((page->total == 5U));
    BOOST_TEST(page->next == "");
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
    transaction.can = {.filter = true, .sort = true, .page = true, .total = true};
    transaction.resources.resize(2);
    transaction.summary = {.total = 77, .next = "next"};
    auto const page = run_query(transaction, query);
    BOOST_TEST(ids(page) == "12");
    BOOST_TEST((page->total == 77U));
    BOOST_TEST(page->next == "next");
}

BOOST_AUTO_TEST_CASE(a_store_that_pages_but_does_not_count_is_asked_twice)
{
    transaction.can = {.filter = true, .sort = true, .page = true, .total = false};
    transaction.resources.resize(3);
    auto const page = run_query(transaction, query);
    BOOST_TEST((page->total == 3U));
    BOOST_TEST(transaction.queries == 2);
}

BOOST_AUTO_TEST_CASE(capabilities_that_contradict_themselves_are_faults)
{
    for (QueryCapability const can : {QueryCapability{.page = true}, QueryCapability{.total = true}})
    {
        transaction.can = can;
        BOOST_TEST((run_query(transaction, query).error().code == ErrorCode::internal));
    }
    source.sort = by("title");
    transaction.can = {.filter = true, .page = true};
    BOOST_TEST((run_query(transaction, query).error().code == ErrorCode::internal));
    transaction.can = {.filter = true, .sort = true, .page = true, .total = true};
    BOOST_TEST((run_query(transaction, query).error().code == ErrorCode::internal), "no total, more than the limit");
}

BOOST_AUTO_TEST_CASE(errors_of_the_store_pass_through)
{
    transaction.failure = Error{ErrorCode::unavailable, "gone"};
    BOOST_TEST((run_query(transaction, query).error().code == ErrorCode::unavailable));
    BOOST_TEST((run_query(transaction, Query{{}}).error().code == ErrorCode::internal));
    transaction.failure.reset();
    query.after = "nonsense";
    BOOST_TEST((run_query(transaction, query).error().code == ErrorCode::invalid_cursor));
}

BOOST_AUTO_TEST_CASE(a_position_continues_where_the_page_ended)
{
    for (bool const sorted : {false, true})
    {
        query.after.reset();
        query.limit = 2;
        if (sorted)
            source.sort = by("userName", true);
        std::string all;
        for (int pages = 0; pages < 5; ++pages)
        {
            auto const page = run_query(transaction, query);
            all += ids(page);
            BOOST_TEST((page->total == 5U));
            if (page->next.empty())
                break;
            query.after = page->next;
        }
        BOOST_TEST(all == (sorted ? "54321" : "12345"));
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit
