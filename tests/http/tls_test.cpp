// HTTPS: versions, client certificates, and the ends of connections.
#include "becomes.hpp"
#include "tls.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <thread>

using namespace scimkit;
using namespace scimkit::test;
using namespace std::chrono_literals;

BOOST_FIXTURE_TEST_SUITE(http_tls, TlsFiles)

BOOST_AUTO_TEST_CASE(requests_are_served_over_tls)
{
    RunningServer server{server_options()};
    TlsClient client{server.server->port(), *this};
    client.handshake();
    for (int i = 0; i < 5; ++i)
    {
        client.send(post("/scim/v2/Users", user("tls" + std::to_string(i))) + get("/healthz"));
        BOOST_TEST(client.receive().result_int() == 201);
        BOOST_TEST(client.receive().result_int() == 200);
    }
}

BOOST_AUTO_TEST_CASE(large_bodies_pass_both_ways)
{
    RunningServer server{server_options()};
    TlsClient client{server.server->port(), *this};
    client.handshake();
    auto body = user("large");
    body.insert(body.size() - 1,
                R"(,"title":")" + std::string(200'000, 't') + R"(","nickName":")" + std::string(200'000, 'n') + '"');
    client.send(post("/scim/v2/Users", body));
    auto const created = client.receive();
    BOOST_TEST(created.result_int() == 201);
    BOOST_TEST(created.body().size() > 400'000U);
}

BOOST_AUTO_TEST_CASE(tls_1_2_is_spoken_and_tls_1_1_is_not,
                     *boost::unit_test::label("7644-7.2-b") * boost::unit_test::label("interop-02-18"))
{
    RunningServer server{server_options()};
    {
        TlsClient client{server.server->port(), *this};
        SSL_set_max_proto_version(client.stream().native_handle(), TLS1_2_VERSION);
        client.handshake();
        client.send(get("/healthz"));
        BOOST_TEST(client.receive().result_int() == 200);
    }
    TlsClient client{server.server->port(), *this};
    SSL_set_min_proto_version(client.stream().native_handle(), TLS1_VERSION);
    SSL_set_max_proto_version(client.stream().native_handle(), TLS1_1_VERSION);
    SSL_set_security_level(client.stream().native_handle(), 0);
    BOOST_CHECK_THROW(client.handshake(), boost::system::system_error);
}

BOOST_AUTO_TEST_CASE(http_1_1_is_chosen_by_alpn)
{
    RunningServer server{server_options()};
    TlsClient client{server.server->port(), *this};
    static constexpr unsigned char offered[] = "\x02h2\x08http/1.1";
    SSL_set_alpn_protos(client.stream().native_handle(), offered, sizeof offered - 1);
    client.handshake();
    unsigned char const* chosen = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(client.stream().native_handle(), &chosen, &size);
    std::string_view const protocol{reinterpret_cast<char const*>(chosen), size};
    BOOST_TEST(protocol == "http/1.1");
}

BOOST_AUTO_TEST_CASE(a_closing_server_says_so_in_tls)
{
    RunningServer server{server_options()};
    TlsClient client{server.server->port(), *this};
    client.handshake();
    client.send("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    BOOST_TEST(client.receive().result_int() == 200);
    char byte = 0;
    boost::system::error_code error;
    client.stream().read_some(asio::buffer(&byte, 1), error);
    BOOST_TEST((error == asio::error::eof)); // not stream_truncated
}

BOOST_AUTO_TEST_CASE(half_a_request_over_tls_is_408)
{
    auto options = server_options();
    options.read_timeout = 200ms;
    RunningServer server{options};
    TlsClient client{server.server->port(), *this};
    client.handshake();
    client.send("GET /healthz HT");
    BOOST_TEST(client.receive().result_int() == 408);
}

BOOST_AUTO_TEST_CASE(a_client_that_does_not_shake_hands_is_dropped)
{
    auto options = server_options();
    options.handshake_timeout = 200ms;
    RunningServer server{options};
    auto client = server.connect();
    BOOST_TEST(client.closed_by_server());
}

BOOST_AUTO_TEST_CASE(plain_http_on_the_tls_port_is_logged_without_its_content)
{
    std::mutex mutex;
    std::string log;
    auto options = server_options();
    options.log = [&](LogLevel, std::string_view message)
    {
        std::lock_guard const lock{mutex};
        log += message;
    };
    {
        RunningServer server{options};
        auto client = server.connect();
        client.send(get("/scim/v2/Users"));
        client.half_close();
        BOOST_TEST(becomes(
            [&]
            {
                std::lock_guard const lock{mutex};
                return log.find("TLS handshake with 127.0.0.1 failed") != std::string::npos;
            }));
    }
    BOOST_TEST(log.find(token) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_subject_of_a_client_certificate_reaches_the_authenticator)
{
    auto options = server_options_with_clients();
    options.tls->client_certificates = http::ClientCertificates::optional;
    RunningServer server{options, service_for_certificates()};
    TlsClient known{server.server->port(), *this, "client"};
    known.handshake();
    known.send(get("/scim/v2/Users"));
    BOOST_TEST(known.receive().result_int() == 200);

    TlsClient anonymous{server.server->port(), *this};
    anonymous.handshake();
    anonymous.send(get("/scim/v2/Users"));
    BOOST_TEST(anonymous.receive().result_int() == 401);
}

BOOST_AUTO_TEST_CASE(a_certificate_of_another_authority_is_refused)
{
    RunningServer server{server_options_with_clients(), service_for_certificates()};
    TlsClient client{server.server->port(), *this, "stranger"};
    BOOST_CHECK_THROW(
        {
            client.handshake(); // in TLS 1.3 the client learns of it later
            client.send(get("/scim/v2/Users"));
            client.receive();
        },
        boost::system::system_error);
}

BOOST_AUTO_TEST_CASE(a_client_without_a_certificate_is_refused_where_authorities_are_named)
{
    auto options = server_options_with_clients();
    for (auto const version : {TLS1_2_VERSION, TLS1_3_VERSION})
    {
        RunningServer server{options};
        TlsClient anonymous{server.server->port(), *this};
        SSL_set_max_proto_version(anonymous.stream().native_handle(), version);
        BOOST_CHECK_THROW(
            {
                anonymous.handshake(); // in TLS 1.3 the client learns of it later
                anonymous.send(get("/healthz"));
                anonymous.receive();
            },
            boost::system::system_error);

        TlsClient known{server.server->port(), *this, "client"};
        known.handshake();
        known.send(get("/scim/v2/Users"));
        BOOST_TEST(known.receive().result_int() == 200);
    }
}

BOOST_AUTO_TEST_CASE(tls_1_2_needs_forward_secrecy_and_authenticated_encryption)
{
    RunningServer server{server_options()};
    auto const takes = [&](char const* ciphers)
    {
        TlsClient client{server.server->port(), *this};
        SSL_set_max_proto_version(client.stream().native_handle(), TLS1_2_VERSION);
        SSL_set_security_level(client.stream().native_handle(), 0);
        BOOST_REQUIRE(SSL_set_cipher_list(client.stream().native_handle(), ciphers) == 1);
        boost::system::error_code error;
        client.stream().handshake(asio::ssl::stream_base::client, error);
        return !error;
    };
    BOOST_TEST(takes("ECDHE-ECDSA-AES128-GCM-SHA256"));
    BOOST_TEST(takes("ECDHE-ECDSA-AES256-GCM-SHA384"));
    BOOST_TEST(takes("ECDHE-ECDSA-CHACHA20-POLY1305"));
    for (char const* weak : {"ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384", "ECDHE-ECDSA-AES128-CCM8",
                             "AES128-SHA", "AES256-GCM-SHA384", "DHE-RSA-AES128-GCM-SHA256", "AECDH-AES256-SHA"})
        BOOST_TEST(!takes(weak), weak);
}

BOOST_AUTO_TEST_SUITE_END()
