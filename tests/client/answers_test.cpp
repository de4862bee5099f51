// Answers as servers send them: SCIM, other JSON, web pages, nothing; each becomes a typed failure or a value.
#include "scripted.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

using namespace scimkit;
using namespace scimkit::client;
using namespace scimkit::client::test;

BOOST_AUTO_TEST_SUITE(client_answers)

namespace
{

std::string error_body(std::string const& more)
{
    return R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],)" + more + "}";
}

Failure failure_of(HttpResponse response, std::function<void(ClientOptions&)> const& more = {})
{
    Scenario scenario{in_turn({std::move(response)}), more};
    auto const read = scenario.client.get("/Users", "1");
    BOOST_REQUIRE(!read);
    return read.error();
}

} // namespace

BOOST_AUTO_TEST_CASE(a_scim_error_keeps_its_type_and_its_words)
{
    auto const failure =
        failure_of(answer(409, error_body(R"("status":"409","scimType":"uniqueness","detail":"taken")")));
    BOOST_TEST((failure.kind == FailureKind::refused));
    BOOST_TEST((failure.error.code == ErrorCode::uniqueness));
    BOOST_TEST(failure.error.detail == "taken");
    BOOST_TEST(failure.status == 409);
    BOOST_TEST(describe(failure) == "HTTP 409 uniqueness: taken");
}

BOOST_AUTO_TEST_CASE(a_status_without_a_scim_error_has_the_code_that_fits)
{
    std::pair<int, ErrorCode> const expected[]{
        {400, ErrorCode::bad_request},         {401, ErrorCode::unauthorized},       {403, ErrorCode::forbidden},
        {404, ErrorCode::not_found},           {405, ErrorCode::method_not_allowed}, {409, ErrorCode::conflict},
        {412, ErrorCode::precondition_failed}, {413, ErrorCode::payload_too_large},  {418, ErrorCode::bad_request},
        {429, ErrorCode::too_many_requests},   {500, ErrorCode::internal},           {501, ErrorCode::not_implemented},
        {503, ErrorCode::unavailable},         {599, ErrorCode::internal},
    };
    for (auto const& [status, code] : expected)
    {
        auto const failure = failure_of(answer(status, "nothing to read", {}, "text/plain"));
        BOOST_TEST((failure.error.code == code), status);
        BOOST_TEST(failure.error.detail == "nothing to read");
    }
}

BOOST_AUTO_TEST_CASE(errors_of_other_kinds_of_api_keep_their_sentence)
{
    BOOST_TEST(failure_of(answer(400, R"({"message":"no such tenant"})")).error.detail == "no such tenant");
    BOOST_TEST(failure_of(answer(400, R"({"error":"invalid","error_description":"why"})")).error.detail == "why");
    BOOST_TEST(failure_of(answer(502, "<html><body>Bad Gateway</body></html>", {}, "text/html")).error.detail ==
               "The server answered with a web page, not with SCIM.");
}

