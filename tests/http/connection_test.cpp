// One connection, many requests: keep-alive, pipelining, and what a client may do to a connection.
#include "fixture.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <deque>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(http_connection)

BOOST_AUTO_TEST_CASE(a_connection_serves_one_request_after_the_other)
{
    RunningServer server;
    auto client = server.connect();
    for (int i = 0; i < 50; ++i)
    {
        client.send(get("/scim/v2/ServiceProviderConfig"));
        auto const response = client.receive();
        BOOST_TEST(response.result_int() == 200);
        BOOST_TEST(response.keep_alive());
        BOOST_TEST(response["Server"] == "scimkit");
        BOOST_TEST(response["Content-Type"] == "application/scim+json");
        BOOST_TEST(response["Date"].ends_with(" GMT"));
        BOOST_TEST(response["Date"].size() == 29U);
    }
}

BOOST_AUTO_TEST_CASE(requests_sent_ahead_are_answered_in_order_reads_and_writes_mixed)
{
    RunningServer server;
    auto client = server.connect();

    std::string burst;
    for (int i = 0; i < 10; ++i)
    {
        burst += post("/scim/v2/Users", user("user" + std::to_string(i)));
        burst += get("/scim/v2/Users/no-such-id-" + std::to_string(i));
    }
    client.send(burst);

    for (int i = 0; i < 10; ++i)
    {
        auto const created = client.receive();
        BOOST_TEST(created.result_int() == 201);
        BOOST_TEST(boost::json::parse(created.body()).at("userName").as_string() == "user" + std::to_string(i));
        BOOST_TEST(client.receive().result_int() == 404);
    }
}

BOOST_AUTO_TEST_CASE(more_requests_ahead_than_are_gathered_in_one_write_are_all_answered)
{
    RunningServer server{{.max_pipelined = 3}};
    auto client = server.connect();
    std::string burst;
    for (int i = 0; i < 20; ++i)
        burst += get(i % 2 == 0 ? "/healthz" : "/scim/v2/Schemas");
    client.send(burst);
    for (int i = 0; i < 20; ++i)
    {
        auto const response = client.receive();
        BOOST_TEST(response.result_int() == 200);
        BOOST_TEST((response.body() == "ok\n") == (i % 2 == 0));
    }
}

BOOST_AUTO_TEST_CASE(a_read_does_not_overtake_the_write_before_it)
{
    RunningServer server;
    auto client = server.connect();
    client.send(post("/scim/v2/Users", user("first")));
    auto const id = std::string{boost::json::parse(client.receive().body()).at("id").as_string()};

    std::string const gone = "DELETE /scim/v2/Users/" + id + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
                             std::string{token} + "\r\n\r\n";
    client.send(get("/scim/v2/Users/" + id) + gone + get("/scim/v2/Users/" + id));
    BOOST_TEST(client.receive().result_int() == 200);
    auto const removed = client.receive();
    BOOST_TEST(removed.result_int() == 204);
    BOOST_TEST(removed.count("Content-Length") == 0U);
    BOOST_TEST(client.receive().result_int() == 404);
}

