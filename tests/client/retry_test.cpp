// What is sent again, how often, and after how long; and what never is.
#include "scripted.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

#include <limits>

using namespace scimkit;
using namespace scimkit::client;
using namespace scimkit::client::test;

BOOST_AUTO_TEST_SUITE(client_retry)

namespace
{

Failure lost() { return {FailureKind::cut_off, {ErrorCode::unavailable, "cut off"}}; }
Failure never_sent() { return {FailureKind::unreachable, {ErrorCode::unavailable, "refused"}, 0, false}; }

std::string const user = R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1","userName":"ada"})";

} // namespace

BOOST_AUTO_TEST_CASE(a_read_is_repeated_until_the_server_answers)
{
    Scenario scenario{in_turn({answer(503, ""), lost(), never_sent(), answer(200, user)})};
    auto const read = scenario.client.get("/Users", "1");
    BOOST_REQUIRE(read);
    BOOST_TEST(read->id == "1");
    BOOST_TEST(scenario.transport->requests.size() == 4);
    BOOST_TEST(scenario.waits.size() == 3);
}

/// As the table of docs/client.md has it.
BOOST_AUTO_TEST_CASE(what_may_pass_is_asked_again)
{
    for (int const status : {408, 429, 500, 502, 503, 504, 507, 520, 599})
    {
        for (auto const* const method : {"GET", "HEAD", "PUT", "DELETE"})
        {
            Scenario scenario{in_turn({answer(status, ""), answer(200, user)})};
            auto const told = scenario.client.raw(method, "/Users/1");
            BOOST_REQUIRE(told);
            BOOST_TEST(told->status == 200, method << " " << status);
            BOOST_TEST(scenario.transport->requests.size() == 2);
        }
        for (auto const* const method : {"POST", "PATCH"})
        {
            Scenario scenario{in_turn({answer(status, ""), answer(200, user)})};
            BOOST_TEST(scenario.client.raw(method, "/Users/1", "{}").has_value());
            BOOST_TEST((scenario.transport->requests.size() == 2) == (status == 429), method << " " << status);
        }
    }
}

BOOST_AUTO_TEST_CASE(repetition_ends)
{
    Scenario scenario{in_turn({answer(503, "")})};
    auto const read = scenario.client.get("/Users", "1");
    BOOST_REQUIRE(!read);
    BOOST_TEST(read.error().status == 503);
    BOOST_TEST(scenario.transport->requests.size() == 5);
}

BOOST_AUTO_TEST_CASE(waits_grow_and_are_random_within_bounds)
{
    Scenario scenario{in_turn({answer(500, "")})};
    (void)scenario.client.get("/Users", "1");
    BOOST_REQUIRE(scenario.waits.size() == 4);
    for (std::size_t i = 0; i < 4; ++i)
    {
        auto const longest = std::chrono::milliseconds{500} * (1 << i);
        BOOST_TEST(scenario.waits[i].count() >= longest.count() / 2);
        BOOST_TEST(scenario.waits[i].count() <= longest.count());
    }
}

BOOST_AUTO_TEST_CASE(a_post_is_never_repeated_where_it_may_have_been_carried_out)
{
    std::vector<outcome<HttpResponse>> const unclear{answer(500, ""), answer(503, ""), answer(504, ""), lost(),
                                                     Failure{FailureKind::timed_out, {}}};
    for (auto const& first : unclear)
    {
        Scenario scenario{in_turn({first, answer(201, user)})};
        BOOST_TEST(!scenario.client.create("/Users", {{"userName", "ada"}}));
        BOOST_TEST(scenario.transport->requests.size() == 1);
        Scenario change{in_turn({first, answer(200, user)})};
        BOOST_TEST(!change.client.patch("/Users", "1", {}));
        BOOST_TEST(change.transport->requests.size() == 1);
    }
    Scenario post{in_turn({unclear[0]})};
    BOOST_TEST(!post.client.bulk({{"POST", "/Users", "a", {}, json::object{}}}));
    BOOST_TEST(post.transport->requests.size() == 1);
}

