// Which requirement a refusal names, kind by kind: the one that the request went against, and its section; not the row
// of RFC 7644 section 3.12 that says of every refusal what its status means.
#include "requirement_rows.hpp"
#include "support/bulk.hpp"
#include "support/delta.hpp"
#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(broken_requirement)

namespace
{

std::string const explanation{"urn:scimkit:params:scim:api:messages:2.0:ErrorExplanation"};
std::string const user_uri{urn::user};

/// `{id}` is a user.
struct Broken
{
    std::string_view row;
    std::string_view method;
    std::string target;
    std::string body{};
    Headers headers{};
};

std::string user_body(std::string const& more) { return R"({"schemas":[")" + user_uri + R"("])" + more + "}"; }

std::string group_body(std::string const& more)
{
    return R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"g")" + more + "}";
}

std::string patch_body(std::string const& operation)
{
    return R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[)" + operation + "]}";
}

std::string search_body(std::string const& more)
{
    return R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],)" + more + "}";
}

std::vector<Broken> of_endpoints_and_conditions()
{
    return {
        {"7644-3.2-k", "GET", "/Nothing"},
        {"7644-3.4.1-b", "GET", "/Users/nobody"},
        {"7644-3.5.1-a", "PUT", "/Users/nobody", user_body(R"(,"userName":"grace")")},
        {"7644-3.5.2-ag", "PATCH", "/Users/nobody", patch_body(R"({"op":"add","path":"title","value":"x"})")},
        {"7644-3.6-f", "DELETE", "/Users/nobody"},
        {"7644-3.2-h", "PUT", "/Users", user_body(R"(,"userName":"grace")")},
        {"7644-3.2-m", "POST", "/Users/{id}", user_body(R"(,"userName":"grace")")},
        {"7644-3.12-ae", "DELETE", "/Users"},
        {"7644-4-l", "DELETE", "/Schemas"},
        {"7644-4-d", "GET", "/Schemas/urn:nothing"},
        {"7644-4-f", "GET", "/ResourceTypes/Nothing"},
        {"7644-4-i", "GET", "/Schemas?filter=id pr"},
        {"7644-3.8-h", "POST", "/Users", user_body(R"(,"userName":"grace")"), {{"Content-Type", "text/plain"}}},
        {"7644-3.14-h",
         "PATCH",
         "/Users/{id}",
         patch_body(R"({"op":"add","path":"title","value":"x"})"),
         {{"If-Match", R"(W/"other")"}}},
        {"7644-3.6-g", "DELETE", "/Users/{id}", "", {{"If-Match", R"(W/"other")"}}},
        {"7644-3.14-k", "DELETE", "/Users/{id}", "", {{"If-Match", "other"}}},
    };
}

