// What is sent and answered in which type (RFC 7644 sections 3.8 and 3.12). Clients differ widely in these headers;
// one that is taken too strictly locks them out, and an error in another type is not understood.
#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(media_types)

namespace
{

ServiceOptions without_json()
{
    Tolerance tolerance = Tolerance::strict();
    tolerance.json_media_type = false;
    return {.tolerance = tolerance};
}

int status_with(ServiceFixture const& scim, std::string_view content_type)
{
    static int n = 0;
    return scim.post("/Users", user("u" + std::to_string(++n)), {{"Content-Type", std::string{content_type}}}).status;
}

std::string answer_to(ServiceFixture const& scim, std::string_view accept)
{
    return std::string{scim.get("/Users", {{"Accept", std::string{accept}}}).header("Content-Type")};
}

} // namespace

BOOST_AUTO_TEST_CASE(bodies_are_scim_json_in_any_spelling, *label("7644-3.8-g"))
{
    ServiceFixture const scim;
    for (auto const* type :
         {"application/scim+json", "Application/SCIM+JSON; charset=UTF-8", "application/scim+json;charset=utf-8",
          "application/json", "application/json; charset=utf-8", " application/scim+json "})
        BOOST_TEST(status_with(scim, type) == 201, type);
}

BOOST_AUTO_TEST_CASE(other_bodies_are_refused, *label("7644-3.8-h"))
{
    ServiceFixture const scim;
    for (auto const* type :
         {"text/xml", "text/plain", "application/scim", "application/json-patch+json", "application/scim+jsonx", ";"})
        BOOST_TEST(status_with(scim, type) == 415, type);
    Reply const refused = scim.post("/Users", user("x"), {{"Content-Type", "text/xml"}});
    BOOST_TEST(refused.text("/status") == "415");
}

BOOST_AUTO_TEST_CASE(a_body_may_leave_out_its_type_where_plain_json_is_tolerated)
{
    BOOST_TEST(status_with(ServiceFixture{}, "") == 201);
    ServiceFixture const scim{without_json()};
    BOOST_TEST(status_with(scim, "") == 415);
    BOOST_TEST(status_with(scim, "application/json") == 415);
    BOOST_TEST(status_with(scim, "application/scim+json") == 201);
}

BOOST_AUTO_TEST_CASE(answers_are_scim_json_unless_the_client_prefers_json,
                     *label("7644-3.8-c") * label("7644-3.8-d") * label("7644-3.8-e") * label("7644-3.8-f"))
{
    ServiceFixture const scim;
    for (auto const* accept :
         {"", "*/*", "application/scim+json", "application/*", "text/html", "application/json, application/scim+json",
          "application/json;q=0.5, */*", "application/scim+json;q=nonsense", "application/json, */*"})
        BOOST_TEST(answer_to(scim, accept) == "application/scim+json", accept);
    for (auto const* accept :
         {"application/json", "application/json; charset=utf-8", "text/html;q=0.9, application/json;q=0.5",
          "application/json, */*;q=0.1", "APPLICATION/JSON"})
        BOOST_TEST(answer_to(scim, accept) == "application/json", accept);
    BOOST_TEST(answer_to(ServiceFixture{without_json()}, "application/json") == "application/scim+json");
}

BOOST_AUTO_TEST_CASE(a_get_is_never_refused_for_its_headers)
{
    ServiceFixture const scim;
    BOOST_TEST(scim.get("/Users", {{"Content-Type", "text/plain"}, {"Accept", "image/png"}}).status == 200);
}

BOOST_AUTO_TEST_CASE(errors_are_scim_json_whatever_is_accepted, *label("7644-3.12-e") * label("7644-3.2-j"))
{
    ServiceFixture const scim;
    Reply const reply = scim.get("/Users/nope", {{"Accept", "application/json"}});
    BOOST_TEST(reply.header("Content-Type") == "application/scim+json");
    BOOST_TEST(reply.text("/status") == "404");
}

BOOST_AUTO_TEST_CASE(an_error_body_says_status_type_and_reason, *label("7644-3.12-a") * label("7644-3.12-d"))
{
    Response const response = error_response({ErrorCode::invalid_filter, "what \"it\" is"});
    BOOST_TEST(response.status == 400);
    BOOST_TEST(response.body == R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400",)"
                                R"("scimType":"invalidFilter","detail":"what \"it\" is"})");
    BOOST_TEST(response.header("Retry-After").empty());
}

BOOST_AUTO_TEST_CASE(an_error_may_say_when_to_come_back, *label("7644-7.6-b"))
{
    Error error{ErrorCode::too_many_requests, "Slow down."};
    error.retry_after = std::chrono::seconds{7};
    Response const response = error_response(error);
    BOOST_TEST(response.status == 429);
    BOOST_TEST(response.header("retry-after") == "7");
}

BOOST_AUTO_TEST_CASE(an_error_without_detail_has_none)
{
    BOOST_TEST(error_response({ErrorCode::not_found, ""}).body ==
               R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"404"})");
}

BOOST_AUTO_TEST_SUITE_END()
