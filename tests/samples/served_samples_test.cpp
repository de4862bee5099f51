// The samples with a server, as someone who tries them meets them: started on a port, asked over HTTP, stopped.
#include <scimkit/core/json.hpp>

#include "http/client.hpp"
#include "http/process.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <csignal>
#include <filesystem>

using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(served_samples)

namespace
{

std::string request(std::string const& method, std::string const& target, std::string const& token,
                    std::string const& body = {})
{
    return method + ' ' + target + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token +
           "\r\nContent-Type: application/scim+json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           body;
}

/// Creates a user, reads it back from where the answer says it is, and is refused without the token.
void expect_scim(std::uint16_t port, std::string const& base, std::string const& token)
{
    Client client{port};
    client.send(request("POST", "/scim/Users", token, user("ada")));
    auto const created = client.receive();
    BOOST_REQUIRE_MESSAGE(created.result_int() == 201, created.body());
    std::string const location{created["Location"]};
    BOOST_REQUIRE_MESSAGE(location.starts_with(base + "/Users/"), location);

    client.send(request("GET", location.substr(location.find("/scim/")), token));
    auto const read = client.receive();
    BOOST_TEST(read.result_int() == 200);
    BOOST_TEST((boost::json::parse(read.body()).at("userName") == "ada"));

    client.send(request("GET", "/scim/Users", "some-other-token-of-20-bytes"));
    BOOST_TEST(client.receive().result_int() == 401);
}

} // namespace

BOOST_AUTO_TEST_CASE(embed_answers_routes_of_its_own_and_scim_under_its_port)
{
    auto const port = free_port();
    std::string const base = "http://localhost:" + std::to_string(port);
    Process application{{SCIMKIT_SAMPLE_EMBED, std::to_string(port)}};
    BOOST_TEST(application.read_line() == base);

    Client client{port};
    client.send(request("GET", "/hello", ""));
    auto const hello = client.receive();
    BOOST_TEST(hello.result_int() == 200);
    BOOST_TEST(hello.body() == "Hello.\n");
    expect_scim(port, base + "/scim", "change-me-please-soon");

    application.signal(SIGTERM);
    BOOST_TEST(application.wait().err == "");
}

BOOST_AUTO_TEST_CASE(the_custom_store_serves_until_it_is_told_to_stop)
{
    std::string directory = (std::filesystem::temp_directory_path() / "scimkit-custom-XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(directory.data()) != nullptr);
    auto const port = free_port();
    std::string const base = "http://127.0.0.1:" + std::to_string(port) + "/scim";
    Process application{{SCIMKIT_SAMPLE_CUSTOM_STORE, directory + "/app.db", std::to_string(port)}};
    BOOST_TEST(application.read_line() == "listening on " + base);
    expect_scim(port, base, "sample-token-of-20-bytes");

    application.signal(SIGTERM);
    auto const finished = application.wait();
    BOOST_TEST(finished.exit_code == 0);
    BOOST_TEST(finished.err == "");
    std::filesystem::remove_all(directory);
}

BOOST_AUTO_TEST_SUITE_END()
