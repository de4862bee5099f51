// Where a SCIM service answers and what its URIs look like: sections 1.2, 1.3, 3.4.1, 3.12, 4 and 6.1 of RFC 7644.
#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(rfc7644_targets)

namespace
{

result<Service> with_base_url(std::string base_url)
{
    return Service::create(
        {.base_url = std::move(base_url), .store = memory::make_store(), .authenticator = no_authentication()});
}

} // namespace

BOOST_AUTO_TEST_CASE(an_encoded_filter_means_what_its_plain_text_means, *label("7644-1.2-a"))
{
    ServiceFixture const scim;
    scim.create("/Users", user("ada"));
    scim.create("/Users", user("zo\u00EB"));
    for (auto const* target :
         {"/v2/Users?filter=userName%20eq%20%22ada%22", "/v2/Users?%66ilter=%75ser%4eame%20%65q%20%22%61da%22",
          "/v2/%55sers?filter=userName%20eq%20%22ada%22"})
    {
        Reply const reply = scim.send_raw("GET", target);
        BOOST_TEST(reply.number("/totalResults") == 1, target);
        BOOST_TEST(reply.text("/Resources/0/userName") == "ada", target);
    }
    for (auto const* target :
         {"/v2/Users?filter=userName%20eq%20%22zo%C3%AB%22", "/v2/Users?filter=userName%20eq%20%22zo%c3%ab%22"})
        BOOST_TEST(scim.send_raw("GET", target).text("/Resources/0/userName") == "zo\u00EB", target);
}

BOOST_AUTO_TEST_CASE(percent_signs_are_decoded_once, *label("7644-1.2-a"))
{
    ServiceFixture const scim;
    scim.create("/Users", user("ada", {{"title", "100%25"}}));
    BOOST_TEST(scim.send_raw("GET", "/v2/Users?filter=title%20eq%20%22100%2525%22").number("/totalResults") == 1);
    BOOST_TEST(scim.send_raw("GET", "/v2/Users?filter=title%20eq%20%22100%25%22").number("/totalResults") == 0);
    // A decoded & or = is part of the value, not of the query's grammar.
    scim.create("/Users", user("bob", {{"title", "a&count=0"}}));
    BOOST_TEST(scim.send_raw("GET", "/v2/Users?filter=title%20eq%20%22a%26count%3D0%22").size("/Resources") == 1);
}

BOOST_AUTO_TEST_CASE(an_encoded_id_is_the_same_id, *label("7644-1.2-a"))
{
    ServiceFixture const scim;
    BOOST_REQUIRE(scim.create("/Users", user("ada")) == "id-1");
    BOOST_TEST(scim.send_raw("GET", "/v2/Users/%69d%2D1").text("/userName") == "ada");
}

BOOST_AUTO_TEST_CASE(a_base_url_with_a_query_is_refused_at_the_start, *label("7644-1.3-a"))
{
    for (auto const* url : {"https://example.com/scim?x=1", "https://example.com?",
                            "https://example.com/scim/?tenant=a", "https://example.com/scim#x"})
    {
        auto const service = with_base_url(url);
        BOOST_REQUIRE(!service);
        BOOST_TEST(service.error().detail.find("query") != std::string::npos, service.error().detail);
    }
    BOOST_TEST(!!with_base_url("https://example.com/scim"));
}

