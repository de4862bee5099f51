// Lists of any length, and what faulty servers make of them: never an endless loop, never a part taken for the whole.
#include <scimkit/memory/memory_store.hpp>
#include <scimkit/service/service.hpp>

#include "scripted.hpp"

using namespace scimkit;
using namespace scimkit::client;
using namespace scimkit::client::test;

BOOST_AUTO_TEST_SUITE(client_pages)

namespace
{

std::vector<std::string> ids(std::size_t from, std::size_t to)
{
    std::vector<std::string> all;
    for (auto i = from; i < to; ++i)
        all.push_back("u" + std::to_string(i));
    return all;
}

std::size_t parameter(std::string const& url, std::string const& name, std::size_t otherwise)
{
    auto const at = url.find(name + "=");
    return at == std::string::npos ? otherwise : std::stoul(url.substr(at + name.size() + 1));
}

/// A server of `size` users that pages by index, ten at most.
Scripted::Handler paged(std::size_t size)
{
    return [size](HttpRequest const& request)
    {
        auto const start = parameter(request.url, "startIndex", 1);
        auto const end = std::min(size + 1, start + 10);
        return answer(200, list(start < end ? ids(start, end) : ids(0, 0), std::to_string(size)));
    };
}

/// All of a list: how many came, and how it ended.
std::pair<std::size_t, std::optional<Failure>> read_all(Client const& client, PageMethod method = PageMethod::index)
{
    std::size_t count = 0;
    auto range = client.resources("/Users", {}, method);
    for (auto const& resource : range)
    {
        if (!resource)
            return {count, resource.error()};
        ++count;
    }
    BOOST_TEST(range.pages().complete());
    return {count, std::nullopt};
}

void expect_inconsistent(Scripted::Handler handler, std::size_t most_requests, PageMethod method = PageMethod::index)
{
    Scenario scenario{std::move(handler)};
    auto const [count, failure] = read_all(scenario.client, method);
    BOOST_REQUIRE(failure.has_value());
    BOOST_TEST((failure->kind == FailureKind::inconsistent), describe(*failure));
    BOOST_TEST(scenario.transport->requests.size() <= most_requests);
}

} // namespace

BOOST_AUTO_TEST_CASE(a_list_of_any_length_is_read_page_by_page)
{
    for (std::size_t const size : {0U, 1U, 9U, 10U, 11U, 95U, 100U})
    {
        Scenario scenario{paged(size)};
        auto const [count, failure] = read_all(scenario.client);
        BOOST_TEST(!failure.has_value());
        BOOST_TEST(count == size);
        BOOST_TEST(scenario.transport->requests.size() == std::max<std::size_t>(1, (size + 9) / 10));
    }
}

BOOST_AUTO_TEST_CASE(a_list_is_taken_up_where_it_was_left)
{
    Scenario scenario{paged(25)};
    auto first = scenario.client.pages("/Users");
    BOOST_REQUIRE(first.next());
    auto second = scenario.client.pages("/Users");
    second.resume(first.position());
    std::size_t count = 0;
    for (;;)
    {
        auto page = second.next();
        BOOST_REQUIRE(page);
        if (!*page)
            break;
        count += (*page)->resources.size();
    }
    BOOST_TEST(count == 15);
    BOOST_TEST(second.complete());
}

BOOST_AUTO_TEST_CASE(a_service_is_read_by_index_and_by_cursor, *boost::unit_test::label("9865-2-a"))
{
    auto const service = Service::create({.base_url = "https://scim.example.com/v2",
                                          .store = memory::make_store(),
                                          .authenticator = principal_required()});
    BOOST_REQUIRE(service);
    auto made = Client::create({.base_url = "https://scim.example.com/v2",
                                .transport = service_transport(*service, Principal{.subject = "test"})});
    BOOST_REQUIRE(made);
    for (int i = 0; i < 57; ++i)
        BOOST_REQUIRE(
            made->create("/Users", {{"schemas", json::array{urn::user}}, {"userName", "u" + std::to_string(i)}}));
    for (auto const method : {PageMethod::index, PageMethod::cursor})
    {
        std::size_t count = 0;
        for (auto const& user : made->resources("/Users", {.count = 10}, method))
        {
            BOOST_REQUIRE(user);
            ++count;
        }
        BOOST_TEST(count == 57);
    }
    BOOST_TEST(made->deviations().all().empty());
}

BOOST_AUTO_TEST_CASE(a_server_without_cursors_is_read_by_index_all_the_same)
{
    Scenario scenario{[](HttpRequest const& request)
                      {
                          auto const start = parameter(request.url, "startIndex", 1);
                          return answer(200, list(ids(start, std::min<std::size_t>(26, start + 10)), "25",
                                                  ",\"startIndex\":" + std::to_string(start)));
                      }};
    auto const [count, failure] = read_all(scenario.client, PageMethod::cursor);
    BOOST_TEST(!failure.has_value());
    BOOST_TEST(count == 25);
}

