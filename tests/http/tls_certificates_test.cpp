// Certificates of a server: exchanged while it runs, near their end, and unusable ones.
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

BOOST_FIXTURE_TEST_SUITE(http_tls_certificates, TlsFiles)

BOOST_AUTO_TEST_CASE(certificates_are_exchanged_while_connections_stay)
{
    RunningServer server{server_options()};
    TlsClient before{server.server->port(), *this};
    before.handshake();

    auto const names = [&]
    {
        TlsClient client{server.server->port(), *this};
        client.stream().set_verify_mode(asio::ssl::verify_none);
        client.handshake();
        client.send(get("/healthz"));
        BOOST_TEST(client.receive().result_int() == 200);
        std::unique_ptr<X509, decltype(&X509_free)> const shown{
            SSL_get1_peer_certificate(client.stream().native_handle()), &X509_free};
        std::array<char, 64> name{};
        X509_NAME_get_text_by_NID(X509_get_subject_name(shown.get()), NID_commonName, name.data(), name.size());
        return std::string{name.data()};
    };
    BOOST_TEST(names() == "server");

    auto const copy = [&](std::string const& from, std::string const& to)
    { std::filesystem::copy_file(from, to, std::filesystem::copy_options::overwrite_existing); };
    copy(certificate("stranger"), certificate("server"));
    auto const half = server.server->reload_tls(); // the key is still the old one
    BOOST_REQUIRE(!half);
    BOOST_TEST((half.error().code == ErrorCode::invalid_value));
    BOOST_TEST(names() == "server");

    copy(key("stranger"), key("server"));
    BOOST_TEST(server.server->reload_tls().has_value());
    BOOST_TEST(names() == "stranger");

    before.send(get("/healthz"));
    BOOST_TEST(before.receive().result_int() == 200);
}

BOOST_AUTO_TEST_CASE(client_authorities_are_exchanged_too)
{
    auto const options = server_options_with_clients();
    RunningServer server{options};
    std::filesystem::copy_file(certificate("stranger"), certificate("client"),
                               std::filesystem::copy_options::overwrite_existing);
    BOOST_TEST(server.server->reload_tls().has_value());
    TlsClient client{server.server->port(), *this, "stranger"};
    client.handshake();
    client.send(get("/scim/v2/Users"));
    BOOST_TEST(client.receive().result_int() == 200);
}

BOOST_AUTO_TEST_CASE(certificates_are_exchanged_under_connections_that_come)
{
    RunningServer server{server_options()};
    std::atomic<bool> done{false};
    std::thread reloader{[&]
                         {
                             while (!done)
                                 BOOST_REQUIRE(server.server->reload_tls());
                         }};
    for (int i = 0; i < 20; ++i)
    {
        TlsClient client{server.server->port(), *this};
        client.handshake();
        client.send(get("/healthz"));
        BOOST_TEST(client.receive().result_int() == 200);
    }
    done = true;
    reloader.join();
}

BOOST_AUTO_TEST_CASE(without_tls_there_is_nothing_to_exchange)
{
    RunningServer server;
    BOOST_TEST(server.server->reload_tls().has_value());
    auto client = server.connect();
    client.send(get("/healthz"));
    BOOST_TEST(client.receive().result_int() == 200);
}

BOOST_AUTO_TEST_CASE(certificates_that_are_not_valid_now_or_soon_are_warned_of)
{
    make("old", -7200, -3600);
    make("early", 3600, 7200);
    make("ending", -3600, 24 * 3600);
    auto const log_of = [&](std::string const& name, std::string const& clients)
    {
        std::string log;
        http::ServerOptions options;
        options.tls = http::TlsOptions{certificate(name), key(name), clients.empty() ? "" : certificate(clients)};
        options.log = [&](LogLevel level, std::string_view message)
        {
            BOOST_TEST((level == LogLevel::warning));
            log.append(message).append("\n");
        };
        RunningServer const server{options};
        return log;
    };
    BOOST_TEST(log_of("server", "") == "");
    BOOST_TEST(log_of("server", "client") == "");
    BOOST_TEST(log_of("old", "").starts_with("The certificate of the server has expired on "));
    BOOST_TEST(log_of("early", "").starts_with("The certificate of the server is not valid before "));
    BOOST_TEST(log_of("ending", "").starts_with("The certificate of the server expires on "));
    BOOST_TEST(log_of("server", "old").starts_with("An authority of client certificates has expired on "));
}

BOOST_AUTO_TEST_CASE(unusable_certificates_and_keys_stop_the_start)
{
    auto const service = make_service();
    auto const start = [&](http::TlsOptions tls) { return http::Server::start({.tls = std::move(tls)}, service); };
    auto const garbage = file("garbage", "no PEM\n");

    for (auto const& tls :
         {http::TlsOptions{"/no/such/file", key("server")}, http::TlsOptions{certificate("server"), "/no/such/file"},
          http::TlsOptions{garbage, key("server")}, http::TlsOptions{certificate("server"), garbage},
          http::TlsOptions{certificate("server"), key("client")},
          http::TlsOptions{certificate("server"), key("server"), garbage}})
    {
        auto const server = start(tls);
        BOOST_REQUIRE(!server);
        BOOST_TEST((server.error().code == ErrorCode::invalid_value));
        BOOST_TEST(server.error().detail.find(".") != std::string::npos);
    }
}

BOOST_AUTO_TEST_SUITE_END()