std::vector<Broken> of_queries()
{
    return {
        {"7644-3.4.2.2-be", "GET", R"(/Users?filter=favourite eq "x")"},
        {"7644-3.4.2.2-c", "GET", "/Users?filter="},
        {"7644-3.4.2.2-az", "GET", R"(/Users?filter=userName like "a")"},
        {"7644-3.4.2.2-ar", "GET", R"(/Users?filter=userName pr "x")"},
        {"7644-3.4.2.2-as", "GET", "/Users?filter=" + std::string(200, '(') + "id pr" + std::string(200, ')')},
        {"7644-3.4.2.2-t", "GET", "/Users?filter=active gt true"},
        {"7644-3.4.2.2-u", "GET", R"(/Users?filter=x509Certificates.value gt "AAAA")"},
        {"7644-3.4.2.2-v", "GET", R"(/Users?filter=meta.created co "2026")"},
        {"7644-3.4.2.2-w", "GET", "/Users?filter=userName eq 5"},
        {"7644-3.4.2.2-x", "GET", "/Users?filter=userName gt null"},
        {"7644-3.4.2.2-ai", "GET", R"(/Users?filter=userName[value eq "a"])"},
        {"7644-3.4.2.2-aj", "GET", R"(/Users?filter=emails[favourite eq "x"])"},
        {"7644-3.4.2.2-au", "GET", R"(/Users?filter=name eq "x")"},
        {"7644-3.4.2.2-bg", "POST", "/Users/.search", search_body(R"("filter":"password eq \"x\"")")},
        {"7644-7.5.2-a", "GET", R"(/Users?filter=password eq "x")"},
        {"7644-3.4.2.3-b", "GET", "/Users?sortBy=favourite"},
        {"7644-3.4.2.3-f", "GET", "/Users?sortBy=name"},
        {"7644-3.4.2.3-d", "GET", "/Users?sortBy=userName&sortOrder=up"},
        {"7644-3.4.2.4-j", "GET", "/Users?count=x"},
        {"7644-3.4.2.4-j", "GET", "/Users?startIndex=x"},
        {"9865-2.1-d", "GET", "/Users?cursor&count=x"},
        {"9865-2.1-b", "GET", "/Users?cursor=other"},
        {"9865-2.4-d", "GET", "/Users?cursor&startIndex=2"},
        {"9865-3-c", "POST", "/Users/.search", search_body(R"("cursor":5)")},
        {"7644-3.4.3-b", "POST", "/Users/.search", "{}"},
        {"7644-3.4.3-c", "POST", "/Users/.search", search_body(R"("attributes":[5])")},
        {"7644-3.4.3-g", "POST", "/Users/.search", search_body(R"("sortBy":5)")},
        {"7644-3.4.3-k", "POST", "/Users/.search", "[]"},
        {"7644-3.4.3-k", "POST", "/Users/.search", "{"},
    };
}

std::vector<Broken> of_bodies()
{
    return {
        {"7644-3.3-p", "POST", "/Users", "{"},
        {"7644-3.3-p", "POST", "/Users", "[]"},
        {"7644-3.3-o", "POST", "/Users", user_body("")},
        {"7644-3.3-o", "POST", "/Users", user_body(R"(,"userName":" ")")},
        {"7644-3.3-s", "POST", "/Users", user_body(R"(,"userName":"grace","active":5)")},
        {"7644-3.3-i", "POST", "/Users", user_body(R"(,"userName":"ADA")")},
        {"7644-5-d", "POST", "/Users", user_body(R"(,"userName":"gr\u0007ace")")},
        {"7644-3.3-s", "POST", "/Groups", group_body(R"(,"members":[{"value":"gr\u0007ace"}])")},
        {"7643-2.1-f", "POST", "/Users", user_body(R"(,"userName":"grace","USERNAME":"grace")")},
        {"7643-3-a", "POST", "/Users", R"({"schemas":5,"userName":"grace"})"},
        {"7643-2.3.6-a", "POST", "/Users", user_body(R"(,"userName":"grace","x509Certificates":[{"value":"%%"}])")},
        {"7644-3.5.1-p", "PUT", "/Users/{id}", "{"},
        {"7644-3.5.1-p", "PUT", "/Users/{id}", user_body(R"(,"userName":"ada","active":5)")},
        {"7644-3.5.1-l", "PUT", "/Users/{id}", user_body("")},
        {"7644-3.5.1-o", "PUT", "/Users/{id}", user_body(R"(,"userName":"bob")")},
    };
}

std::vector<Broken> of_patches()
{
    std::vector<std::pair<std::string_view, std::string>> const operations{
        {"7644-3.5.2-c", ""},
        {"7644-3.5.2-c", "5"},
        {"7644-3.5.2-e", R"({"op":"move","path":"title","value":"x"})"},
        {"7644-3.5.2-g", R"({"op":"add","path":"/title","value":"x"})"},
        {"7644-3.5.2-h", R"({"op":"remove","path":"emails[type like \"work\"]"})"},
        {"7644-3.5.2-i", R"({"op":"add","path":"favourite","value":"x"})"},
        {"7644-3.5.2-i", R"({"op":"add","path":"name.favourite","value":"x"})"},
        {"7644-3.5.2-o", R"({"op":"replace","path":"id","value":"x"})"},
        {"7644-3.5.2-ah", R"({"op":"replace","path":"userName","value":"bob"})"},
        {"7644-3.5.2-aj", R"({"op":"replace","path":"active","value":5})"},
        {"7644-3.5.2.1-a", R"({"op":"add","path":"title"})"},
        {"7644-3.5.2.1-c", R"({"op":"add","value":5})"},
        {"7644-3.5.2.1-o", R"({"op":"add","path":"emails[value co \"zzz\"].display","value":"x"})"},
        {"7644-3.5.2.2-a", R"({"op":"remove"})"},
        {"7644-3.5.2.2-i", R"({"op":"remove","path":"userName"})"},
        {"7644-3.5.2.2-j", R"({"op":"remove","path":"id"})"},
        {"7644-3.5.2.3-k", R"({"op":"replace","path":"emails[type eq \"other\"]","value":{"display":"x"}})"},
        {"7644-3.5.2.3-m", R"({"op":"replace","path":"title"})"},
    };
    std::vector<Broken> all{{"7644-3.5.2-b", "PATCH", "/Users/{id}", "{}"}};
    for (auto const& [row, operation] : operations)
        all.push_back({row, "PATCH", "/Users/{id}", patch_body(operation)});
    return all;
}

/// Operations of a Bulk that are refused each by itself.
std::vector<std::pair<std::string_view, json::value>> of_bulk_operations(std::string const& id)
{
    std::string const path = "/Users/" + id;
    std::vector<std::pair<std::string_view, json::value>> all;
    all.emplace_back("7644-3.7-d", json::value(5));
    all.emplace_back("7644-3.7-e", bulk_on("GET", path));
    all.emplace_back("7644-3.7-g", bulk_on("POST", "/Users", user("grace")));
    all.emplace_back("7644-3.7-i", bulk_on("DELETE", ""));
    all.emplace_back("7644-3.7-j", bulk_post(path, "a", user("grace")));
    all.emplace_back("7644-3.7-j", bulk_on("DELETE", "/Users"));
    all.emplace_back("7644-3.7-k", bulk_on("DELETE", path + "?a=b"));
    all.emplace_back("7644-3.7-l", bulk_on("PUT", path));
    all.emplace_back("7644-3.7-m", bulk_on("DELETE", path, {}, R"(W/"other")"));
    all.emplace_back("7644-3.7.2-e", bulk_post("/Groups", "b", group("g", {"bulkId:nobody"})));
    all.emplace_back("7644-3.6-f", bulk_on("DELETE", "/Users/nobody"));
    all.emplace_back("7644-3.3-i", bulk_post("/Users", "c", user("bob")));
    return all;
}

std::string with_id(std::string text, std::string const& id)
{
    auto const at = text.find("{id}");
    return at == std::string::npos ? text : text.replace(at, 4, id);
}

/// Whether the explanation at a JSON pointer names the row, and where it stands.
void is_explained(Reply const& reply, std::string const& at, std::string_view row)
{
    static auto const rows = requirement_rows();
    auto const known = rows.find(std::string{row});
    BOOST_REQUIRE_MESSAGE(known != rows.end(), row);
    BOOST_TEST_CONTEXT(row << ": " << reply.response.body)
    {
        BOOST_TEST(reply.text(at + "/" + explanation + "/requirement") == row);
        BOOST_TEST(reply.text(at + "/" + explanation + "/reference") == known->second);
    }
}

/// A service with two users, `ada` and `bob`.
struct House
{
    explicit House(ServiceOptions options = {})
        : scim{std::move(options)}
    {
    }
    void names(Broken const& broken) const
    {
        BOOST_TEST_CONTEXT(broken.method << ' ' << broken.target << ' ' << broken.body)
        is_explained(scim.send(broken.method, with_id(broken.target, ada), broken.body, broken.headers), "",
                     broken.row);
    }

    ServiceFixture scim;
    std::string ada = scim.create(
        "/Users", user("ada", {{"emails", json::array{json::object{{"value", "a@example.com"}, {"type", "work"}}}}}));
    std::string bob = scim.create("/Users", user("bob"));
};

} // namespace

