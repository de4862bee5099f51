// The rows of draft-zollner-scim-interop-profile-02, each on every store, by a service of the profile interop-02.
#include "interop_profile.hpp"
#include "support/bulk.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(interop_profile)

namespace
{

/// What create() says to options of the profile that a test has changed.
std::string refusal(std::function<void(ServiceOptions&)> const& change)
{
    ServiceOptions options = interop({.base_url = "https://example.com/v2",
                                      .store = memory::make_store(),
                                      .authenticator = no_authentication("tester")});
    change(options);
    auto const service = Service::create(std::move(options));
    return service ? std::string{} : service.error().detail;
}

} // namespace

BOOST_AUTO_TEST_CASE(there_are_three_discovery_endpoints, *label("interop-02-1"))
{
    ServiceFixture const scim{interop()};
    for (auto const* endpoint : {"/ServiceProviderConfig", "/ResourceTypes", "/Schemas"})
        BOOST_TEST(scim.get(endpoint).status == 200, endpoint);
}

BOOST_AUTO_TEST_CASE(what_is_announced_is_described_in_the_schemas, *label("interop-02-2"))
{
    ServiceFixture const scim{interop()};
    Reply const types = scim.get("/ResourceTypes");
    for (json::value const& type : types.find("/Resources")->get_array())
    {
        BOOST_TEST(scim.get("/Schemas/" + std::string{type.at("schema").as_string()}).status == 200);
        if (auto const* extensions = type.as_object().if_contains("schemaExtensions"))
            for (json::value const& each : extensions->get_array())
                BOOST_TEST(scim.get("/Schemas/" + std::string{each.at("schema").as_string()}).status == 200);
    }
    std::set<std::string> described{"schemas", "meta"};
    Reply const schema = scim.get("/Schemas/" + std::string{urn::service_provider_config});
    for (json::value const& attribute : schema.find("/attributes")->get_array())
        described.emplace(attribute.at("name").as_string());
    Reply const configuration = scim.get("/ServiceProviderConfig");
    for (auto const& [name, value] : configuration.body.as_object())
        BOOST_TEST(described.contains(std::string{name}), name);
}

BOOST_AUTO_TEST_CASE(a_resource_type_is_called_as_its_id, *label("interop-02-3"))
{
    Reply const types = ServiceFixture{interop()}.get("/ResourceTypes");
    for (json::value const& type : types.find("/Resources")->get_array())
        BOOST_TEST(type.at("id") == type.at("name"));
}

BOOST_AUTO_TEST_CASE(filters_and_uniqueness_have_one_case_rule, *label("interop-02-4"))
{
    on_every_store(
        [](ServiceFixture const& scim)
        {
            auto const id = scim.create("/Users", user("ada", {{"externalId", "Ext"}}));
            BOOST_TEST(outcome(scim.post("/Users", user("ADA"))) == "409 uniqueness");
            BOOST_TEST(scim.get("/Users?filter=userName eq \"ADA\"").number("/totalResults") == 1);
            BOOST_TEST(scim.get("/Users?filter=externalId eq \"ext\"").number("/totalResults") == 0);
            BOOST_TEST(scim.get("/Users?filter=externalId eq \"Ext\"").number("/totalResults") == 1);
            BOOST_TEST(scim.get("/Users?filter=id eq \"" + id + "\"").number("/totalResults") == 1);
        });
}

BOOST_AUTO_TEST_CASE(what_no_schema_has_is_refused_on_every_way_in, *label("interop-02-5"))
{
    on_every_store(
        [](ServiceFixture const& scim)
        {
            auto const id = scim.create("/Users", user("ada"));
            json::object foreign = user("bob", {{"urn:example:x", json::object{{"a", 1}}}});
            foreign["schemas"].as_array().emplace_back("urn:example:x");
            json::object renamed = user("bob");
            renamed["schemas"] = json::array{"urn:scim:schemas:core:1.0"};
            for (json::object const& body :
                 {user("bob", {{"shoeSize", 43}}), user("bob", {{"name", {{"nick", "b"}}}}), foreign, renamed,
                  user("bob", {{"meta", {{"foo", 1}}}}),
                  user("bob", {{"groups", json::array{json::object{{"value", "x"}, {"foo", 1}}}}})})
            {
                BOOST_TEST(scim.post("/Users", body).status == 400);
                BOOST_TEST(scim.put("/Users/" + id, body).status == 400);
            }
            BOOST_TEST(outcome(scim.post("/Users", user("bob", {{"shoeSize", 43}}))) == "400 invalidSyntax");
            BOOST_TEST(outcome(scim.post("/Users", foreign)) == "400 invalidSyntax");
            BOOST_TEST(outcome(scim.post("/Users", renamed)) == "400 invalidSyntax");
            auto const in_bulk = scim.post("/Bulk", bulk({bulk_post("/Users", "b", user("bob", {{"shoeSize", 43}}))}));
            BOOST_TEST(statuses(in_bulk) == "400");
            BOOST_TEST(in_bulk.text("/Operations/0/response/scimType") == "invalidSyntax");
            BOOST_TEST(outcome(scim.patch("/Users/" + id, patch_op("add", "name", json::object{{"nick", "b"}}))) ==
                       "400 invalidSyntax");
            BOOST_TEST(scim.get("/Users").number("/totalResults") == 1);
        });
}

