// What scimkit-server is given by others beside its options: descriptors, signals, files with permissions.
#include <scimkit/core/json.hpp>

#include "certificates.hpp"
#include "sample_server.hpp"

#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/json/parse.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <csignal>
#include <fstream>

using namespace scimkit;
using namespace scimkit::test;

namespace asio = boost::asio;

BOOST_AUTO_TEST_SUITE(sample_server_signals)

namespace
{

constexpr std::string_view second_token = "another-token-of-the-tests";

int status_with(Client& client, std::string_view bearer)
{
    client.send("GET /scim/v2/Users HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + std::string{bearer} + "\r\n\r\n");
    return static_cast<int>(client.receive().result_int());
}

struct Files : Directory
{
    Files() { std::filesystem::permissions(path, std::filesystem::perms::owner_all); }

    std::string secret(std::string const& name, std::string const& content) const
    {
        auto const made = file(name, content);
        permit(made, 0600);
        return made;
    }
    static void permit(std::string const& name, unsigned mode)
    {
        std::filesystem::permissions(name, static_cast<std::filesystem::perms>(mode));
    }
};

struct TlsFiles : Files, Certificates
{
    TlsFiles()
    {
        make("server");
        make("other");
    }
    using Certificates::file;

    Arguments arguments(Arguments const& more = {}) const
    {
        Arguments all{"--tls-cert", certificate("server"), "--tls-key", key("server"), "--log-file", log()};
        all.insert(all.end(), more.begin(), more.end());
        return good(all);
    }
    std::string log() const { return (path / "log").string(); }
};

/// The CN of the certificate that the server shows, after a request over TLS; "refused" if there is no answer.
std::string served_name(std::uint16_t port, std::string const& certificate = {}, std::string const& key = {})
{
    asio::io_context context;
    asio::ssl::context tls{asio::ssl::context::tls_client};
    if (!certificate.empty())
    {
        tls.use_certificate_file(certificate, asio::ssl::context::pem);
        tls.use_private_key_file(key, asio::ssl::context::pem);
    }
    asio::ssl::stream<asio::ip::tcp::socket> stream{context, tls};
    stream.next_layer().connect({asio::ip::address_v4::loopback(), port});
    try
    {
        stream.handshake(asio::ssl::stream_base::client);
        asio::write(stream, asio::buffer(get("/healthz")));
        boost::beast::flat_buffer buffer;
        HttpResponse response;
        boost::beast::http::read(stream, buffer, response);
    }
    catch (boost::system::system_error const&)
    {
        return "refused";
    }
    std::array<char, 64> name{};
    std::unique_ptr<X509, decltype(&X509_free)> const shown{SSL_get1_peer_certificate(stream.native_handle()),
                                                            &X509_free};
    X509_NAME_get_text_by_NID(X509_get_subject_name(shown.get()), NID_commonName, name.data(), name.size());
    return name.data();
}

void copy(std::string const& from, std::string const& to)
{
    std::filesystem::copy_file(from, to, std::filesystem::copy_options::overwrite_existing);
}

} // namespace

#ifdef SCIMKIT_SERVER_LMDB
/// Which of 0, 1 and 2 the server is started without.
BOOST_DATA_TEST_CASE_F(Files, closed_standard_descriptors_become_no_file_of_the_database,
                       boost::unit_test::data::xrange(1U, 8U), closed)
{
    auto const store = "lmdb:" + (path / "data").string();
    std::vector<std::string> created;
    {
        auto const port = free_port();
        Process server{
            command({"--listen", "127.0.0.1:" + std::to_string(port), "--store", store, "--token", std::string{token}}),
            {},
            closed};
        auto client = connect_when_ready(port);
        for (int number = 0; number < 3; ++number)
        {
            auto const link = "/proc/" + std::to_string(server.id()) + "/fd/" + std::to_string(number);
            if (closed & (1U << number))
                BOOST_TEST(std::filesystem::read_symlink(link) == "/dev/null");
        }
        for (int i = 0; i < 10; ++i)
        {
            client.send(post("/scim/v2/Users", user("user" + std::to_string(i))));
            auto const answer = client.receive();
            BOOST_REQUIRE(answer.result_int() == 201);
            created.emplace_back(boost::json::parse(answer.body()).at("id").as_string());
        }
        client.socket().close();
        server.signal(SIGTERM);
        BOOST_TEST(server.exit_within(std::chrono::seconds{8}) == 0);
    }
    Process server{command({"--listen", "127.0.0.1:0", "--store", store, "--token", std::string{token}})};
    Client client{port_of(server.read_line())};
    for (auto const& id : created)
    {
        client.send(get("/scim/v2/Users/" + id));
        BOOST_TEST(client.receive().result_int() == 200);
    }
    client.send(post("/scim/v2/Users", user("after")));
    BOOST_TEST(client.receive().result_int() == 201);
}

BOOST_FIXTURE_TEST_CASE(a_database_that_is_gone_or_is_none_stops_the_start_in_one_line, Files)
{
    auto const data = path / "data" / "data.mdb";
    auto const start = command(
        {"--listen", "127.0.0.1:0", "--store", "lmdb:" + (path / "data").string(), "--token", std::string{token}});
    {
        Process server{start};
        BOOST_REQUIRE(server.read_line() != "");
        server.signal(SIGTERM);
        BOOST_TEST(server.wait().exit_code == 0);
    }
    std::filesystem::remove(data);
    expect_complaint(run(start), "data.mdb is missing or empty");
    BOOST_TEST(!std::filesystem::exists(data));
    std::ofstream{data}.flush();
    expect_complaint(run(start), "data.mdb is missing or empty");
    std::ofstream{data} << std::string(100'000, 'x');
    expect_complaint(run(start), data.parent_path().string());
}
#endif

BOOST_FIXTURE_TEST_CASE(sighup_takes_the_token_file_anew, Files)
{
    auto const tokens = secret("tokens", std::string{token} + " first\n");
    auto const log = (path / "log").string();
    Process server{
        command({"--listen", "127.0.0.1:0", "--store", "memory", "--token-file", tokens, "--log-file", log})};
    Client client{port_of(server.read_line())};
    BOOST_TEST(status_with(client, token) == 200);
    BOOST_TEST(status_with(client, second_token) == 401);

    secret("tokens", std::string{second_token} + " second\n");
    server.signal(SIGHUP);
    BOOST_TEST(wait_for(log, "SIGHUP: took the tokens anew"));
    BOOST_TEST(status_with(client, token) == 401); // on the connection that was there
    BOOST_TEST(status_with(client, second_token) == 200);
}

BOOST_FIXTURE_TEST_CASE(a_bad_token_file_leaves_the_tokens_that_were_there, Files)
{
    auto const tokens = secret("tokens", std::string{token} + "\n");
    auto const log = (path / "log").string();
    Process server{
        command({"--listen", "127.0.0.1:0", "--store", "memory", "--token-file", tokens, "--log-file", log})};
    Client client{port_of(server.read_line())};

    struct Bad
    {
        std::string content, complaint;
        unsigned mode;
    };
    for (auto const& [content, complaint, mode] :
         {Bad{"short\n", "line 1", 0600}, Bad{"# none\n", "has no token", 0600}, Bad{"", "has no token", 0600},
          Bad{std::string{token} + "\n" + std::string{token} + "\n", "line 2", 0600},
          Bad{std::string{second_token} + "\n", "may write it", 0602}})
    {
        std::filesystem::remove(log);
        secret("tokens", content);
        Files::permit(tokens, mode);
        server.signal(SIGHUP);
        BOOST_TEST(wait_for(log, complaint));
        BOOST_TEST(content_of(log).find("error SIGHUP: goes on with the old tokens: --token-file " + tokens) !=
                   std::string::npos);
        BOOST_TEST(status_with(client, token) == 200);
        BOOST_TEST(status_with(client, second_token) == 401);
    }
    std::filesystem::remove(log);
    std::filesystem::remove(tokens);
    server.signal(SIGHUP);
    BOOST_TEST(wait_for(log, "cannot be opened"));
    BOOST_TEST(status_with(client, token) == 200);
}

BOOST_FIXTURE_TEST_CASE(a_token_file_that_is_exchanged_counts_without_a_signal_and_a_bad_one_changes_nothing, Files)
{
    auto const tokens = secret("tokens", std::string{token} + " first\n");
    auto const log = (path / "log").string();
    Process server{command({"--listen", "127.0.0.1:0", "--store", "memory", "--token-file", tokens, "--log-file", log,
                            "--reload-interval", "1"})};
    Client client{port_of(server.read_line())};
    secret("tokens", "short\n"); // half of a line
    BOOST_TEST(wait_for(log, "error a file has changed: goes on with the old tokens"));
    BOOST_TEST(status_with(client, token) == 200);
    std::filesystem::remove(tokens);
    BOOST_TEST(wait_for(log, "cannot be opened"));
    BOOST_TEST(status_with(client, token) == 200);
    std::filesystem::rename(secret("new", std::string{second_token} + " second\n"), tokens);
    BOOST_TEST(wait_for(log, "info a file has changed: took the tokens anew"));
    BOOST_TEST(status_with(client, token) == 401);
    BOOST_TEST(status_with(client, second_token) == 200);
    BOOST_TEST(content_of(log).find("log file anew") == std::string::npos);
    server.signal(SIGTERM);
    BOOST_TEST(server.exit_within(std::chrono::seconds{8}) == 0);
}

BOOST_FIXTURE_TEST_CASE(a_token_that_is_given_twice_is_refused_in_one_line, Files)
{
    auto const tokens = secret("tokens", std::string{token} + " somebody\n");
    expect_complaint(run(good({"--token-file", tokens})), tokens);
}

BOOST_FIXTURE_TEST_CASE(sighup_takes_certificates_anew_or_goes_on_with_the_old, TlsFiles)
{
    Process server{arguments()};
    auto const port = port_of(server.read_line());
    BOOST_TEST(served_name(port) == "server");

    copy(certificate("other"), certificate("server")); // the key does not belong to it
    server.signal(SIGHUP);
    BOOST_TEST(wait_for(log(), "error SIGHUP: goes on with the old certificates: The private key " + key("server")));
    BOOST_TEST(served_name(port) == "server");

    copy(key("other"), key("server"));
    server.signal(SIGHUP);
    BOOST_TEST(wait_for(log(), "SIGHUP: took the certificates anew"));
    BOOST_TEST(served_name(port) == "other");

    server.signal(SIGTERM);
    BOOST_TEST(server.exit_within(std::chrono::seconds{8}) == 0);
}

BOOST_FIXTURE_TEST_CASE(certificates_that_are_exchanged_one_after_the_other_count_when_both_are_there, TlsFiles)
{
    Process server{arguments({"--reload-interval", "1"})};
    auto const port = port_of(server.read_line());
    copy(certificate("other"), certificate("server"));
    BOOST_TEST(wait_for(log(), "error a file has changed: goes on with the old certificates"));
    BOOST_TEST(served_name(port) == "server");
    copy(key("other"), key("server"));
    BOOST_TEST(wait_for(log(), "a file has changed: took the certificates anew"));
    BOOST_TEST(served_name(port) == "other");
}

BOOST_FIXTURE_TEST_CASE(with_client_authorities_a_client_needs_a_certificate_unless_they_are_optional, TlsFiles)
{
    {
        Process server{arguments({"--tls-client-ca", certificate("other")})};
        auto const port = port_of(server.read_line());
        BOOST_TEST(served_name(port) == "refused");
        BOOST_TEST(served_name(port, certificate("server"), key("server")) == "refused");
        BOOST_TEST(served_name(port, certificate("other"), key("other")) == "server");
    }
    Process server{arguments({"--tls-client-ca", certificate("other"), "--tls-clients", "optional"})};
    auto const port = port_of(server.read_line());
    BOOST_TEST(served_name(port) == "server");
    BOOST_TEST(served_name(port, certificate("server"), key("server")) == "refused");
}

BOOST_FIXTURE_TEST_CASE(an_expired_certificate_is_warned_of, TlsFiles)
{
    make("server", -7200, -3600);
    Process server{arguments()};
    BOOST_TEST(server.read_line() != "");
    BOOST_TEST(wait_for(log(), " warning The certificate of the server has expired on "));
}

BOOST_FIXTURE_TEST_CASE(files_that_everybody_may_write_are_refused_and_secrets_that_everybody_may_read_are_warned_of,
                        TlsFiles)
{
    auto const tokens = secret("tokens", std::string{second_token} + "\n");
    auto const config = secret("server.toml", "token = \"" + std::string{token} + "\"\n");
    Arguments const all{SCIMKIT_SERVER,
                        "--listen",
                        "127.0.0.1:0",
                        "--store",
                        "memory",
                        "--config",
                        config,
                        "--tls-cert",
                        certificate("server"),
                        "--tls-key",
                        key("server"),
                        "--tls-client-ca",
                        certificate("other"),
                        "--token-file",
                        tokens};
    auto const log_at_start = [&]
    {
        Process server{all};
        BOOST_TEST(server.read_line() != "");
        server.signal(SIGTERM);
        return server.wait().err;
    };

    Files::permit(key("server"), 0640);
    BOOST_TEST(log_at_start().find("warning") == std::string::npos);

    struct File
    {
        std::string option, name;
        bool secret;
    };
    for (auto const& [option, name, secret] :
         {File{"--token-file", tokens, true}, File{"--tls-key", key("server"), true}, File{"--config", config, true},
          File{"--tls-cert", certificate("server"), false}, File{"--tls-client-ca", certificate("other"), false}})
    {
        Files::permit(name, 0644);
        BOOST_TEST((log_at_start().find("warning " + option + " " + name) != std::string::npos) == secret);
        Files::permit(name, 0602);
        expect_complaint(run(all), name);
        Files::permit(name, 0600);
    }
}

BOOST_AUTO_TEST_CASE(sighup_without_files_changes_nothing)
{
    Process server{good()};
    Client client{port_of(server.read_line())};
    server.signal(SIGHUP);
    BOOST_TEST(status_with(client, token) == 200);
    server.signal(SIGTERM);
    client.socket().close();
    BOOST_TEST(server.wait().exit_code == 0);
}

BOOST_AUTO_TEST_SUITE_END()
