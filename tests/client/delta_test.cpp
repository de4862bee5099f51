// What has changed, asked of a real Service in the same process, and of servers that answer nonsense.
#include <scimkit/memory/memory_store.hpp>
#include <scimkit/service/service.hpp>

#include "scripted.hpp"

using namespace scimkit;
using namespace scimkit::client;
using namespace scimkit::client::test;

BOOST_AUTO_TEST_SUITE(client_delta)

namespace
{

json::object user(std::string const& name) { return {{"schemas", json::array{urn::user}}, {"userName", name}}; }

struct Served
{
    Service service = Service::create({.base_url = "https://scim.example.com/v2",
                                       .store = memory::make_store(),
                                       .authenticator = principal_required(),
                                       .delta_query = true})
                          .value();
    Client client = Client::create({.base_url = "https://scim.example.com/v2/",
                                    .transport = service_transport(service, Principal{.subject = "test"}),
                                    .tolerant = false})
                        .value();
};

/// A server that answers every delta query with this.
Scenario answering(std::string const& body)
{
    return Scenario{[body](HttpRequest const&) -> outcome<HttpResponse> { return answer(200, body); }};
}

std::string changes_of(std::string const& resources, std::string const& more)
{
    return R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"Resources":[)" + resources + "]" +
           more + "}";
}

constexpr char const* next_token = R"(,"nextDeltaToken":{"value":"t2"})";

} // namespace

BOOST_FIXTURE_TEST_CASE(changes_come_page_by_page_and_end_with_the_next_token, Served)
{
    BOOST_TEST(discover(client).value().capabilities.delta_query);
    auto const kept = client.create("/Users", user("kept")).value();
    auto const gone = client.create("/Users", user("gone")).value();
    auto const token = client.delta_token("/Users");
    BOOST_REQUIRE(token);
    BOOST_TEST(token->expires.has_value());
    client.create("/Users", user("new")).value();
    BOOST_REQUIRE(client.replace("/Users", kept.id, user("changed")));
    BOOST_REQUIRE(client.remove("/Users", gone.id));

    Changes changes{client, "/Users", token->value, {.count = 1}};
    std::vector<RemoteChange> all;
    for (;;)
    {
        BOOST_TEST(!changes.token().has_value());
        auto page = changes.next();
        BOOST_REQUIRE(page);
        BOOST_REQUIRE(page->has_value());
        all.insert(all.end(), (*page)->changes.begin(), (*page)->changes.end());
        if ((*page)->next_cursor.empty())
            break;
    }
    BOOST_TEST(!changes.next()->has_value());
    BOOST_REQUIRE(all.size() == 3U);
    BOOST_TEST((all[0].kind == RemoteChange::Kind::created));
    BOOST_TEST(all[0].resource->body.at("userName") == "new");
    BOOST_TEST((all[1].kind == RemoteChange::Kind::updated));
    BOOST_TEST(all[1].resource->version.empty() == false);
    BOOST_TEST((all[2].kind == RemoteChange::Kind::removed));
    BOOST_TEST(all[2].id == gone.id);

    Changes later{client, "/Users", changes.token()->value};
    BOOST_TEST(later.next()->value().changes.empty());
}

BOOST_FIXTURE_TEST_CASE(a_group_that_changed_comes_as_operations, Served)
{
    auto const ada = client.create("/Users", user("ada")).value();
    auto const group = client.create("/Groups", {{"schemas", json::array{urn::group}}, {"displayName", "g"}}).value();
    auto const token = client.delta_token("/Groups").value();
    BOOST_REQUIRE(client.patch("/Groups", group.id,
                               {json::object{{"op", "add"}, {"path", "members"}, {"value", {{{"value", ada.id}}}}}}));
    auto const page = client.changes("/Groups", token.value);
    BOOST_REQUIRE(page);
    BOOST_REQUIRE(page->changes.size() == 1U);
    BOOST_TEST(!page->changes[0].resource.has_value());
    BOOST_TEST(page->changes[0].operations.at(0).at("path") == "members");
}

BOOST_FIXTURE_TEST_CASE(a_token_that_the_server_does_not_know_is_refused, Served)
{
    Changes changes{client, "/Users", "no token"};
    auto const page = changes.next();
    BOOST_REQUIRE(!page);
    BOOST_TEST((page.error().kind == FailureKind::refused));
    BOOST_TEST(page.error().status == 400);
}

BOOST_AUTO_TEST_CASE(changes_that_never_come_end_the_loop_with_a_failure)
{
    Scenario scenario{[n = 0](HttpRequest const&) mutable
                      { return answer(200, changes_of("", R"(,"nextCursor":"c)" + std::to_string(++n) + "\"")); },
                      [](ClientOptions& options) { options.limits.max_empty_pages = 5; }};
    Changes changes{scenario.client, "/Users", "t"};
    outcome<std::optional<ChangesPage>> page = changes.next();
    while (page && *page)
        page = changes.next();
    BOOST_REQUIRE(!page);
    BOOST_TEST((page.error().kind == FailureKind::inconsistent));
    BOOST_TEST(scenario.transport->requests.size() == 6U);
}

BOOST_AUTO_TEST_CASE(nonsense_ends_the_loop_with_a_failure)
{
    std::string const whole = R"({"changedResourceId":"1","changeType":"create","data":{"userName":"a"}})";
    for (auto const& [body, kind] :
         {std::pair{std::string{"[]"}, FailureKind::malformed},
          std::pair{changes_of(R"({"changeType":"Update","data":{}})", next_token), FailureKind::malformed},
          std::pair{changes_of(R"({"changedResourceId":"1","changeType":"Moved","data":{}})", next_token),
                    FailureKind::malformed},
          std::pair{changes_of(R"({"changedResourceId":"1","changeType":"Update"})", next_token),
                    FailureKind::malformed},
          std::pair{changes_of(R"({"changedResourceId":"1","changeType":"Update","data":{"id":"2"}})", next_token),
                    FailureKind::malformed},
          std::pair{changes_of("7", next_token), FailureKind::malformed},
          std::pair{changes_of(whole, R"(,"nextDeltaToken":{"value":7})"), FailureKind::malformed},
          std::pair{changes_of(whole, ""), FailureKind::inconsistent}})
    {
        Scenario scenario = answering(body);
        Changes changes{scenario.client, "/Users", "t"};
        auto const page = changes.next();
        BOOST_REQUIRE_MESSAGE(!page, body);
        BOOST_TEST((page.error().kind == kind), body);
    }
    Scenario endless = answering(changes_of(whole, R"(,"nextCursor":"again")"));
    Changes changes{endless.client, "/Users", "t"};
    BOOST_TEST(changes.next().has_value());
    auto const second = changes.next();
    BOOST_REQUIRE(!second);
    BOOST_TEST((second.error().kind == FailureKind::inconsistent));

    Scenario good = answering(changes_of(whole, next_token));
    Changes last{good.client, "/Users", "t"};
    BOOST_TEST(last.next()->value().changes.at(0).resource->id == "1", "attributes may have left the id out");
    BOOST_TEST(last.token()->value == "t2");
}

BOOST_AUTO_TEST_SUITE_END()