BOOST_AUTO_TEST_CASE(a_service_works_under_any_prefix_and_builds_all_uris_from_it,
                     *label("7644-1.3-b") * label("7644-6.1-d"))
{
    for (std::string const base : {"https://example.com", "https://example.com/scim", "https://example.com/scim/acme",
                                   "https://h:8443/Tenants/t1/v2"})
    {
        std::string const prefix = base.substr(std::min(base.find('/', 8), base.size()));
        ServiceFixture const scim{{.base_url = base, .path_prefix = prefix}};
        Reply const ada = scim.post("/Users", user("ada"));
        BOOST_TEST(ada.header("Location") == base + "/Users/" + ada.id());
        BOOST_TEST(ada.text("/meta/location") == base + "/Users/" + ada.id());
        Reply const team = scim.post("/Groups", group("team", {ada.id()}));
        BOOST_TEST(team.header("Location") == base + "/Groups/" + team.id());
        BOOST_TEST(team.text("/members/0/$ref") == base + "/Users/" + ada.id());
        BOOST_TEST(scim.get("/Users/" + ada.id()).text("/groups/0/$ref") == base + "/Groups/" + team.id());
        BOOST_TEST(scim.get("/Users").text("/Resources/0/meta/location") == base + "/Users/" + ada.id());
        BOOST_TEST(scim.get("/ServiceProviderConfig").text("/meta/location") == base + "/ServiceProviderConfig");
    }
}

BOOST_AUTO_TEST_CASE(another_tenants_prefix_is_not_served, *label("7644-1.3-b"))
{
    ServiceFixture const scim{{.base_url = "https://h/Tenants/t1/v2"}};
    BOOST_TEST(scim.send_raw("GET", "/Tenants/t1/v2/Users").status == 200);
    for (auto const* target : {"/Users", "/v2/Users", "/Tenants/t2/v2/Users", "/Tenants/t1/Users"})
        BOOST_TEST(scim.send_raw("GET", target).status == 404, target);
}

BOOST_AUTO_TEST_CASE(another_protocol_version_in_the_path_is_not_found, *label("7644-3.12-aa"))
{
    // There is one version and no negotiation, so that invalidVers has no use: another version is another path.
    ServiceFixture const scim;
    for (auto const* method : {"GET", "POST", "PUT", "PATCH", "DELETE"})
    {
        Reply const reply = scim.send_raw(method, "/v1/Users/1");
        BOOST_TEST(reply.status == 404, method);
        BOOST_TEST(reply.text("/schemas/0") == "urn:ietf:params:scim:api:messages:2.0:Error", method);
    }
}

BOOST_AUTO_TEST_CASE(a_content_location_is_where_the_resource_is, *label("7644-3.4.1-d") * label("7643-3.1-u"))
{
    // What is answered is what a GET at that place gives; a part of a resource, or a list, is not.
    ServiceFixture const scim;
    auto const id = scim.create("/Users", user("ada"));
    auto const says_where = [](Reply const& reply) {
        return reply.header("Content-Location") == reply.text("/meta/location") &&
               !reply.text("/meta/location").empty();
    };
    BOOST_TEST(says_where(scim.post("/Users", user("bob"))));
    BOOST_TEST(says_where(scim.put("/Users/" + id, user("ada", {{"title", "Dr"}}))));
    BOOST_TEST(says_where(scim.patch("/Users/" + id, patch_op("replace", "title", "Ms"))));
    BOOST_TEST(says_where(scim.get("/Users/" + id)));
    BOOST_TEST(scim.send("HEAD", "/Users/" + id).header("Content-Location") ==
               scim.get("/Users/" + id).text("/meta/location"));
    Reply const read = scim.get("/Users/" + id);
    Reply const same = scim.get("/Users/" + id, {{"If-None-Match", std::string{read.header("ETag")}}});
    BOOST_TEST(same.status == 304);
    BOOST_TEST(same.header("Content-Location") == read.header("Content-Location"));
    BOOST_TEST(scim.get("/Users/" + id + "?attributes=userName,meta").header("Content-Location").empty());
    BOOST_TEST(scim.get("/Users").header("Content-Location").empty());
}

BOOST_AUTO_TEST_CASE(the_configuration_endpoint_keeps_its_name, *label("7644-err-4978"))
{
    ServiceFixture const scim;
    BOOST_TEST(scim.get("/ServiceProviderConfig").status == 200);
    for (auto const* renamed : {"/ServiceProviderConfigs", "/ServiceConfig", "/ServiceProviderConfiguration"})
        BOOST_TEST(scim.get(renamed).status == 404, renamed);
}

BOOST_AUTO_TEST_SUITE_END()
