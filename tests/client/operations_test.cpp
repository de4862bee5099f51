// Each operation of the client, against a real Service in the same process, and what goes over the wire.
#include <scimkit/memory/memory_store.hpp>
#include <scimkit/service/service.hpp>

#include "scripted.hpp"

using namespace scimkit;
using namespace scimkit::client;
using namespace scimkit::client::test;

namespace
{

json::object user(std::string const& name) { return {{"schemas", json::array{urn::user}}, {"userName", name}}; }

struct Served
{
    Service service = Service::create({.base_url = "https://scim.example.com/v2",
                                       .store = memory::make_store(),
                                       .authenticator = principal_required()})
                          .value();
    Client client = Client::create({.base_url = "https://scim.example.com/v2/",
                                    .transport = service_transport(service, Principal{.subject = "test"}),
                                    .tolerant = false})
                        .value();
};

json::array operations(std::string const& text) { return parse_json(text).value().get_array(); }

} // namespace

BOOST_FIXTURE_TEST_SUITE(client_operations, Served)

BOOST_AUTO_TEST_CASE(a_resource_lives_its_life_through_the_client)
{
    auto const created = client.create("/Users", user("ada"));
    BOOST_REQUIRE(created);
    BOOST_TEST(!created->id.empty());
    BOOST_TEST(created->location == "https://scim.example.com/v2/Users/" + created->id);
    BOOST_TEST(created->last_modified.has_value());

    auto const replaced = client.replace("/Users", created->id, user("ada2"), created->version);
    BOOST_REQUIRE(replaced);
    BOOST_TEST(replaced->version != created->version);

    auto const patched =
        client.patch("/Users", created->id, operations(R"([{"op":"replace","path":"title","value":"Dr"}])"));
    BOOST_REQUIRE(patched);
    BOOST_REQUIRE(patched->has_value());
    BOOST_TEST((*patched)->body.at("title") == "Dr");

    auto const read = client.get("/Users", created->id, {.attributes = {"userName"}});
    BOOST_REQUIRE(read);
    BOOST_TEST(read->body.at("userName") == "ada2");
    BOOST_TEST(!read->body.contains("title"));

    BOOST_TEST(client.remove("/Users", created->id).has_value());
    auto const gone = client.get("/Users", created->id);
    BOOST_REQUIRE(!gone);
    BOOST_TEST((gone.error().error.code == ErrorCode::not_found));
}

BOOST_AUTO_TEST_CASE(preconditions_are_kept)
{
    auto const created = client.create("/Users", user("ada"));
    BOOST_REQUIRE(created);
    BOOST_TEST(!client.get_if_changed("/Users", created->id, created->version)->has_value());
    BOOST_REQUIRE(client.patch("/Users", created->id, operations(R"([{"op":"add","path":"title","value":"Dr"}])"),
                               created->version));
    BOOST_TEST(client.get_if_changed("/Users", created->id, created->version)->has_value());
    for (auto const& refused : {client
                                    .patch("/Users", created->id,
                                           operations(R"([{"op":"add","path":"title","value":"X"}])"), created->version)
                                    .error(),
                                client.replace("/Users", created->id, user("ada"), created->version).error(),
                                client.remove("/Users", created->id, created->version).error()})
        BOOST_TEST((refused.error.code == ErrorCode::precondition_failed));
}

BOOST_AUTO_TEST_CASE(a_filter_finds_by_get_and_by_search)
{
    for (auto const* const name : {"ada", "o\"hara\\", "m\xC3\xBCller & s+n"})
        BOOST_REQUIRE(client.create("/Users", user(name)));
    for (bool const by_search : {false, true})
        for (std::string const name : {"ada", "o\"hara\\", "m\xC3\xBCller & s+n"})
        {
            auto const found = client.query("/Users", {.filter = "userName eq " + filter_string(name),
                                                       .attributes = {"userName"},
                                                       .sort_by = "userName",
                                                       .count = 5,
                                                       .start_index = 1,
                                                       .by_search = by_search});
            BOOST_REQUIRE(found);
            BOOST_REQUIRE(found->resources.size() == 1);
            BOOST_TEST(found->resources[0].body.at("userName").as_string() == name);
            BOOST_TEST(found->total.value() == 1);
        }
}

BOOST_AUTO_TEST_CASE(a_bulk_tells_what_became_of_each)
{
    json::object group{{"schemas", json::array{urn::group}},
                       {"displayName", "all"},
                       {"members", json::array{json::object{{"value", "bulkId:a"}}}}};
    auto const results = client.bulk({{"POST", "/Groups", "g", {}, group},
                                      {"POST", "/Users", "a", {}, user("ada")},
                                      {"POST", "/Users", "b", {}, user("ada")},
                                      {"DELETE", "/Users/nobody", {}, {}, {}}});
    BOOST_REQUIRE(results);
    BOOST_REQUIRE(results->size() == 4);
    BOOST_TEST(results->at(0).status == 201);
    BOOST_TEST(results->at(1).bulk_id == "a");
    BOOST_TEST(results->at(1).location.starts_with("https://scim.example.com/v2/Users/"));
    BOOST_REQUIRE(results->at(2).failure.has_value());
    BOOST_TEST((results->at(2).failure->error.code == ErrorCode::uniqueness));
    BOOST_TEST(results->at(3).status == 404);
    BOOST_TEST(client.bulk({})->empty());
}

