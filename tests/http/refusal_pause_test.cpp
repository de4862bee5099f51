// Whoever asks too often waits for the refusal, and nobody else does (RFC 6585 section 4).
#include <scimkit/security/gate.hpp>

#include "fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(refusal_pause)

namespace
{

std::string const other_token(48, 'o');

/// One request for each credential, and then one in a quarter of an hour.
Service make_limited_service()
{
    std::vector<TokenRecord> known{make_token_record(token, {.subject = "tester"}).value(),
                                   make_token_record(other_token, {.subject = "other"}).value()};
    auto limited =
        gate(bearer_authenticator(std::move(known)), {.per_credential = Rate{.per_second = 0.001, .burst = 1}});
    return Service::create({.base_url = "https://example.com/scim/v2",
                            .store = memory::make_store(),
                            .authenticator = std::move(limited)})
        .value();
}

std::string post_user() { return post("/scim/v2/Users", R"({"userName":"ada"})"); }

} // namespace

BOOST_AUTO_TEST_CASE(a_429_waits_and_nothing_further_of_its_connection_is_answered_before_it)
{
    RunningServer server{{.refusal_pause = 400ms}, make_limited_service()};
    auto client = server.connect();
    client.send(get("/scim/v2/Users"));
    BOOST_TEST(client.receive().result_int() == 200);
    client.send(get("/scim/v2/Users") + get("/scim/v2/ServiceProviderConfig") + get("/healthz"));
    BOOST_TEST(client.silent_for(300ms));
    BOOST_TEST(client.receive().result_int() == 429);
    BOOST_TEST(client.receive().result_int() == 429);
    BOOST_TEST(client.receive().result_int() == 200);
}

BOOST_AUTO_TEST_CASE(a_429_before_the_body_waits_too)
{
    RunningServer server{{.refusal_pause = 400ms}, make_limited_service()};
    auto client = server.connect();
    client.send(post_user());
    BOOST_TEST(client.receive().result_int() == 201);
    client.send(post_user());
    BOOST_TEST(client.silent_for(300ms));
    BOOST_TEST(client.receive().result_int() == 429);
}

BOOST_AUTO_TEST_CASE(others_are_answered_while_one_waits)
{
    RunningServer server{{.io_threads = 1, .refusal_pause = 60s}, make_limited_service()};
    auto client = server.connect();
    client.send(get("/scim/v2/Users") + get("/scim/v2/Users"));
    auto other = server.connect();
    other.send("GET /scim/v2/Users HTTP/1.1\r\nHost: example.com\r\nAuthorization: Bearer " + other_token + "\r\n\r\n");
    BOOST_TEST(other.receive().result_int() == 200);
}

BOOST_AUTO_TEST_CASE(a_server_that_stops_waits_for_no_pause)
{
    RunningServer server{{.refusal_pause = 60s}, make_limited_service()};
    auto client = server.connect();
    client.send(get("/scim/v2/Users"));
    BOOST_TEST(client.receive().result_int() == 200);
    client.send(get("/scim/v2/Users"));
    BOOST_TEST(client.silent_for(100ms));
    auto const begun = std::chrono::steady_clock::now();
    server.server->stop(30s);
    BOOST_TEST((std::chrono::steady_clock::now() - begun < 20s));
    BOOST_TEST(client.receive().result_int() == 429);
}

BOOST_AUTO_TEST_CASE(a_client_that_waits_is_the_first_to_go_when_the_house_is_full)
{
    RunningServer server{{.max_connections = 2, .refusal_pause = 60s}, make_limited_service()};
    auto client = server.connect();
    client.send(get("/scim/v2/Users"));
    BOOST_TEST(client.receive().result_int() == 200);
    client.send(get("/scim/v2/Users"));
    BOOST_TEST(client.silent_for(50ms));
    auto second = server.connect();
    second.send(get("/healthz"));
    BOOST_TEST(second.receive().result_int() == 200);
    auto third = server.connect();
    third.send(get("/healthz"));
    BOOST_TEST(third.receive().result_int() == 200);
    BOOST_TEST(client.closed_by_server());
}

BOOST_AUTO_TEST_CASE(without_a_pause_a_429_is_sent_at_once)
{
    RunningServer server{{.refusal_pause = 0ms}, make_limited_service()};
    auto client = server.connect();
    client.send(get("/scim/v2/Users") + get("/scim/v2/Users"));
    BOOST_TEST(client.receive().result_int() == 200);
    BOOST_TEST(client.receive().result_int() == 429);
}

BOOST_AUTO_TEST_SUITE_END()
