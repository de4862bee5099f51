// Paths and parameters as clients and proxies spell them (RFC 7644 sections 3.2 and 3.13). Finds spellings that reach
// another resource than is named, and answers that leave a client guessing what is wrong with its URL.
#include <scimkit/schema/registry.hpp>

#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(targets)

namespace
{

ServiceOptions strict() { return {.tolerance = Tolerance::strict()}; }

std::shared_ptr<SchemaRegistry const> users_only()
{
    return SchemaRegistry::Builder{}
        .add(rfc7643_schemas().front())
        .add(ResourceTypeDefinition{.name = "User", .endpoint = "/Users", .schema = std::string{urn::user}})
        .build()
        .value();
}

} // namespace

BOOST_AUTO_TEST_CASE(the_prefix_ends_at_a_segment_boundary, *label("7644-3.13-b"))
{
    ServiceFixture const scim;
    BOOST_TEST(scim.send_raw("GET", "/v2/Users").status == 200);
    BOOST_TEST(scim.send_raw("GET", "/v2Users").status == 404);
    BOOST_TEST(scim.send_raw("GET", "/v22/Users").status == 404);
    BOOST_TEST(scim.send_raw("GET", "/Users").status == 404);
    BOOST_TEST(scim.send_raw("GET", "/v2/v2/Users").status == 404);
}

BOOST_AUTO_TEST_CASE(another_protocol_version_is_not_served, *label("7644-3.13-c"))
{
    ServiceFixture const scim;
    BOOST_TEST(scim.send_raw("GET", "/v1/Users").status == 404);
}

BOOST_AUTO_TEST_CASE(a_version_segment_applies_to_every_endpoint, *label("7644-3.13-f") * label("7644-3.13-e"))
{
    ServiceFixture const scim;
    BOOST_TEST(scim.send_raw("GET", "/v2/ServiceProviderConfig").status == 200);
    BOOST_TEST(scim.send_raw("GET", "/v2/Schemas").status == 200);
    BOOST_TEST(scim.send_raw("GET", "/v2/Me").status == 501);
    auto const id = scim.create("/Users", user("ada"));
    BOOST_TEST(scim.get("/Users/" + id).text("/meta/location") == "https://example.com/v2/Users/" + id);
}

BOOST_AUTO_TEST_CASE(a_proxy_may_change_the_path, *label("7644-3.13-d"))
{
    ServiceFixture const scim{{.path_prefix = ""}};
    BOOST_TEST(scim.send_raw("GET", "/Users").status == 200);
    BOOST_TEST(scim.send_raw("GET", "/v2/Users").status == 404);
    auto const created = scim.post("/Users", user("ada"));
    BOOST_TEST(created.header("Location") == "https://example.com/v2/Users/id-1");
}

BOOST_AUTO_TEST_CASE(undefined_endpoints_are_not_found, *label("7644-3.2-k"))
{
    ServiceFixture const scim;
    for (auto const* target : {"/Widgets", "/Users/1/2", "/Schemas/a/b", "/ServiceProviderConfig/x",
                               "/ServiceProviderConfigs", "/Users/.search/x", "/Me/x", "/Bulk/1"})
    {
        Reply const reply = scim.get(target);
        BOOST_TEST(reply.status == 404, target);
        BOOST_TEST(reply.text("/status") == "404");
        BOOST_TEST(reply.text("/schemas/0") == "urn:ietf:params:scim:api:messages:2.0:Error");
    }
}

BOOST_AUTO_TEST_CASE(endpoints_are_spelled_as_announced_unless_tolerated, *label("7644-3.2-l"))
{
    BOOST_TEST(ServiceFixture{}.get("/users").status == 404);
    Tolerance tolerance;
    tolerance.any_case_endpoints = true;
    ServiceFixture const scim{{.tolerance = tolerance}};
    BOOST_TEST(scim.get("/users").status == 200);
    BOOST_TEST(scim.get("/serviceproviderconfig").status == 200);
    BOOST_TEST(scim.get("/me").status == 501);
}

