// Answers as an attacker would make them: good ones with bytes changed, cut, doubled and exchanged, thousands of them.
// Nothing may crash, no list may go on for ever, and what comes out is a value or a failure that may be shown.
#include <scimkit/core/text.hpp>

#include "scripted.hpp"

#include <random>
#include <support/seed.hpp>

using namespace scimkit;
using namespace scimkit::client;
using namespace scimkit::client::test;

BOOST_AUTO_TEST_SUITE(client_hostile)

namespace
{

std::vector<std::string> const good{
    list({"1", "2", "3"}, "7"),
    list({"1"}, "1", R"(,"nextCursor":"abc","previousCursor":"x","itemsPerPage":1,"startIndex":1)"),
    R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1","externalId":"e","userName":"ada","active":true,
        "name":{"givenName":"A","familyName":"L"},"emails":[{"value":"a@example.com","type":"work","primary":true}],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"2","$ref":"../Users/2"}},
        "meta":{"resourceType":"User","created":"2026-01-01T00:00:00Z","lastModified":"2026-01-01T00:00:00Z","version":"W/\"1\""}})",
    R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400","scimType":"invalidValue","detail":"no"})",
    R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkResponse"],"Operations":[{"method":"POST","bulkId":"a","status":"201",
        "location":"https://scim.example.com/v2/Users/1"},{"method":"POST","status":"409","response":{"status":"409"}}]})",
    R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],"patch":{"supported":true},"bulk":{"supported":true,
        "maxOperations":10,"maxPayloadSize":1000},"filter":{"supported":true,"maxResults":200},"sort":{"supported":false},
        "etag":{"supported":true},"changePassword":{"supported":false},"authenticationSchemes":[{"type":"httpbasic"}]})",
    R"({"totalResults":1,"Resources":[{"id":"urn:example:A","name":"A","attributes":[{"name":"a","type":"complex","multiValued":true,
        "subAttributes":[{"name":"value","type":"string"},{"name":"primary","type":"boolean"}]}]}]})",
    R"({"totalResults":1,"Resources":[{"name":"A","endpoint":"/As","schema":"urn:example:A","schemaExtensions":[{"schema":
        "urn:ietf:params:scim:schemas:core:2.0:User","required":false}]}]})",
};

std::vector<std::string> const pieces{"null",
                                      "[]",
                                      "{}",
                                      "\"\"",
                                      "-1",
                                      "1e999",
                                      "18446744073709551616",
                                      "true",
                                      "\\u0000",
                                      "\xFF",
                                      "[[[[",
                                      "\"id\":",
                                      "\"Resources\":[",
                                      "\"schemas\":",
                                      "urn:",
                                      "\"totalResults\":9999999,",
                                      "\x1b[31m"};

std::string spoiled(std::mt19937_64& random)
{
    auto text = good[random() % good.size()];
    for (auto changes = random() % 4; changes > 0 && !text.empty(); --changes)
    {
        auto const at = random() % text.size();
        switch (random() % 5)
        {
        case 0:
            text[at] = static_cast<char>(random());
            break;
        case 1:
            text.resize(at);
            break;
        case 2:
            text.insert(at, pieces[random() % pieces.size()]);
            break;
        case 3:
            text.insert(at, text.substr(at, random() % 40));
            break;
        default:
            text.erase(at, random() % 20);
        }
    }
    return text;
}

HttpResponse spoiled_answer(std::mt19937_64& random)
{
    int const statuses[]{200, 200, 200, 200, 201, 204, 301, 304, 400, 401, 404, 409, 429, 500, 503, 999, 0};
    std::vector<ResponseHeader> headers;
    if (random() % 3 == 0)
        headers.push_back({"ETag", random() % 2 ? "W/\"1\"" : "\r\nX: y"});
    if (random() % 3 == 0)
        headers.push_back({"Location", random() % 2 ? "https://scim.example.com/v2/Users/1" : "%00///?#"});
    if (random() % 5 == 0)
        headers.push_back({"Retry-After", pieces[random() % pieces.size()]});
    return answer(statuses[random() % std::size(statuses)], spoiled(random), std::move(headers));
}

void expect_harmless(std::string const& text)
{
    BOOST_TEST(is_valid_utf8(text));
    for (char const c : text)
        BOOST_TEST((static_cast<unsigned char>(c) >= 0x20 && c != 0x7F));
}

template <class T>
void look(outcome<T> const& outcome)
{
    if (!outcome)
        expect_harmless(outcome.error().error.detail);
}

} // namespace

BOOST_AUTO_TEST_CASE(whatever_a_server_answers_every_operation_ends_with_a_value_or_a_failure)
{
    auto const seed = scimkit::test::seed(1);
    std::mt19937_64 random{seed};
    auto const registry = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    for (int round = 0; round < 300; ++round)
    {
        Scenario scenario{[&](HttpRequest const&) { return spoiled_answer(random); },
                          [](ClientOptions& options)
                          {
                              options.retry.max_attempts = 2;
                              options.limits.max_pages = 20;
                              options.credentials = bearer(known("abc"));
                          }};
        auto const& client = scenario.client;
        look(client.get("/Users", "1"));
        look(client.get_if_changed("/Users", "1", "W/\"1\""));
        look(client.create("/Users", {{"userName", "ada"}}));
        look(client.replace("/Users", "1", {{"userName", "ada"}}, "W/\"1\""));
        look(client.patch("/Users", "1", {}));
        look(client.remove("/Users", "1"));
        look(client.bulk({{"POST", "/Users", "a", {}, json::object{}}, {"DELETE", "/Users/1", {}, {}, {}}}));
        look(client.raw("POST", "/anything", "{}"));
        look(discover(client));
        for (auto const method : {PageMethod::index, PageMethod::cursor})
            for (auto const& user : client.resources("/Users", {.count = 3}, method))
            {
                look(user);
                if (user)
                    look(read_resource(*user, *registry->find_resource_type("User"), client.deviations()));
            }
        for (auto const& observed : client.deviations().all())
            expect_harmless(observed.first);
        BOOST_TEST(scenario.transport->requests.size() < 500);
    }
}

BOOST_AUTO_TEST_SUITE_END()