BOOST_AUTO_TEST_CASE(a_page_that_is_repeated_ends_the_list_with_a_fault)
{
    expect_inconsistent(in_turn({answer(200, list(ids(1, 11), "1000000"))}), 2);
}

BOOST_AUTO_TEST_CASE(pages_that_are_repeated_in_a_circle_end_the_list_with_a_fault)
{
    expect_inconsistent(
        [n = 0](HttpRequest const&) mutable
        {
            auto const start = static_cast<std::size_t>(n++ % 3 * 10);
            return answer(200, list(ids(start, start + 10), "1000000"));
        },
        5);
}

BOOST_AUTO_TEST_CASE(a_total_that_is_too_large_ends_the_list_with_a_fault)
{
    expect_inconsistent(
        [](HttpRequest const& request)
        {
            auto const start = parameter(request.url, "startIndex", 1);
            return answer(200, list(start < 21 ? ids(start, start + 10) : ids(0, 0), "30"));
        },
        3);
}

BOOST_AUTO_TEST_CASE(an_empty_list_that_announces_many_is_a_fault)
{
    expect_inconsistent(in_turn({answer(200, list({}, "18446744073709551615"))}), 1);
    expect_inconsistent(in_turn({answer(200, list({}, "7"))}), 1);
}

BOOST_AUTO_TEST_CASE(a_cursor_that_is_repeated_ends_the_list_with_a_fault)
{
    expect_inconsistent(
        [n = 0](HttpRequest const&) mutable
        {
            ++n;
            return answer(200, list(ids(static_cast<std::size_t>(n) * 10, static_cast<std::size_t>(n) * 10 + 10),
                                    "1000000", R"(,"nextCursor":"same")"));
        },
        3, PageMethod::cursor);
}

BOOST_AUTO_TEST_CASE(cursors_that_lead_on_for_ever_without_resources_end_at_a_limit)
{
    Scenario scenario{[n = 0](HttpRequest const&) mutable
                      { return answer(200, list({}, "5", R"(,"nextCursor":"c)" + std::to_string(++n) + "\"")); },
                      [](ClientOptions& options) { options.limits.max_pages = 50; }};
    auto const [count, failure] = read_all(scenario.client, PageMethod::cursor);
    BOOST_REQUIRE(failure.has_value());
    BOOST_TEST((failure->kind == FailureKind::inconsistent));
    BOOST_TEST(scenario.transport->requests.size() == 50);
    BOOST_TEST(scenario.met(Deviation::empty_page));
}

BOOST_AUTO_TEST_CASE(a_list_by_cursor_that_ends_too_early_is_a_fault)
{
    expect_inconsistent(
        [n = 0](HttpRequest const&) mutable
        { return answer(200, n++ == 0 ? list(ids(1, 11), "30", R"(,"nextCursor":"a")") : list({}, "30")); },
        2, PageMethod::cursor);
}

BOOST_AUTO_TEST_CASE(a_fault_in_the_middle_of_a_list_is_told_and_the_page_can_be_asked_for_again)
{
    Scenario scenario{[n = 0, good = paged(25)](HttpRequest const& request) mutable -> outcome<HttpResponse>
                      {
                          if (++n == 2)
                              return answer(400, "");
                          return good(request);
                      }};
    auto pages = scenario.client.pages("/Users");
    BOOST_TEST(pages.next().has_value());
    BOOST_TEST(!pages.next());
    BOOST_TEST(!pages.complete());
    std::size_t count = 10;
    for (auto page = pages.next(); page && *page; page = pages.next())
        count += (*page)->resources.size();
    BOOST_TEST(count == 25);
    BOOST_TEST(pages.complete());
}

BOOST_AUTO_TEST_CASE(a_page_that_a_strict_client_refuses_is_not_taken_for_one_that_came)
{
    Scenario scenario{in_turn({answer(200, list(ids(1, 11), "5")), answer(200, list(ids(1, 11), "15"))}),
                      [](ClientOptions& options) { options.tolerant = false; }};
    auto pages = scenario.client.pages("/Users");
    BOOST_TEST((pages.next().error().kind == FailureKind::malformed));
    auto const again = pages.next();
    BOOST_REQUIRE(again.has_value());
    BOOST_TEST((*again)->resources.size() == 10U);
    BOOST_TEST(pages.position().resources == 10U);
}

BOOST_AUTO_TEST_CASE(a_total_that_changes_or_is_too_small_is_told)
{
    Scenario scenario{in_turn({answer(200, list(ids(1, 11), "15")), answer(200, list(ids(11, 21), "12"))})};
    auto const [count, failure] = read_all(scenario.client);
    BOOST_TEST(!failure.has_value());
    BOOST_TEST(count == 20);
    BOOST_TEST(scenario.met(Deviation::total_changed));
    BOOST_TEST(scenario.met(Deviation::total_wrong));
}

