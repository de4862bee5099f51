// URIs that end in a bulkId: those of this service are references, those of elsewhere are text.
#include "support/bulk.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(bulk_uris)

BOOST_AUTO_TEST_CASE(a_uri_of_elsewhere_is_text_whatever_it_ends_in, *label("7644-3.7.2-f"))
{
    ServiceFixture const scim;
    for (std::string const uri :
         {"https://intranet.example.org/people/bulkId:u", "http://example.com/v2/Users/bulkId:u",
          "https://example.com.evil.example/v2/Users/bulkId:u", "//example.org/v2/bulkId:u",
          "https://example.com/other/bulkId:u", "https://example.com:8443/v2/bulkId:none",
          "//example.org/v2/Users/bulkId:u", "urn:x/Users/bulkId:u", "https://example.com/v1/Profiles/bulkId:u",
          "https://example.com/people/bulkId%3Au"})
        BOOST_TEST_CONTEXT(uri)
        {
            json::object const data = user("ada", {{"profileUrl", uri}});
            Reply const reply = scim.post(
                "/Bulk", bulk({bulk_post("/Users", "u", data),
                               bulk_on("PATCH", "/Users/bulkId:u", patch_op("replace", "profileUrl", json::value(uri))),
                               bulk_on("PUT", "/Users/bulkId:u", data)}));
            BOOST_TEST(statuses(reply) == "201 200 200");
            Reply const stored = scim.get("/Users/" + made_id(reply, 0));
            BOOST_TEST(stored.text("/profileUrl") == uri);
            BOOST_TEST(scim.del("/Users/" + stored.id()).status == 204);
        }
}

BOOST_AUTO_TEST_CASE(a_uri_below_the_base_url_is_a_reference, *label("7644-3.7.2-f"))
{
    ServiceFixture const scim;
    for (std::string const uri :
         {"https://example.com/v2/Users/bulkId:m", "HTTPS://EXAMPLE.com:443/v2/Users/bulkId:m", "Users/bulkId:m",
          "/v2/Users/bulkId:m", "../Users/bulkId:m", "/Users/bulkId:m", "https://example.com/Users/bulkId:m",
          "https://example.com/v1/Users/bulkId:m", "//example.com/v2/Users/bulkId:m",
          "//EXAMPLE.com:443/v1/Users/bulkId:m", "Users/bulkId%3Am", "https://example.com/v2/Users/%62ulkid:%6d"})
        BOOST_TEST_CONTEXT(uri)
        {
            json::object by_uri = group("g");
            by_uri["members"] = json::array{json::object{{"$ref", uri}}};
            Reply const reply =
                scim.post("/Bulk", bulk({bulk_post("/Groups", "g", by_uri), bulk_post("/Users", "m", user("boss"))}));
            BOOST_TEST(statuses(reply) == "201 201");
            BOOST_TEST(scim.get("/Groups/" + made_id(reply, 0)).text("/members/0/value") == made_id(reply, 1));
            BOOST_TEST(scim.del("/Users/" + made_id(reply, 1)).status == 204);
        }
}

// What resolves to a resource must not be kept with a bulkId for its id, in whatever spelling.
BOOST_AUTO_TEST_CASE(no_bulk_id_is_stored_as_an_id, *label("7644-3.7.2-f"))
{
    ServiceFixture const scim;
    for (std::string const reference : {"bulkId:a/b", "Users/bulkId:none", "Users/bulkId%3Anone", "bulkId:none",
                                        "https://example.com/v7/Users/bulkid%3anone", "//example.com/Users/bulkId:no"})
        for (std::string const name : {"value", "$ref"})
            BOOST_TEST_CONTEXT(name << " " << reference)
            {
                json::object data = group("g");
                data["members"] = json::array{json::object{{name, reference}}};
                BOOST_TEST(statuses(scim.post("/Bulk", bulk({bulk_post("/Groups", "g", data)}))) == "400");
            }
}

BOOST_AUTO_TEST_CASE(a_uri_where_an_id_is_meant_is_a_reference_too)
{
    ServiceFixture const scim;
    Reply const reply =
        scim.post("/Bulk", bulk({bulk_post("/Users", "u", user("ada")),
                                 bulk_post("/Groups", "g", group("G", {"https://example.com/v2/Users/bulkId:u"}))}));
    BOOST_TEST(statuses(reply) == "201 201");
    BOOST_TEST(scim.get("/Groups/" + made_id(reply, 1)).text("/members/0/value") == made_id(reply, 0));
}

BOOST_AUTO_TEST_SUITE_END()
