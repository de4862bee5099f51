// scimkit-server as an operator meets it: the built program, its arguments, its two outputs, its signals.
#include <scimkit/core/json.hpp>
#include <scimkit/version.hpp>

#include "sample_server.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <ostream>

using namespace scimkit;
using namespace scimkit::test;

namespace
{

struct Wrong
{
    Arguments arguments;
    std::string about;

    friend std::ostream& operator<<(std::ostream& out, Wrong const& wrong)
    {
        for (auto const& argument : wrong.arguments)
            out << argument << ' ';
        return out;
    }
};

std::vector<Wrong> const wrong_arguments{
    {{"--no-such-option"}, "--no-such-option"},
    {{"stray"}, "stray"},
    {{"--listen"}, "--listen"},
    {{"--listen", "nonsense", "--store", "memory", "--token", "0123456789abcdef"}, "nonsense"},
    {{"--listen", "127.0.0.1:99999", "--store", "memory", "--token", "0123456789abcdef"}, "99999"},
    {{"--listen", "::1:80", "--store", "memory", "--token", "0123456789abcdef"}, "::1:80"},
    {{"--listen", "192.0.2.1:8080", "--store", "memory", "--token", "0123456789abcdef"}, "--insecure"},
    {{"--listen", "0.0.0.0:0", "--store", "memory", "--token", "0123456789abcdef"}, "--insecure"},
    {{"--listen", "[::]:0", "--store", "memory", "--token", "0123456789abcdef"}, "--insecure"},
    {{"--listen", "0.0.0.0:0", "--insecure", "--store", "memory", "--token", "0123456789abcdef"}, "--base-url"},
    {{"--store", "memory"}, "--new-token"},
    {{"--store", "memory", "--token", "short"}, "--token"},
    {{"--store", "memory", "--token-file", "/no/such/file"}, "/no/such/file"},
    {{"--token", "0123456789abcdef"}, "--store"},
    {{"--store", "sqlite:x", "--token", "0123456789abcdef"}, "--store"},
    {{"--store", "lmdb:", "--token", "0123456789abcdef"}, "--store"},
    {{"--store", "memory", "--token", "0123456789abcdef", "--base-url", "not a url"}, "base"},
    {{"--store", "memory", "--token", "0123456789abcdef", "--cursor-key-file", "/no/such/file"}, "/no/such/file"},
    {{"--store", "memory", "--token", "0123456789abcdef", "--me", "nix"}, "'nix'"},
    {{"--store", "memory", "--token", "0123456789abcdef", "--me", "active"}, "'active'"},
    {{"--store", "memory", "--token", "0123456789abcdef", "--me", "emails"}, "'emails'"},
    {{"--store", "memory", "--token", "0123456789abcdef", "--me", "password"}, "'password'"},
    {{"--store", "memory", "--token", "0123456789abcdef", "--tls-cert", "/no/such/file"}, "--tls-key"},
    {{"--store", "memory", "--token", "0123456789abcdef", "--tls-client-ca", "/no/such/file"}, "--tls-cert"},
    {{"--listen", "127.0.0.1:0", "--store", "memory", "--token", "0123456789abcdef", "--tls-cert", "/no/such/file",
      "--tls-key", "/no/such/file"},
     "/no/such/file"},
    {{"--store", "memory", "--token", "0123456789abcdef", "--threads", "many"}, "--threads"},
    {{"--store", "memory", "--token", "0123456789abcdef", "--max-body", "-1"}, "--max-body"},
    {{"--store", "memory", "--token", "0123456789abcdef", "--log-level", "loud"}, "--log-level"},
    {{"--store", "memory", "--token", "0123456789abcdef", "--tolerance", "boolean-as-string"}, "boolean-as-string"},
    {{"--store", "memory", "--token", "0123456789abcdef", "--tolerance", "no-such-switch=on"}, "no-such-switch"},
    {{"--store", "memory", "--token", "0123456789abcdef", "--schema", "/no/such/file"}, "/no/such/file"},
    {{"--store", "memory", "--token", "0123456789abcdef", "--index", "noSuchAttribute"}, "noSuchAttribute"},
    {{"--store", "memory", "--token", "0123456789abcdef", "--tls-clients", "some"}, "--tls-clients"},
    {{"--store", "memory", "--token", "0123456789abcdef", "--max-value-bytes", "0"}, "--max-value-bytes"},
    {{"--store", "memory", "--token", "0123456789abcdef", "--max-resource-bytes", "0"}, "--max-resource-bytes"},
    {{"--store", "memory", "--token", "0123456789abcdef", "--max-response-bytes", "0"}, "--max-response-bytes"},
    {{"--store", "memory", "--token", "0123456789abcdef", "--max-elements", "0"}, "--max-elements"},
    {{"--store", "memory", "--token", "0123456789abcdef", "--max-bulk-operations", "0"}, "--max-bulk-operations"},
    {{"--store", "memory", "--token", "0123456789abcdef", "--max-work", "-1"}, "--max-work"},
    {{"--store", "memory", "--token", "0123456789abcdef", "--request-deadline", "0"}, "--request-deadline"},
    {{"--store", "memory", "--token", "0123456789abcdef", "--change-log-days", "36501"}, "--change-log-days"},
    {{"--config", "/no/such/file"}, "/no/such/file"},
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(sample_server, Directory)

BOOST_AUTO_TEST_CASE(help_names_every_option_and_succeeds)
{
    auto const finished = run(command({"--help"}));
    BOOST_TEST(finished.exit_code == 0);
    BOOST_TEST(finished.err == "");
    for (char const* option : {"--listen",
                               "--store",
                               "--base-url",
                               "--token",
                               "--token-file",
                               "--tls-cert",
                               "--tls-key",
                               "--tls-client-ca",
                               "--threads",
                               "--max-body",
                               "--strict",
                               "--dry-run-header",
                               "--atomic-bulk",
                               "--log-level",
                               "--config",
                               "--insecure",
                               "--schema",
                               "--tolerance",
                               "--index",
                               "--new-token",
                               "--hash-token",
                               "--version",
                               "--log-file",
                               "--tls-clients",
                               "--max-value-bytes",
                               "--max-resource-bytes",
                               "--max-response-bytes",
                               "--max-elements",
                               "--max-bulk-operations",
                               "--max-work",
                               "--request-deadline",
                               "--change-log-days",
                               "--worker-threads",
                               "--read-threads",
                               "--search-threads",
                               "--max-queued-requests",
                               "--max-queued-per-client",
                               "--max-buffered-bytes",
                               "--max-unsent-bytes"})
        BOOST_TEST(finished.out.find(option) != std::string::npos, option);
}

BOOST_AUTO_TEST_CASE(version_is_that_of_the_library)
{
    auto const finished = run(command({"--version"}));
    BOOST_TEST(finished.exit_code == 0);
    BOOST_TEST(finished.out == "scimkit-server " SCIMKIT_VERSION "\n");
}

BOOST_TEST_DECORATOR(*boost::unit_test::label("7644-7.2-a") * boost::unit_test::label("7644-7.4-b"))
BOOST_DATA_TEST_CASE(what_is_wrong_is_said_in_one_line, wrong_arguments)
{
    expect_complaint(run(command(sample.arguments)), sample.about);
}

BOOST_AUTO_TEST_CASE(it_says_where_it_listens_serves_and_ends_well)
{
    for (int const end : {SIGTERM, SIGINT})
    {
        Process server{good()};
        auto const line = server.read_line();
        BOOST_REQUIRE(line.starts_with("listening on http://127.0.0.1:"));
        BOOST_TEST(line.ends_with("/scim/v2"));

        Client client{port_of(line)};
        client.send(post("/scim/v2/Users", user("operator")));
        auto const created = client.receive();
        BOOST_TEST(created.result_int() == 201);
        BOOST_TEST(created["Location"].starts_with(line.substr(13) + "/Users/"));

        server.signal(end);
        auto const finished = server.wait();
        BOOST_TEST(finished.exit_code == 0);
        BOOST_TEST(finished.out == "");
    }
}

BOOST_AUTO_TEST_CASE(the_base_url_is_announced_and_used)
{
    Process server{good({"--base-url", "https://scim.example.com/provisioning"})};
    BOOST_TEST(server.read_line() == "listening on https://scim.example.com/provisioning");
}

BOOST_AUTO_TEST_CASE(dry_runs_are_taken_where_they_are_offered)
{
    for (bool const offered : {false, true})
    {
        Process server{good(offered ? Arguments{"--dry-run-header"} : Arguments{})};
        Client client{port_of(server.read_line())};
        client.send(post("/scim/v2/Users", user("nobody"), "SCIM-Dry-Run: true\r\n"));
        BOOST_TEST(client.receive().result_int() == (offered ? 201 : 501));
        client.send(get("/scim/v2/Users"));
        BOOST_TEST(client.receive().body().find("\"totalResults\":0") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(requests_are_logged_without_secrets)
{
    Process server{good()};
    Client client{port_of(server.read_line())};
    client.send(get("/scim/v2/Users?filter=userName%20eq%20%22private%22"));
    BOOST_TEST(client.receive().result_int() == 200);
    client.socket().close();
    server.signal(SIGTERM);
    auto const log = server.wait().err;
    BOOST_TEST(log.find("peer=127.0.0.1 method=GET path=/scim/v2/Users status=200") != std::string::npos);
    BOOST_TEST(log.find("private") == std::string::npos);
    BOOST_TEST(log.find(token) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_log_level_silences_requests)
{
    Process server{good({"--log-level", "warning"})};
    Client client{port_of(server.read_line())};
    client.send(get("/healthz"));
    BOOST_TEST(client.receive().result_int() == 200);
    client.socket().close();
    server.signal(SIGTERM);
    BOOST_TEST(server.wait().err == "");
}

BOOST_AUTO_TEST_CASE(a_file_configures_it_and_the_command_line_wins)
{
    auto const config = file("server.toml", "listen = \"127.0.0.1:0\"\n"
                                            "store = \"memory\"\n"
                                            "token = \"a-token-from-the-file\"\n"
                                            "base-url = \"https://file.example.com/scim\"\n"
                                            "max-body = 20\n"
                                            "max-value-bytes = 1000\n"
                                            "request-deadline = 5\n"
                                            "search-threads = 1\n"
                                            "threads = 1\n"
                                            "strict = true\n"
                                            "index = [\"name.familyName\"]\n"
                                            "[tolerance]\n"
                                            "boolean-as-string = true\n"
                                            "unknown-members = \"reject\"\n");
    {
        Process server{command({"--config", config})};
        BOOST_TEST(server.read_line() == "listening on https://file.example.com/scim");
    }
    Process server{command({"--config", config, "--base-url", "https://line.example.com/scim"})};
    BOOST_TEST(server.read_line() == "listening on https://line.example.com/scim");
}

BOOST_AUTO_TEST_CASE(settings_of_the_file_take_effect)
{
    auto const config = file("server.toml", "store = \"memory\"\ntoken = \"" + std::string{token} +
                                                "\"\nmax-body = 300\nmax-work = 1\n");
    Process server{command({"--config", config, "--listen", "127.0.0.1:0"})};
    Client client{port_of(server.read_line())};
    client.send(post("/scim/v2/Users", user("too much work")));
    auto const refused = client.receive();
    BOOST_TEST(refused.result_int() == 400);
    BOOST_TEST(refused.body().find("tooMany") != std::string::npos);
    client.send(post("/scim/v2/Users", user(std::string(300, 'x')))); // too large a body
    BOOST_TEST(client.receive().result_int() == 413);
}

BOOST_AUTO_TEST_CASE(mistakes_in_the_file_are_named)
{
    expect_complaint(run(command({"--config", file("a.toml", "store = \n")})), "line 1");
    expect_complaint(run(command({"--config", file("b.toml", "no-such-key = 1\n")})), "no-such-key");
    expect_complaint(run(command({"--config", file("c.toml", "store = 1.5\n")})), "store");
    expect_complaint(run(command({"--config", file("d.toml", "[tolerance]\nno-such-switch = true\n")})),
                     "no-such-switch");
}

BOOST_AUTO_TEST_CASE(tokens_are_made_hashed_and_let_in)
{
    auto const made = run(command({"--new-token"}));
    BOOST_TEST(made.exit_code == 0);
    BOOST_TEST(made.out.size() > 40U);
    auto const hashed = run(command({"--hash-token"}), made.out);
    BOOST_TEST(hashed.exit_code == 0);
    BOOST_TEST(hashed.out.starts_with("sha256:"));
    expect_complaint(run(command({"--hash-token"}), "short\n"), "--hash-token");

    auto const tokens = file("tokens", "# for the tests\n" + hashed.out.substr(0, hashed.out.size() - 1) + " okta\n");
    Process server{command({"--listen", "127.0.0.1:0", "--store", "memory", "--token-file", tokens})};
    Client client{port_of(server.read_line())};
    client.send("GET /scim/v2/Users HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " +
                made.out.substr(0, made.out.size() - 1) + "\r\n\r\n");
    BOOST_TEST(client.receive().result_int() == 200);
    client.send(get("/scim/v2/Users"));
    BOOST_TEST(client.receive().result_int() == 401);
}

BOOST_AUTO_TEST_CASE(a_token_may_come_from_the_environment)
{
    ::setenv("SCIMKIT_TOKEN", std::string{token}.c_str(), 1);
    Process server{command({"--listen", "127.0.0.1:0", "--store", "memory"})};
    ::unsetenv("SCIMKIT_TOKEN");
    Client client{port_of(server.read_line())};
    client.send(get("/scim/v2/Users"));
    BOOST_TEST(client.receive().result_int() == 200);
}

BOOST_AUTO_TEST_CASE(own_schemas_are_served)
{
    auto const schema = file("badge.json", R"([
        {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"], "id": "urn:example:Badge", "name": "Badge",
         "attributes": [{"name": "label", "type": "string", "multiValued": false, "required": true}]},
        {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"], "name": "Badge", "endpoint": "/Badges",
         "schema": "urn:example:Badge"}])");
    Process server{good({"--schema", schema})};
    Client client{port_of(server.read_line())};
    client.send(post("/scim/v2/Badges", R"({"schemas":["urn:example:Badge"],"label":"blue"})"));
    BOOST_TEST(client.receive().result_int() == 201);

    expect_complaint(run(good({"--schema", file("bad.json", "{")})), "bad.json");
}

BOOST_AUTO_TEST_CASE(a_key_for_cursors_that_is_none_is_refused)
{
    for (std::string const& content : {std::string(63, 'a'), std::string(66, 'a'), std::string(64, 'g'), std::string{},
                                       std::string(64, 'a') + "\n" + std::string(62, 'a')})
    {
        auto const key = file("key", content);
        std::filesystem::permissions(key, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
        expect_complaint(run(good({"--cursor-key-file", key})), "64 hexadecimal");
    }
}

BOOST_AUTO_TEST_CASE(a_port_in_use_is_named)
{
    Process server{good()};
    auto const port = std::to_string(port_of(server.read_line()));
    expect_complaint(
        run(command({"--listen", "127.0.0.1:" + port, "--store", "memory", "--token", std::string{token}})), port);
}

#ifdef SCIMKIT_SERVER_LMDB
BOOST_AUTO_TEST_CASE(resources_in_lmdb_survive_the_end_of_the_server)
{
    auto const store = "lmdb:" + (path / "data").string();
    Arguments const arguments = command({"--listen", "127.0.0.1:0", "--store", store, "--token", std::string{token}});
    std::string target;
    {
        Process server{arguments};
        Client client{port_of(server.read_line())};
        client.send(post("/scim/v2/Users", user("durable")));
        auto const created = client.receive();
        BOOST_TEST(created.result_int() == 201);
        target = "/scim/v2/Users/" + std::string{boost::json::parse(created.body()).at("id").as_string()};
        server.signal(SIGKILL);
        server.wait();
    }
    Process server{arguments};
    Client client{port_of(server.read_line())};
    client.send(get(target));
    BOOST_TEST(client.receive().result_int() == 200);

    expect_complaint(run(arguments), path.string()); // one process at a time
}

BOOST_AUTO_TEST_CASE(cursors_serve_after_a_restart_with_the_same_key)
{
    auto const store = "lmdb:" + (path / "data").string();
    auto const started = [&](std::string const& key)
    {
        return command({"--listen", "127.0.0.1:0", "--store", store, "--token", std::string{token}, "--cursor-key-file",
                        file("key", key)});
    };
    auto const page = [](Client& client, std::string const& cursor)
    {
        client.send(get("/scim/v2/Users?count=1&cursor=" + cursor));
        return client.receive();
    };
    std::string next;
    {
        Process server{started(std::string(64, 'a') + "\n")};
        Client client{port_of(server.read_line())};
        for (char const* const name : {"ada", "eve"})
        {
            client.send(post("/scim/v2/Users", user(name)));
            BOOST_TEST(client.receive().result_int() == 201);
        }
        next = boost::json::parse(page(client, "").body()).at("nextCursor").as_string();
    }
    {
        Process server{started(std::string(64, 'A'))};
        Client client{port_of(server.read_line())};
        BOOST_TEST(page(client, next).result_int() == 200);
    }
    {
        Process server{started(std::string(64, 'b') + "\n" + std::string(64, 'a') + "\n")}; // exchanged
        Client client{port_of(server.read_line())};
        BOOST_TEST(page(client, next).result_int() == 200);
    }
    Process server{started(std::string(64, 'b'))};
    Client client{port_of(server.read_line())};
    BOOST_TEST(page(client, next).result_int() == 400);
}

BOOST_AUTO_TEST_CASE(an_unusable_data_directory_is_named)
{
    auto const with = [](std::string const& directory) {
        return command({"--listen", "127.0.0.1:0", "--store", "lmdb:" + directory, "--token", std::string{token}});
    };
    expect_complaint(run(with("/proc/no-such-place")), "/proc/no-such-place");
    auto const plain_file = file("plain", "text");
    expect_complaint(run(with(plain_file)), plain_file);
}
#endif

BOOST_AUTO_TEST_SUITE_END()
