// The same malformed requests over HTTP against scimkit-server: some end at its parser of HTTP, the others get through.
#include <scimkit/core/json.hpp>

#include "hostile/refusal.hpp"
#include "http/client.hpp"
#include "http/process.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <csignal>

BOOST_AUTO_TEST_SUITE(hostile_http)

namespace
{

using namespace scimkit::test;
using hostile::HostileRequest;

/// The request as a client would write it that does not look at what it writes.
std::string on_the_wire(HostileRequest const& request)
{
    std::string text = request.method + ' ' + request.target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    if (request.authorised)
        text += "Authorization: Bearer " + std::string{token} + "\r\n";
    for (auto const& [name, value] : request.headers)
        text += name + ": " + value + "\r\n";
    if (!request.body.empty() || request.method == "POST" || request.method == "PUT" || request.method == "PATCH")
        text += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
    return text + "\r\n" + request.body;
}

class Server
{
public:
    Server()
        : port_(free_port())
        , process_({SCIMKIT_SERVER, "--listen", "127.0.0.1:" + std::to_string(port_), "--base-url",
                    "http://localhost/scim", "--store", "memory", "--token", std::string{token}, "--log-level",
                    "error"})
    {
        BOOST_REQUIRE(process_.read_line().starts_with("listening on"));
    }

    /// Each on a connection of its own: after a refusal the server may close the one that it came on.
    HttpResponse send(HostileRequest const& request) const
    {
        Client client{port_};
        client.send(on_the_wire(request));
        return client.receive(request.method == "HEAD");
    }

    std::string create(std::string target, std::string body) const
    {
        auto const created =
            send({"create", "POST", std::move(target), {{"Content-Type", "application/scim+json"}}, std::move(body)});
        BOOST_REQUIRE_MESSAGE(created.result_int() == 201, created.body());
        return std::string{boost::json::parse(created.body()).at("id").as_string()};
    }

    /// Everything that the server has.
    std::string resources() const
    {
        std::string all;
        for (char const* target : {"/scim/Users?count=1000", "/scim/Groups?count=1000"})
        {
            auto const listed = send({"list", "GET", target, {}, ""});
            BOOST_TEST(listed.result_int() == 200);
            all += listed.body() + '\n';
        }
        return all;
    }

    Finished stop()
    {
        process_.signal(SIGTERM);
        return process_.wait();
    }

private:
    std::uint16_t port_;
    Process process_;
};

} // namespace

BOOST_AUTO_TEST_CASE(every_malformed_request_is_refused_over_http_and_changes_nothing)
{
    Server server;
    std::string const member = server.create("/scim/Users", user("target"));
    std::string const group =
        server.create("/scim/Groups", R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"g",
                                         "members":[{"value":")" +
                                          member + "\"}]}");
    std::string const before = server.resources();

    std::size_t sent = 0;
    for (auto const& request : hostile::hostile_requests(member, group))
    {
        if (request.method == "HEAD") // whose answer has no body to look at
            continue;
        auto const answer = server.send(request);
        ++sent;
        hostile::check_refusal(
            request, {static_cast<int>(answer.result_int()), std::string_view{answer["Content-Type"]}, answer.body()},
            token);
    }
    BOOST_TEST_MESSAGE(sent << " requests");
    BOOST_TEST(sent >= 250u);

    BOOST_TEST(server.send({"health", "GET", "/healthz", {}, "", false}).result_int() == 200);
    BOOST_TEST(server.resources() == before);
    auto const finished = server.stop();
    BOOST_TEST(finished.exit_code == 0);
    BOOST_TEST(finished.err == "");
}

BOOST_AUTO_TEST_SUITE_END()