BOOST_AUTO_TEST_CASE(ids_cannot_leave_their_path)
{
    for (std::string const id : {"../Groups/1", "a/b", "a?b=c", "a#b", "a%2Fb", "\r\nX: y", "\xC3\xA4"})
    {
        Scenario scenario{in_turn({answer(404, "")})};
        BOOST_TEST(!scenario.client.get("/Users", id));
        auto const& url = scenario.transport->requests.at(0).url;
        BOOST_TEST(url.starts_with("https://scim.example.com/v2/Users/"));
        BOOST_TEST(url.substr(34).find_first_of("/?#\r\n ") == std::string::npos, url);
    }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_meant_is_not_sent)
{
    Scenario scenario{in_turn({answer(204, "")})};
    BOOST_TEST((scenario.client.get("/Users", "").error().kind == FailureKind::misuse));
    BOOST_TEST((scenario.client.remove("/Users", "").error().kind == FailureKind::misuse));
    BOOST_TEST((scenario.client.patch("/Users", "", {}).error().kind == FailureKind::misuse));
    BOOST_TEST((scenario.client.replace("/Users", "", {}).error().kind == FailureKind::misuse));
    BOOST_TEST((scenario.client.get_if_changed("/Users", "1", "").error().kind == FailureKind::misuse));
    BOOST_TEST((scenario.client.remove("/Users", "1", "a\r\nHost: b").error().kind == FailureKind::misuse));
    BOOST_TEST(scenario.transport->requests.empty());
}

BOOST_AUTO_TEST_CASE(a_creation_without_a_body_is_read_by_its_location)
{
    Scenario scenario{[](HttpRequest const& request) -> outcome<HttpResponse>
                      {
                          if (request.method == "POST")
                              return answer(201, "", {{"Location", "https://elsewhere.example.com/Users/42"}});
                          return answer(200, R"({"id":"42","userName":"ada"})");
                      }};
    auto const created = scenario.client.create("/Users", user("ada"));
    BOOST_REQUIRE(created);
    BOOST_TEST(created->id == "42");
    BOOST_TEST(scenario.transport->requests.at(1).url == "https://scim.example.com/v2/Users/42");
    BOOST_TEST(scenario.met(Deviation::created_without_body));
    for (auto const* const location : {"", "https://scim.example.com/v2/Users/", "x?y"})
    {
        Scenario nothing{in_turn({answer(201, "", {{"Location", location}})})};
        BOOST_TEST((nothing.client.create("/Users", user("ada")).error().kind == FailureKind::malformed), location);
    }
}

BOOST_AUTO_TEST_CASE(a_creation_that_brings_no_id_is_no_success)
{
    for (auto const* const body :
         {"{}", R"({"userName":"ada"})", R"({"totalResults":0})", R"({"id":""})", R"({"id":null})"})
    {
        Scenario scenario{in_turn({answer(201, body, {{"Location", "https://scim.example.com/v2/Users/1"}})})};
        auto const created = scenario.client.create("/Users", user("ada"));
        BOOST_REQUIRE(!created);
        BOOST_TEST((created.error().kind == FailureKind::malformed));
        BOOST_TEST(created.error().status == 201);
    }
}

BOOST_AUTO_TEST_CASE(base_urls_that_would_leak_credentials_are_refused)
{
    auto const transport = std::make_shared<Scripted>(in_turn({answer(200, "{}")}));
    for (auto const* const url :
         {"", "scim.example.com", "ftp://example.com/scim", "http://example.com/scim", "http://127.0.0.1.example.com/",
          "https://user:secret@example.com/", "https://", "https://example.com/scim?x=1", "https://example.com/scim#x",
          "https://exa mple.com/", "http://localhost.example.com/"})
        BOOST_TEST(!Client::create({.base_url = url, .transport = transport}), url);
    for (auto const* const url : {"https://example.com", "http://127.0.0.1:8080/scim", "http://[::1]/scim",
                                  "http://localhost:1/scim/", "HTTPS://EXAMPLE.COM/scim"})
        BOOST_TEST(Client::create({.base_url = url, .transport = transport}).has_value(), url);
    BOOST_TEST(Client::create({.base_url = "http://example.com/", .transport = transport, .allow_plain_http = true})
                   .has_value());
    BOOST_TEST(!Client::create({.base_url = "https://example.com"}));
}

BOOST_AUTO_TEST_CASE(no_id_leads_out_of_its_collection)
{
    Scenario scenario{[](HttpRequest const&) -> outcome<HttpResponse> { return answer(204, ""); }};
    for (auto const* id : {".", ".."})
    {
        BOOST_TEST(!scenario.client.get("/Users", id));
        BOOST_TEST(!scenario.client.remove("/Users", id));
    }
    BOOST_TEST(scenario.transport->requests.empty());
    BOOST_TEST(scenario.client.remove("/Users", "...").has_value());
    BOOST_TEST(scenario.client.remove("/Users", "../..").has_value()); // its slash is encoded
    BOOST_TEST(scenario.transport->requests.back().url == "https://scim.example.com/v2/Users/..%2F..");
}

BOOST_AUTO_TEST_SUITE_END()