BOOST_AUTO_TEST_CASE(where_full_pages_go_beyond_the_total_the_list_is_read_to_its_end)
{
    Scenario scenario{[](HttpRequest const& request)
                      {
                          auto const start = parameter(request.url, "startIndex", 1);
                          auto const end = std::min<std::size_t>(38, start + 10);
                          return answer(200, list(start < end ? ids(start, end) : ids(0, 0), "15"));
                      }};
    std::size_t count = 0;
    auto range = scenario.client.resources("/Users", {.count = 10});
    for (auto const& resource : range)
    {
        BOOST_REQUIRE(resource);
        ++count;
    }
    BOOST_TEST(count == 37);
    BOOST_TEST(range.pages().complete());
    BOOST_TEST(scenario.met(Deviation::total_wrong));
}

BOOST_AUTO_TEST_CASE(empty_pages_one_after_the_other_end_the_list_with_a_fault)
{
    auto const few = [](ClientOptions& options) { options.limits.max_empty_pages = 5; };
    Scenario scenario{[n = 0](HttpRequest const&) mutable
                      { return answer(200, list({}, "5", R"(,"nextCursor":"c)" + std::to_string(++n) + "\"")); },
                      few};
    auto const [count, failure] = read_all(scenario.client, PageMethod::cursor);
    BOOST_REQUIRE(failure.has_value());
    BOOST_TEST((failure->kind == FailureKind::inconsistent));
    BOOST_TEST(scenario.transport->requests.size() == 6U);
    Scenario now_and_then{[n = std::size_t{0}](HttpRequest const&) mutable
                          {
                              ++n;
                              auto const cursor = R"(,"nextCursor":"c)" + std::to_string(n) + "\"";
                              return answer(200, n == 40 ? list({}, "4")
                                                         : list(n % 10 == 0 ? ids(n, n + 1) : ids(0, 0), "3", cursor));
                          },
                          [](ClientOptions& options) { options.limits.max_empty_pages = 10; }};
    BOOST_TEST(read_all(now_and_then.client, PageMethod::cursor).first == 3);
}

BOOST_AUTO_TEST_CASE(a_list_without_a_total_ends_with_an_empty_page)
{
    Scenario scenario{in_turn({answer(200, list(ids(1, 11), "null")), answer(200, list(ids(11, 21), "null")),
                               answer(200, list({}, "null"))})};
    auto const [count, failure] = read_all(scenario.client);
    BOOST_TEST(!failure.has_value());
    BOOST_TEST(count == 20);
    BOOST_TEST(scenario.met(Deviation::total_missing));
}

BOOST_AUTO_TEST_CASE(a_page_with_too_many_resources_is_refused)
{
    Scenario scenario{in_turn({answer(200, list(ids(1, 11), "10"))}),
                      [](ClientOptions& options) { options.limits.max_resources_of_page = 9; }};
    auto const [count, failure] = read_all(scenario.client);
    BOOST_REQUIRE(failure.has_value());
    BOOST_TEST((failure->kind == FailureKind::too_large));
}

BOOST_AUTO_TEST_CASE(a_list_by_cursor_repeats_the_query_with_the_cursor_of_the_page_before,
                     *boost::unit_test::label("9865-2-n") * boost::unit_test::label("9865-2-u"))
{
    Scenario scenario{
        in_turn({answer(200, list(ids(0, 2), "4", ",\"nextCursor\":\"c-1\"")), answer(200, list(ids(2, 4), "4"))})};
    for (auto const& user : scenario.client.resources("/Users", {.filter = "title pr", .count = 2}, PageMethod::cursor))
        BOOST_TEST(user.has_value());
    auto const& sent = scenario.transport->requests;
    BOOST_REQUIRE(sent.size() == 2U);
    auto const at = sent[1].url.find("c-1");
    BOOST_REQUIRE(at != std::string::npos);
    BOOST_TEST(sent[0].url == std::string{sent[1].url}.erase(at, 3));
}

BOOST_AUTO_TEST_CASE(a_server_that_announces_no_sizes_may_give_small_pages_all_the_same,
                     *boost::unit_test::label("9865-2-g") * boost::unit_test::label("9865-4-i"))
{
    Scenario scenario{
        in_turn({answer(200, list(ids(0, 2), "5", ",\"nextCursor\":\"c-1\"")),
                 answer(200, list(ids(2, 3), "5", ",\"nextCursor\":\"c-2\"")), answer(200, list(ids(3, 5), "5"))})};
    std::size_t count = 0;
    for (auto const& user : scenario.client.resources("/Users", {.count = 100}, PageMethod::cursor))
        count += user ? 1U : 0U;
    BOOST_TEST(count == 5U);
}

BOOST_AUTO_TEST_SUITE_END()