BOOST_AUTO_TEST_CASE(ids_are_opaque_and_compared_exactly, *label("7644-3.4.1-e") * label("7643-3.1-j"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", user("ada"));
    BOOST_REQUIRE(id == "id-1");
    BOOST_TEST(scim.send_raw("GET", "/v2/Users/i%64-1").status == 200);
    BOOST_TEST(scim.send_raw("GET", "/v2/Users/ID-1").status == 404);
}

BOOST_AUTO_TEST_CASE(an_encoded_slash_stays_part_of_the_id)
{
    ServiceFixture const scim;
    Reply const reply = scim.send_raw("GET", "/v2/Users/a%2F..%2Fb");
    BOOST_TEST(reply.status == 404);
    BOOST_TEST(reply.detail() == "There is no User with the id a/../b.");
}

BOOST_AUTO_TEST_CASE(malformed_targets_are_refused, *label("7644-7.1-b") * label("7644-7.7-a"))
{
    ServiceFixture const scim;
    for (auto const* target :
         {"/v2/Users/%", "/v2/Users/%4", "/v2/Users/%zz", "/v2/Users?filter=%", "/v2/Users/%00", "/v2/Users/..",
          "/v2/Users/%2e%2e", "/v2/Users/.", "/v2/Users\\1", "/v2/Users/%ff", "/v2/Users?filter=%ff", "/v2/Users#x",
          "https://user:secret@example.com/v2/Users", "*", "", "/v2/Users/%0a"})
    {
        Reply const reply = scim.send_raw("GET", target);
        BOOST_TEST(reply.status == 400, target);
        BOOST_TEST(reply.response.body.find("secret") == std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(empty_segments_name_nothing)
{
    ServiceFixture const scim;
    for (auto const* target : {"/v2///Users", "/v2/Users//", "/v2/Users//1"})
        BOOST_TEST(scim.send_raw("GET", target).status == 404, target);
}

BOOST_AUTO_TEST_CASE(a_base_url_with_a_slash_at_its_end_is_understood)
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", user("ada"));
    BOOST_TEST(scim.send_raw("GET", "/v2//Users/" + id).text("/userName") == "ada");
    BOOST_TEST(scim.send_raw("GET", "/v2//Users").number("/totalResults") == 1);
    BOOST_TEST(scim.send_raw("GET", "/v2//ServiceProviderConfig").status == 200);
    ServiceFixture const at_root{{.path_prefix = ""}};
    BOOST_TEST(at_root.send_raw("GET", "//Users").status == 200);
    ServiceFixture const strict{{.tolerance = Tolerance::strict()}};
    BOOST_TEST(strict.send_raw("GET", "/v2//Users").status == 404);
}

BOOST_AUTO_TEST_CASE(a_target_that_is_too_long_is_refused)
{
    ServiceFixture const scim{{.limits = {.max_target_bytes = 100}}};
    BOOST_TEST(scim.get("/Users?x=" + std::string(100, 'x')).status == 414);
    BOOST_TEST(scim.get("/Users").status == 200);
}

BOOST_AUTO_TEST_CASE(odd_targets_of_real_clients_are_tolerated)
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", user("ada"));
    BOOST_TEST(scim.send_raw("GET", "/v2/Users/").status == 200);
    BOOST_TEST(scim.send_raw("GET", "/v2/Users/" + id + "/").status == 200);
    BOOST_TEST(scim.send_raw("GET", "/v2/Users/" + id + "?").status == 200);
    Reply const found = scim.send_raw("GET", "/v2/Users?&filter=userName+eq+%22ada%22&");
    BOOST_TEST(found.number("/totalResults") == 1);
}

BOOST_AUTO_TEST_CASE(odd_targets_are_refused_when_strict)
{
    ServiceFixture const scim{strict()};
    BOOST_TEST(scim.send_raw("GET", "/v2/Users/").status == 404);
    BOOST_TEST(scim.send_raw("GET", "/v2/Users?count=1&").status == 400);
    BOOST_TEST(scim.send_raw("GET", "/v2/Users?&count=1").status == 400);
    BOOST_TEST(scim.send_raw("GET", "/v2/Users?").status == 200);
}

BOOST_AUTO_TEST_CASE(a_plus_is_a_blank_only_where_that_is_tolerated)
{
    auto const* target = "/v2/Users?filter=userName+eq+%22ada%22";
    BOOST_TEST(ServiceFixture{}.send_raw("GET", target).status == 200);
    BOOST_TEST(ServiceFixture{strict()}.send_raw("GET", target).scim_type() == "invalidFilter");
    ServiceFixture const scim;
    scim.create("/Users", user("a+b"));
    BOOST_TEST(scim.send_raw("GET", "/v2/Users?filter=userName+eq+%22a%2Bb%22").number("/totalResults") == 1);
}

BOOST_AUTO_TEST_CASE(unknown_parameters_are_ignored, *label("7644-3.4.2-h"))
{
    for (bool const is_strict : {false, true})
    {
        ServiceFixture const scim{is_strict ? strict() : ServiceOptions{}};
        BOOST_TEST(scim.get("/Users?foo=bar&foo=baz&aadOptscim062020").status == 200);
        BOOST_TEST(scim.get("/Users?Filter=nonsense").status == 200);
    }
}

BOOST_AUTO_TEST_CASE(a_known_parameter_given_twice_is_refused)
{
    ServiceFixture const scim;
    Reply const reply = scim.get("/Users?count=1&count=2");
    BOOST_TEST(reply.status == 400);
    BOOST_TEST(reply.scim_type() == "invalidValue");
    BOOST_TEST(reply.detail() == "The query parameter count is given twice.");
}

BOOST_AUTO_TEST_CASE(wrong_methods_are_refused_with_the_right_ones_named,
                     *label("7644-3.12-ae") * label("7644-3.2-a") * label("7644-3.2-m"))
{
    ServiceFixture const scim;
    Reply const collection = scim.del("/Users");
    BOOST_TEST(collection.status == 405);
    BOOST_TEST(collection.header("Allow") == "GET, HEAD, POST, OPTIONS");
    BOOST_TEST(collection.text("/status") == "405");
    Reply const single = scim.post("/Users/1", user("ada"));
    BOOST_TEST(single.status == 405);
    BOOST_TEST(single.header("Allow") == "GET, HEAD, PUT, PATCH, DELETE, OPTIONS");
    BOOST_TEST(scim.get("/Users").number("/totalResults") == 0);
    Reply const search = scim.get("/Users/.search");
    BOOST_TEST(search.status == 405);
    BOOST_TEST(search.header("Allow") == "POST, OPTIONS");
    BOOST_TEST(scim.send("BREW", "/Users").status == 405);
    BOOST_TEST(scim.send("get", "/Users").status == 405);
}

BOOST_AUTO_TEST_CASE(what_is_not_offered_is_not_implemented, *label("7644-3.11-a") * label("7644-3.12-r"))
{
    ServiceFixture const scim;
    for (auto const* target : {"/Me"})
    {
        Reply const reply = scim.post(target, json::object{});
        BOOST_TEST(reply.status == 501, target);
        BOOST_TEST(reply.text("/status") == "501");
        BOOST_TEST(scim.get(target).status == 501);
    }
}

BOOST_AUTO_TEST_CASE(an_endpoint_without_a_type_can_answer_with_an_empty_list)
{
    auto const registry = users_only();
    BOOST_TEST(ServiceFixture({.registry = registry}).get("/Groups").status == 404);
    Tolerance tolerance;
    tolerance.empty_list_for_missing_types = true;
    ServiceFixture const scim{{.registry = registry, .tolerance = tolerance}};
    Reply const reply = scim.get("/Groups?filter=displayName eq \"x\"");
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.number("/totalResults") == 0);
    BOOST_TEST(reply.size("/Resources") == 0);
    BOOST_TEST(scim.get("/Groups/1").status == 404);
    BOOST_TEST(scim.post("/Groups", group("g")).status == 405);
}

BOOST_AUTO_TEST_SUITE_END()
