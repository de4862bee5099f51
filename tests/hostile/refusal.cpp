// What every refusal has in common (RFC 7644 section 3.12), said once, so that the service and the built server are
// held to the same: a body that is an error, a sentence of bounded length, and nothing of the caller's token.
#include "hostile/refusal.hpp"

#include <scimkit/core/json.hpp>

#include <boost/test/unit_test.hpp>

namespace hostile
{

using namespace scimkit;

void check_refusal(HostileRequest const& request, Answer const& answer, std::string_view token)
{
    std::string const what = request.name + ": " + request.method + " " + request.target.substr(0, 120) + " " +
                             request.body.substr(0, 120) + " -> " + std::to_string(answer.status) + " " +
                             std::string{answer.body.substr(0, 300)};
    BOOST_TEST(answer.status >= 400, what);
    BOOST_TEST((answer.status < 500 || answer.status == 501), what);
    auto const body = parse_json(answer.body);
    bool const is_error = body && body->is_object() && body->get_object().contains("schemas") &&
                          body->get_object().contains("status") && body->get_object().contains("detail");
    BOOST_TEST(is_error, what);
    if (!is_error)
        return;
    json::object const& error = body->get_object();
    // And what explains it, where there is something to explain.
    auto const* schemas = error.at("schemas").if_array();
    BOOST_TEST((schemas && !schemas->empty() && schemas->front() == "urn:ietf:params:scim:api:messages:2.0:Error"),
               what);
    BOOST_TEST((error.at("status") == json::value(std::to_string(answer.status))), what);
    BOOST_TEST(error.at("detail").as_string().ends_with('.'), what);
    BOOST_TEST(error.at("detail").as_string().size() < 2'000u, what);
    BOOST_TEST(answer.body.find(token) == std::string_view::npos, what);
    BOOST_TEST(answer.content_type.find("json") != std::string_view::npos, what);
}

} // namespace hostile
