// For applications with a server of Boost.Beast of their own: finds what the adapter loses or invents between their
// messages and those of the service.
#include <scimkit/http/beast_adapter.hpp>

#include "fixture.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;
namespace beast_http = boost::beast::http;

BOOST_AUTO_TEST_SUITE(http_beast_adapter)

namespace
{

using BeastRequest = beast_http::request<beast_http::string_body>;

BeastRequest authorised(beast_http::verb verb, std::string_view target)
{
    BeastRequest request{verb, target, 11};
    request.set(beast_http::field::authorization, "Bearer " + std::string{token});
    return request;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_request_becomes_a_response_with_headers_and_body)
{
    auto const service = make_service();
    auto request = authorised(beast_http::verb::post, "/scim/v2/Users");
    request.set(beast_http::field::content_type, "application/scim+json");
    request.body() = user("adapted");

    auto const created = http::handle(service, request, "192.0.2.1");
    BOOST_TEST(created.result_int() == 201);
    BOOST_TEST(created[beast_http::field::content_type] == "application/scim+json");
    BOOST_TEST(created[beast_http::field::content_length] == std::to_string(created.body().size()));
    BOOST_TEST(boost::json::parse(created.body()).at("userName").as_string() == "adapted");

    auto const location = std::string{created[beast_http::field::location]};
    BOOST_REQUIRE(location.starts_with("https://example.com/"));
    auto const found =
        http::handle(service, authorised(beast_http::verb::get, location.substr(location.find("/scim"))));
    BOOST_TEST(found.result_int() == 200);
    BOOST_TEST(found.body() == created.body());
}

BOOST_AUTO_TEST_CASE(version_and_keep_alive_follow_the_request)
{
    auto const service = make_service();
    auto request = authorised(beast_http::verb::get, "/scim/v2/Schemas");
    BOOST_TEST(http::handle(service, request).keep_alive());
    request.keep_alive(false);
    BOOST_TEST(!http::handle(service, request).keep_alive());
    request.version(10);
    request.keep_alive(true);
    auto const response = http::handle(service, request);
    BOOST_TEST(response.version() == 10U);
    BOOST_TEST(response.keep_alive());
}

BOOST_AUTO_TEST_CASE(the_answer_to_head_has_a_length_and_no_body)
{
    auto const service = make_service();
    auto const response = http::handle(service, authorised(beast_http::verb::head, "/scim/v2/Schemas"));
    BOOST_TEST(response.body().empty());
    BOOST_TEST(response.count(beast_http::field::content_length) == 1U);
}

BOOST_AUTO_TEST_CASE(the_answer_carries_the_id_of_the_request)
{
    auto const service = make_service();
    auto request = authorised(beast_http::verb::get, "/scim/v2/Users");
    BOOST_TEST(http::handle(service, request)["X-Request-Id"].size() == 16U);
    request.set("X-Request-Id", "mine-1");
    BOOST_TEST(http::handle(service, request)["X-Request-Id"] == "mine-1");
}

BOOST_AUTO_TEST_CASE(without_a_token_it_is_401_with_a_challenge)
{
    auto const service = make_service();
    auto const response = http::handle(service, BeastRequest{beast_http::verb::get, "/scim/v2/Users", 11});
    BOOST_TEST(response.result_int() == 401);
    BOOST_TEST(response[beast_http::field::www_authenticate].starts_with("Bearer"));
}

BOOST_AUTO_TEST_SUITE_END()