BOOST_AUTO_TEST_CASE(what_a_server_says_cannot_write_to_a_terminal_and_is_cut)
{
    auto const failure = failure_of(answer(400, error_body(R"("status":"400","detail":"a\u001b[31m\n\u0000b")")));
    BOOST_TEST(failure.error.detail == "a [31m  b");
    auto const longer = failure_of(answer(400, std::string(100'000, 'x')));
    BOOST_TEST(longer.error.detail.size() == 503);
    auto const split = failure_of(answer(400, std::string(499, 'x') + "\xC3\xA4\xC3\xA4"));
    BOOST_TEST(split.error.detail == std::string(499, 'x') + "...");
    BOOST_TEST(failure_of(answer(400, "a\xFF\xFE")).error.detail == "a??");
    BOOST_TEST(failure_of(answer(400, "a\xC2\x9B\x31m \xC2\xA9 \xC2")).error.detail == "a??1m ?? ?"); // no UTF-8
    BOOST_TEST(failure_of(answer(400, "a\xC2\x9B\x31m \xC2\xA9")).error.detail == "a 1m \xC2\xA9");
}

BOOST_AUTO_TEST_CASE(a_web_page_instead_of_a_resource_is_told_apart)
{
    for (auto const& page : {answer(200, "<!DOCTYPE html><title>Log in</title>", {}, "text/html"),
                             answer(200, "  <html></html>", {}, "application/json")})
        BOOST_TEST((failure_of(page).kind == FailureKind::not_scim));
}

BOOST_AUTO_TEST_CASE(a_redirection_is_not_followed_and_is_told)
{
    auto const failure = failure_of(answer(302, "", {{"Location", "https://login.example.com/"}}));
    BOOST_TEST((failure.kind == FailureKind::redirected));
    BOOST_TEST(failure.error.detail.find("https://login.example.com/") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_no_json_is_malformed)
{
    for (auto const* const body : {"", "{", "{\"id\":1,\"id\":2}", "nonsense", "{\"id\":\"\xFF\"}", "[]", "7", "null"})
        BOOST_TEST((failure_of(answer(200, body)).kind == FailureKind::malformed), body);
}

BOOST_AUTO_TEST_CASE(depth_and_count_of_an_answer_are_bounded)
{
    std::string const deep = std::string(100'000, '[') + std::string(100'000, ']');
    BOOST_TEST((failure_of(answer(200, R"({"id":"1","x":)" + deep + "}")).kind == FailureKind::malformed));
    std::string many = R"({"id":"1","x":[0)";
    for (int i = 0; i < 1'000; ++i)
        many += ",0";
    auto const few = [](ClientOptions& options) { options.limits.max_json_values = 500; };
    BOOST_TEST((failure_of(answer(200, many + "]}"), few).kind == FailureKind::malformed));
}

BOOST_AUTO_TEST_CASE(other_media_types_and_byte_order_marks_are_named_deviations)
{
    std::string const user = R"({"id":"1","userName":"a"})";
    Scenario scenario{in_turn({answer(200, "\xEF\xBB\xBF" + user, {}, "text/json")})};
    BOOST_TEST(scenario.client.get("/Users", "1").has_value());
    BOOST_TEST(scenario.met(Deviation::media_type));
    BOOST_TEST(scenario.met(Deviation::byte_order_mark));

    Scenario json{in_turn({answer(200, user, {}, "application/json; charset=utf-8")})};
    BOOST_TEST(json.client.get("/Users", "1").has_value());
    BOOST_TEST(json.client.deviations().all().empty());
}

BOOST_AUTO_TEST_CASE(a_strict_client_refuses_each_deviation_by_its_name)
{
    Scenario scenario{in_turn({answer(200, R"({"id":"1"})", {}, "text/json")}),
                      [](ClientOptions& options) { options.tolerant = false; }};
    auto const read = scenario.client.get("/Users", "1");
    BOOST_REQUIRE(!read);
    BOOST_TEST((read.error().kind == FailureKind::malformed));
    BOOST_TEST(read.error().error.detail.starts_with("media-type: "));
}

BOOST_AUTO_TEST_CASE(lists_of_other_forms_are_understood_and_named)
{
    struct Case
    {
        std::string body;
        Deviation deviation;
        std::size_t resources;
    };
    std::string const urn = R"("schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"])";
    for (auto const& [body, deviation, resources] : std::vector<Case>{
             {R"([{"id":"1"},{"id":"2"}])", Deviation::list_form, 2},
             {R"({"id":"1","userName":"a"})", Deviation::list_form, 1},
             {R"({"totalResults":1,"Resources":[{"id":"1"}]})", Deviation::list_schema, 1},
             {"{" + urn + R"(,"TotalResults":1,"resources":[{"id":"1"}]})", Deviation::list_names, 1},
             {"{" + urn + R"(,"totalResults":"1","Resources":[{"id":"1"}]})", Deviation::total_missing, 1},
             {"{" + urn + R"(,"Resources":[{"id":"1"}]})", Deviation::total_missing, 1},
             {"{" + urn + R"(,"totalResults":1,"itemsPerPage":20,"Resources":[{"id":"1"}]})", Deviation::items_per_page,
              1},
             {"{" + urn + R"(,"totalResults":1,"Resources":[{"id":7}]})", Deviation::id_form, 1},
             {"{" + urn + R"(,"totalResults":1,"Resources":[{"userName":"x"}]})", Deviation::id_missing, 1},
             {list({"1", "2", "3"}, "3"), Deviation::page_too_long, 3},
         })
    {
        Scenario scenario{in_turn({answer(200, body)})};
        auto const page = scenario.client.query("/Users", {.count = 2});
        BOOST_REQUIRE_MESSAGE(page, body);
        BOOST_TEST(page->resources.size() == resources, body);
        BOOST_TEST(scenario.met(deviation), body);
    }
}

BOOST_AUTO_TEST_CASE(a_list_without_resources_is_empty)
{
    Scenario scenario{in_turn(
        {answer(200, R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0})")})};
    auto const page = scenario.client.query("/Users");
    BOOST_REQUIRE(page);
    BOOST_TEST(page->resources.empty());
    BOOST_TEST(scenario.client.deviations().all().empty());
}

BOOST_AUTO_TEST_CASE(what_is_no_list_is_malformed)
{
    for (auto const* const body : {"7", "\"x\"", "{}", R"({"totalResults":1,"Resources":7})", R"({"Resources":[1]})",
                                   R"({"Resources":{"id":"1"}})"})
    {
        Scenario scenario{in_turn({answer(200, body)})};
        auto const page = scenario.client.query("/Users");
        BOOST_REQUIRE_MESSAGE(!page, body);
        BOOST_TEST((page.error().kind == FailureKind::malformed), body);
    }
}

BOOST_AUTO_TEST_SUITE_END()