BOOST_AUTO_TEST_CASE(a_request_that_goes_against_a_rule_of_endpoints_or_conditions_is_told_which)
{
    House const house;
    for (Broken const& each : of_endpoints_and_conditions())
        house.names(each);
}

BOOST_AUTO_TEST_CASE(a_query_that_goes_against_a_rule_is_told_which)
{
    House const house;
    for (Broken const& each : of_queries())
        house.names(each);
}

BOOST_AUTO_TEST_CASE(a_query_for_changes_is_told_by_no_row_about_searches)
{
    House const house{with_delta({})};
    for (auto const* target : {"/Users/.delta", "/.delta"})
        for (auto const* body : {"{", "[]", "{}"})
            house.names({"7644-3.12-w", "POST", target, body});
}

BOOST_AUTO_TEST_CASE(a_body_that_goes_against_a_rule_is_told_which)
{
    House const house;
    for (Broken const& each : of_bodies())
        house.names(each);
}

BOOST_AUTO_TEST_CASE(a_patch_that_goes_against_a_rule_is_told_which)
{
    House const house;
    for (Broken const& each : of_patches())
        house.names(each);
}

BOOST_AUTO_TEST_CASE(a_bulk_that_goes_against_a_rule_is_told_which)
{
    ServiceOptions options;
    options.limits.max_bulk_operations = 2;
    House const house{std::move(options)};
    std::string const schemas = R"("schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"])";
    house.names({"7644-3.7-b", "POST", "/Bulk", "{}"});
    house.names({"7644-3.7-d", "POST", "/Bulk", "{" + schemas + "}"});
    house.names({"7644-3.7-u", "POST", "/Bulk", "{" + schemas + R"(,"failOnErrors":0,"Operations":[]})"});
    house.names({"7644-3.7.4-b", "POST", "/Bulk", "{" + schemas + R"(,"Operations":[{},{},{}]})"});
}