BOOST_AUTO_TEST_CASE(every_type_has_canonical_values, *label("interop-02-6"))
{
    Reply const schemas = ServiceFixture{interop()}.get("/Schemas");
    for (json::value const& schema : schemas.find("/Resources")->get_array())
        for (json::value const& attribute : schema.at("attributes").get_array())
            if (auto const* subs = attribute.as_object().if_contains("subAttributes"))
                for (json::value const& sub : subs->get_array())
                    if (sub.at("name") == "type")
                    {
                        auto const* values = sub.as_object().if_contains("canonicalValues");
                        BOOST_TEST((values && !values->get_array().empty()), attribute.at("name").as_string());
                    }
}

BOOST_AUTO_TEST_CASE(a_type_has_one_endpoint_and_resources_their_ids, *label("interop-02-7"))
{
    on_every_store(
        [](ServiceFixture const& scim)
        {
            scim.create("/Users", user("ada"));
            BOOST_TEST(scim.get("/users").status == 404);
            BOOST_TEST(scim.get("/User").status == 404);
            BOOST_TEST(scim.get("/Users/ada").status == 404);
        });
}

BOOST_AUTO_TEST_CASE(the_media_type_is_scim_in_both_directions, *label("interop-02-8"))
{
    ServiceFixture const scim{interop()};
    Reply const made = scim.post("/Users", user("ada"));
    BOOST_TEST(made.header("Content-Type").starts_with("application/scim+json"));
    BOOST_TEST(scim.post("/Users", user("bob"), {{"Content-Type", "application/json"}}).status == 415);
    BOOST_TEST(scim.get("/Users").header("Content-Type").starts_with("application/scim+json"));
}