BOOST_AUTO_TEST_CASE(a_request_may_come_in_two_pieces_split_anywhere)
{
    RunningServer server;
    auto client = server.connect();
    for (int i = 0; i < 3; ++i)
    {
        client.send(post("/scim/v2/Users", user("user" + std::to_string(i))));
        BOOST_TEST(client.receive().result_int() == 201);
    }
    auto const request =
        post("/scim/v2/Users/.search",
             R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"userName eq \"user1\""})");
    client.send(request);
    auto const unsplit = client.receive();
    BOOST_REQUIRE(unsplit.result_int() == 200);
    BOOST_REQUIRE(boost::json::parse(unsplit.body()).at("totalResults").as_int64() == 1);
    for (std::size_t at = 1; at < request.size(); ++at)
    {
        // The answer to a request in front shows that the first piece has been read alone.
        client.send(get("/healthz") + request.substr(0, at));
        BOOST_TEST(client.receive().body() == "ok\n");
        client.send(std::string_view{request}.substr(at));
        BOOST_TEST_CONTEXT("split after byte " << at)
        {
            auto const response = client.receive();
            BOOST_TEST(response.result_int() == 200);
            BOOST_TEST(response.keep_alive());
            BOOST_TEST(response.body() == unsplit.body());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_request_may_come_byte_by_byte)
{
    RunningServer server;
    auto client = server.connect();
    for (char const byte : post("/scim/v2/Users", user("bytes")))
        client.send({&byte, 1});
    BOOST_TEST(client.receive().result_int() == 201);
}

BOOST_AUTO_TEST_CASE(a_client_that_has_said_all_gets_its_answers)
{
    RunningServer server;
    auto client = server.connect();
    client.send(post("/scim/v2/Users", user("last words")) + get("/healthz"));
    client.half_close();
    BOOST_TEST(client.receive().result_int() == 201);
    BOOST_TEST(client.receive().result_int() == 200);
    BOOST_TEST(client.closed_by_server());
}

BOOST_AUTO_TEST_CASE(a_client_that_ends_within_a_request_is_told)
{
    RunningServer server;
    auto client = server.connect();
    client.send("GET /healthz HT");
    client.half_close();
    BOOST_TEST(client.receive().result_int() == 400);
    BOOST_TEST(client.closed_by_server());
}

BOOST_AUTO_TEST_CASE(connection_close_is_honoured)
{
    RunningServer server;
    auto client = server.connect();
    client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" + get("/healthz"));
    auto const response = client.receive();
    BOOST_TEST(response.result_int() == 200);
    BOOST_TEST(response["Connection"] == "close");
    BOOST_TEST(client.closed_by_server());
}

BOOST_AUTO_TEST_CASE(http_1_0_closes_unless_the_client_asks_to_stay)
{
    RunningServer server;
    auto client = server.connect();
    client.send("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    BOOST_TEST(client.receive()["Connection"] == "keep-alive");
    client.send("GET /healthz HTTP/1.0\r\n\r\n");
    BOOST_TEST(client.receive()["Connection"] == "close");
    BOOST_TEST(client.closed_by_server());
}

BOOST_AUTO_TEST_CASE(a_large_answer_arrives_whole)
{
    RunningServer server;
    auto client = server.connect();
    for (int i = 0; i < 200; ++i)
        client.send(post("/scim/v2/Users", user("user" + std::to_string(i))));
    for (int i = 0; i < 200; ++i)
        BOOST_TEST(client.receive().result_int() == 201);
    client.send(get("/scim/v2/Users?count=200") + get("/healthz"));
    auto const list = client.receive();
    BOOST_TEST(list.body().size() > 15'000U);
    BOOST_TEST(boost::json::parse(list.body()).at("Resources").as_array().size() == 200U);
    BOOST_TEST(client.receive().body() == "ok\n");
}

BOOST_AUTO_TEST_CASE(the_answer_to_head_has_no_body)
{
    RunningServer server;
    auto client = server.connect();
    client.send("HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n" + get("/healthz"));
    auto const health = client.receive(true);
    BOOST_TEST(health.result_int() == 200);
    BOOST_TEST(health["Content-Length"] == "3");
    BOOST_TEST(client.receive().body() == "ok\n"); // nothing lies between the answers

    for (auto const& [target, status] :
         {std::pair{"/scim/v2/Users", 200U}, {"/scim/v2/Users/nobody", 404U}, {"/scim/v2/Schemas", 200U}})
    {
        auto head = get(target);
        client.send(head);
        auto const whole = client.receive();
        BOOST_TEST(whole.result_int() == status);
        head.replace(0, 3, "HEAD");
        client.send(head + get("/healthz"));
        auto const answer = client.receive(true);
        BOOST_TEST(answer.result_int() == status);
        BOOST_TEST(answer.count("Content-Length") == 1U);
        BOOST_TEST(answer["Content-Length"] == std::to_string(whole.body().size()));
        BOOST_TEST(client.receive().body() == "ok\n");
    }
}

BOOST_AUTO_TEST_CASE(no_cache_keeps_an_answer_and_nobody_guesses_its_type)
{
    RunningServer server;
    auto client = server.connect();
    client.send(post("/scim/v2/Users", user("private")));
    auto const created = client.receive();
    auto const target = "/scim/v2/Users/" + std::string{boost::json::parse(created.body()).at("id").as_string()};
    client.send(get(target) + get("/scim/v2/Schemas") + get("/scim/v2/nothing"));
    for (unsigned const status : {200U, 200U, 404U})
    {
        auto const response = client.receive();
        BOOST_TEST(response.result_int() == status);
        BOOST_TEST(response["Cache-Control"] == "no-store");
        BOOST_TEST(response["X-Content-Type-Options"] == "nosniff");
    }
    // A client that has kept the tag may still ask whether something has changed.
    client.send("GET " + target + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + std::string{token} +
                "\r\nIf-None-Match: " + std::string{created["ETag"]} + "\r\n\r\n");
    auto const unchanged = client.receive();
    BOOST_TEST(unchanged.result_int() == 304);
    BOOST_TEST(unchanged["Cache-Control"] == "no-store");
}

BOOST_AUTO_TEST_CASE(healthz_needs_no_token_and_only_answers_get)
{
    RunningServer server;
    auto client = server.connect();
    client.send("GET /healthz?verbose HTTP/1.1\r\nHost: localhost\r\n\r\n");
    auto const health = client.receive();
    BOOST_TEST(health.result_int() == 200);
    BOOST_TEST(health["Content-Type"] == "text/plain");
    client.send(post("/healthz", "{}"));
    BOOST_TEST(client.receive().result_int() == 404);
}

BOOST_AUTO_TEST_CASE(many_connections_on_several_threads_each_get_their_own_answers)
{
    RunningServer server{{.io_threads = 3}};
    std::deque<Client> clients; // they do not move
    for (int i = 0; i < 12; ++i)
        clients.emplace_back(server.server->port());
    for (int round = 0; round < 5; ++round)
    {
        for (std::size_t i = 0; i < clients.size(); ++i)
            clients[i].send(post("/scim/v2/Users", user("u" + std::to_string(round) + "-" + std::to_string(i))));
        for (std::size_t i = 0; i < clients.size(); ++i)
        {
            auto const created = clients[i].receive();
            BOOST_TEST(boost::json::parse(created.body()).at("userName").as_string() ==
                       "u" + std::to_string(round) + "-" + std::to_string(i));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