BOOST_AUTO_TEST_CASE(an_operation_of_a_bulk_that_goes_against_a_rule_is_told_which)
{
    House const house;
    for (auto const& [row, operation] : of_bulk_operations(house.ada))
    {
        auto const reply = house.scim.post("/Bulk", bulk({operation}));
        BOOST_TEST(reply.status == 200, reply.response.body);
        is_explained(reply, "/Operations/0/response", row);
    }
    auto const twice = house.scim.post(
        "/Bulk", bulk({bulk_post("/Users", "a", user("grace")), bulk_post("/Users", "a", user("joan"))}));
    is_explained(twice, "/Operations/1/response", "7644-3.7-h");
}

BOOST_AUTO_TEST_CASE(what_is_not_offered_is_told_by_the_row_that_lets_it_be_left_out)
{
    ServiceOptions options;
    options.bulk = false;
    options.patch = false;
    House const house{std::move(options)};
    house.names({"7644-3.7-a", "POST", "/Bulk", "{}"});
    house.names({"7644-3.11-a", "GET", "/Me"});
    house.names({"7644-3.5.2-a", "PATCH", "/Users/{id}", "{}"});
}

BOOST_AUTO_TEST_CASE(who_has_no_resource_of_his_own_is_told_by_the_row_about_it)
{
    House const house{{.me = own_resource_by()}};
    house.names({"7644-3.11-g", "GET", "/Me"});
    house.names({"7644-3.11-f", "POST", "/Me", user_body(R"(,"userName":"grace")")});
}

BOOST_AUTO_TEST_CASE(what_http_says_of_a_condition_is_named_by_its_section)
{
    House const house;
    auto const place = [&](Headers headers, std::string_view method = "DELETE")
    {
        auto const reply = house.scim.send(method, "/Users/" + house.ada, "", std::move(headers));
        BOOST_TEST(reply.status == 412);
        BOOST_TEST(!reply.has("/" + explanation + "/requirement"));
        return reply.text("/" + explanation + "/reference");
    };
    BOOST_TEST(place({{"If-Match", R"(W/"other")"}}, "GET") == "RFC 9110 section 13.1.1");
    BOOST_TEST(place({{"If-None-Match", "*"}}) == "RFC 9110 section 13.1.2");
    BOOST_TEST(place({{"If-Unmodified-Since", "Thu, 01 Jan 2009 00:00:00 GMT"}}) == "RFC 9110 section 13.1.4");
}

BOOST_AUTO_TEST_SUITE_END()