BOOST_AUTO_TEST_CASE(a_filter_on_what_is_not_defined_is_refused_at_the_root_too, *label("interop-02-9"))
{
    on_every_store(
        [](ServiceFixture const& scim)
        {
            scim.create("/Users", with_mails("ada"));
            scim.create("/Groups", group("Team"));
            auto const found = [&](std::string const& filter)
            { return scim.get("/Users?filter=" + filter).number("/totalResults"); };
            BOOST_TEST(found("userName eq \"ada\" and emails.value eq \"a@example.com\"") == 1);
            for (std::string const& filter :
                 {std::string{"shoeSize eq 43"}, std::string{"userName eq \"ada\" or not (shoeSize pr)"},
                  std::string{"emails[shoe eq \"a\"]"}, std::string{"department eq \"D\""}})
            {
                BOOST_TEST(outcome(scim.get("/Users?filter=" + filter)) == "400 invalidFilter", filter);
                BOOST_TEST(outcome(scim.get("/?filter=" + filter)) == "400 invalidFilter", filter);
                json::object const search{
                    {"schemas", json::array{"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}},
                    {"filter", filter}};
                BOOST_TEST(outcome(scim.post("/.search", search)) == "400 invalidFilter", filter);
            }
            // What one of the types has is defined.
            BOOST_TEST(scim.get("/?filter=userName eq \"ada\" or displayName eq \"Team\"").number("/totalResults") ==
                       2);
            BOOST_TEST(scim.get("/?filter=emails[type eq \"work\"]").number("/totalResults") == 1);
            BOOST_TEST(scim.get("/?filter=emails[value eq \"a@example.com\"]").number("/totalResults") == 1);
        });
}

BOOST_AUTO_TEST_CASE(pages_are_of_a_hundred_and_a_count_of_a_hundred_is_honoured, *label("interop-02-10"))
{
    on_every_store(
        [](ServiceFixture const& scim)
        {
            json::array users;
            for (int i = 0; i < 120; ++i)
                users.push_back(bulk_post("/Users", "u" + std::to_string(i), user("u" + std::to_string(i))));
            BOOST_REQUIRE(scim.post("/Bulk", bulk(std::move(users))).status == 200);
            BOOST_TEST(scim.get("/Users").number("/itemsPerPage") == 100);
            BOOST_TEST(scim.get("/Users?count=110").number("/itemsPerPage") == 110);
            BOOST_TEST(scim.get("/Users?startIndex=101").number("/itemsPerPage") == 20);
            BOOST_TEST(scim.get("/Users?cursor&count=100").size("/Resources") == 100);
        });
}

BOOST_AUTO_TEST_CASE(what_is_deleted_is_gone_and_its_names_are_free, *label("interop-02-15"))
{
    on_every_store(
        [](ServiceFixture const& scim)
        {
            auto const path = "/Users/" + scim.create("/Users", user("ada"));
            BOOST_TEST(scim.patch(path, patch_op("replace", "active", false)).status == 200);
            BOOST_TEST(scim.get(path).status == 200); // no PATCH deletes
            BOOST_TEST(scim.del(path).status == 204);
            BOOST_TEST(scim.get(path).status == 404);
            BOOST_TEST(scim.del(path).status == 404);
            BOOST_TEST(scim.get("/Users?filter=userName eq \"ada\"").number("/totalResults") == 0);
            BOOST_TEST(scim.post("/Users", user("ada")).status == 201);
        });
}

BOOST_AUTO_TEST_CASE(a_name_that_is_taken_is_a_conflict, *label("interop-02-16"))
{
    on_every_store(
        [](ServiceFixture const& scim)
        {
            scim.create("/Users", user("ada"));
            auto const path = "/Users/" + scim.create("/Users", user("bob"));
            BOOST_TEST(outcome(scim.post("/Users", user("ada"))) == "409 uniqueness");
            BOOST_TEST(outcome(scim.put(path, user("ada"))) == "409 uniqueness");
            BOOST_TEST(outcome(scim.patch(path, patch_op("replace", "userName", "ada"))) == "409 uniqueness");
        });
}

BOOST_AUTO_TEST_CASE(a_change_without_a_precondition_is_taken, *label("interop-02-17"))
{
    ServiceFixture const scim{interop()};
    auto const path = "/Users/" + scim.create("/Users", user("ada"));
    BOOST_TEST(scim.patch(path, patch_op("replace", "title", "Miss")).status == 200);
    BOOST_TEST(scim.put(path, user("ada")).status == 200);
    BOOST_TEST(scim.del(path).status == 204);
}

BOOST_AUTO_TEST_CASE(conformance_is_announced_where_all_of_it_holds, *label("interop-02-19"))
{
    auto const announced = [](ServiceOptions options)
    {
        Reply const reply = ServiceFixture{std::move(options)}.get("/ServiceProviderConfig");
        auto const* flag = reply.find("/interopProfileConformant");
        return !flag ? "absent" : flag->as_bool() ? "true" : "false";
    };
    BOOST_TEST(announced({}) == "absent");
    BOOST_TEST(announced({.profile = find_profile("strict")}) == "absent");
    BOOST_TEST(announced(interop()) == "true");
    BOOST_TEST(announced(interop({.limits = {.default_page_size = 150, .max_page_size = 150}})) == "true");
    // A profile of one's own that lets go of a ruling still says the truth.
    Profile mine = *find_profile("interop-02");
    std::erase_if(mine.rulings, [](Ruling const& ruling) { return ruling.clause == "row 11"; });
    mine.tolerance.pathless_operations = true;
    BOOST_TEST(announced({.profile = std::make_shared<Profile const>(mine)}) == "false");
}

BOOST_AUTO_TEST_CASE(a_service_that_would_contradict_a_row_is_not_started,
                     *label("interop-02-18") * label("interop-02-19"))
{
    auto const strict_with = [](std::string_view name, std::string_view value)
    {
        return refusal(
            [&](ServiceOptions& options)
            {
                options.tolerance = options.profile->tolerance;
                BOOST_REQUIRE(!!options.tolerance.set(name, value));
            });
    };
    for (Ruling const& ruling : find_profile("interop-02")->rulings)
        if (ruling.about == Ruling::About::tolerance)
            BOOST_TEST(strict_with(ruling.subject, ruling.value == "on" ? "off" : "on") ==
                       "The profile interop-02, " + ruling.clause + ": the tolerance " + ruling.subject +
                           " has to be " + ruling.value + ".");
    BOOST_TEST(strict_with("op-letter-case", "on") == ""); // no row is about it
    for (auto const* url : {"http://example.com/v2", "http://localhost.example.com/v2", "http://10.0.0.1:8080"})
        BOOST_TEST(refusal([&](auto& options) { options.base_url = url; }) ==
                   "The profile interop-02, row 18: base_url has to begin with https://.");
    for (auto const* url :
         {"https://example.com/v2", "http://localhost:8080/v2", "http://127.0.0.1", "http://[::1]:1/v2"})
        BOOST_TEST(refusal([&](auto& options) { options.base_url = url; }) == "");
    BOOST_TEST(refusal([](auto& options) { options.patch = false; }) ==
               "The profile interop-02, row 11: patch has to be on.");
    BOOST_TEST(refusal([](auto& options) { options.limits.default_page_size = 50; }) ==
               "The profile interop-02, row 10: default_page_size has to be at least 100.");
    BOOST_TEST(refusal(
                   [](auto& options)
                   {
                       options.limits.default_page_size = 99;
                       options.limits.max_page_size = 99;
                   })
                   .starts_with("The profile interop-02, row 10: "));
    BOOST_TEST(
        refusal([](auto& options) { options.registry = SchemaRegistry::Builder{}.add_rfc7643().build().value(); }) ==
        "The profile interop-02, row 6: User.entitlements.type has to have canonicalValues.");
    BOOST_TEST(refusal([](auto&) {}) == "");
}

BOOST_AUTO_TEST_SUITE_END()