BOOST_AUTO_TEST_CASE(a_post_is_repeated_where_it_certainly_was_not_carried_out)
{
    Scenario scenario{in_turn({never_sent(), answer(429, "", {{"Retry-After", "7"}}), answer(201, user)})};
    BOOST_TEST(scenario.client.create("/Users", {{"userName", "ada"}}).has_value());
    BOOST_TEST(scenario.transport->requests.size() == 3);
    BOOST_TEST(scenario.waits.back().count() == 7'000);
}

BOOST_AUTO_TEST_CASE(a_conditional_write_is_not_repeated_where_it_may_have_been_carried_out)
{
    Scenario scenario{in_turn({lost(), answer(200, user)})};
    BOOST_TEST(!scenario.client.replace("/Users", "1", {}, "W/\"1\""));
    BOOST_TEST(scenario.transport->requests.size() == 1);
    BOOST_TEST(scenario.client.replace("/Users", "1", {}).has_value());
    Scenario raw{in_turn({lost(), answer(200, user)})};
    BOOST_TEST(!raw.client.raw("PUT", "/Users/1", "{}", {{"if-match", "W/\"1\""}}));
    BOOST_TEST(raw.transport->requests.size() == 1);
}

BOOST_AUTO_TEST_CASE(a_delete_whose_answer_was_lost_succeeds_when_the_resource_is_gone)
{
    Scenario scenario{in_turn({lost(), answer(404, "")})};
    BOOST_TEST(scenario.client.remove("/Users", "1").has_value());
    Scenario gone{in_turn({answer(404, "")})};
    auto const removed = gone.client.remove("/Users", "1");
    BOOST_REQUIRE(!removed);
    BOOST_TEST((removed.error().error.code == ErrorCode::not_found));
}

BOOST_AUTO_TEST_CASE(a_delete_of_what_was_not_there_fails_when_it_was_sent_again_because_nobody_heard_it)
{
    std::vector<outcome<HttpResponse>> const unheard{answer(401, ""), answer(429, ""), never_sent()};
    for (auto const& first : unheard)
    {
        Scenario scenario{in_turn({first, answer(404, "")}),
                          [](ClientOptions& options) { options.credentials = bearer(known("a-token")); }};
        auto const removed = scenario.client.remove("/Users", "1");
        BOOST_TEST(scenario.transport->requests.size() == 2);
        BOOST_REQUIRE(!removed);
        BOOST_TEST((removed.error().error.code == ErrorCode::not_found));
    }
}

BOOST_AUTO_TEST_CASE(what_the_server_refuses_for_good_is_asked_once)
{
    for (int const status : {400, 403, 404, 405, 409, 412, 413, 501})
    {
        Scenario scenario{in_turn({answer(status, "")})};
        auto const read = scenario.client.get("/Users", "1");
        BOOST_REQUIRE(!read);
        BOOST_TEST(read.error().status == status);
        BOOST_TEST(scenario.transport->requests.size() == 1);
    }
}

BOOST_AUTO_TEST_CASE(retry_after_may_be_a_date)
{
    Scenario scenario{
        in_turn({answer(503, "", {{"Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT"}}), answer(200, user)})};
    BOOST_TEST(scenario.client.get("/Users", "1").has_value());
    BOOST_TEST(scenario.waits.at(0).count() == 1'000); // it is over
}

BOOST_AUTO_TEST_CASE(a_server_that_wants_to_be_left_alone_for_long_is_not_waited_for)
{
    for (auto const* const header : {"3600", "99999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"})
    {
        Scenario scenario{in_turn({answer(429, "", {{"Retry-After", header}})})};
        auto const read = scenario.client.get("/Users", "1");
        BOOST_REQUIRE(!read);
        BOOST_TEST((read.error().error.code == ErrorCode::too_many_requests));
        BOOST_TEST(read.error().error.retry_after.count() >= 3600);
        BOOST_TEST(scenario.waits.empty());
    }
}

BOOST_AUTO_TEST_CASE(a_retry_after_that_says_nothing_is_no_wait_for_ever)
{
    for (auto const* const header :
         {"", "soon", "-1", "Sun, 99 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 XXX"})
    {
        Scenario scenario{in_turn({answer(503, "", {{"Retry-After", header}}), answer(200, user)})};
        BOOST_TEST(scenario.client.get("/Users", "1").has_value());
        BOOST_TEST(scenario.waits.at(0).count() <= 500);
    }
}

BOOST_AUTO_TEST_CASE(an_operation_with_all_its_waits_has_an_end)
{
    Scenario scenario{in_turn({answer(503, "", {{"Retry-After", "100"}})}), [](ClientOptions& options)
                      {
                          options.retry.max_attempts = 1'000;
                          options.limits.total_timeout = std::chrono::seconds{250};
                      }};
    BOOST_TEST(!scenario.client.get("/Users", "1"));
    BOOST_TEST(scenario.waits.size() == 2);
}

BOOST_AUTO_TEST_CASE(requests_are_spread_as_the_rate_says)
{
    Scenario scenario{in_turn({answer(200, user)}), [](ClientOptions& options) { options.requests_per_second = 0.1; }};
    for (int i = 0; i < 3; ++i)
        BOOST_TEST(scenario.client.get("/Users", "1").has_value());
    BOOST_REQUIRE(scenario.waits.size() == 2);
    BOOST_TEST(scenario.waits[0].count() > 9'000);
    BOOST_TEST(scenario.waits[1].count() > 19'000); // waiting was only remembered
}

BOOST_AUTO_TEST_CASE(a_rate_that_is_none_is_misuse)
{
    auto const transport = std::make_shared<Scripted>(in_turn({answer(200, user)}));
    auto const made = [&](double rate)
    {
        return Client::create(
            {.base_url = "https://scim.example.com/v2", .transport = transport, .requests_per_second = rate});
    };
    for (double const rate : {-1.0, -0.001, 1e-300, std::numeric_limits<double>::quiet_NaN()})
    {
        auto const client = made(rate);
        BOOST_REQUIRE_MESSAGE(!client, rate);
        BOOST_TEST((client.error().kind == FailureKind::misuse));
    }
    for (double const rate : {0.0, 0.1, 1e9, std::numeric_limits<double>::infinity()})
        BOOST_TEST(made(rate).has_value(), rate);
}

BOOST_AUTO_TEST_CASE(nothing_is_sent_once_it_is_given_up)
{
    std::atomic<bool> cancelled{true};
    Scenario scenario{in_turn({answer(200, user)}), [&](ClientOptions& options) { options.cancelled = &cancelled; }};
    auto const got = scenario.client.get("/Users", "1");
    BOOST_REQUIRE(!got);
    BOOST_TEST((got.error().kind == FailureKind::cancelled));
    BOOST_TEST(!got.error().sent);
    BOOST_TEST(scenario.transport->requests.empty());
}

BOOST_AUTO_TEST_SUITE_END()
