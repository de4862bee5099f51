// POST /Bulk (RFC 7644 section 3.7): the message, its limits, and what each operation answers.
#include <scimkit/schema/registry.hpp>

#include "support/all_stores.hpp"
#include "support/bulk.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(bulk_requests)

namespace
{

json::object const nothing{};

} // namespace

BOOST_AUTO_TEST_CASE(each_operation_answers_as_a_request_of_its_own_would,
                     *label("7644-3.7-c") * label("7644-3.7-n") * label("7644-3.7-p") * label("7644-3.7-q") *
                         label("7644-3.7-r") * label("7644-3.7-s") * label("7644-3.7-v") * label("7644-3.7-x") *
                         label("7644-3.7-aa") * label("7644-3.7-ac") * label("7644-3.7.3-a") * label("7644-3.7.3-b") *
                         label("7644-err-7916") * label("7644-3.2-e"))
{
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
        {
            ServiceFixture const scim{{.store = store.make()}};
            auto const ada = scim.create("/Users", user("ada"));
            auto const bob = scim.create("/Users", user("bob"));
            Reply const reply =
                scim.post("/Bulk", bulk({bulk_post("/Users", "q", user("cy")),
                                         bulk_on("PUT", "/Users/" + ada, user("ada", {{"title", "x"}})),
                                         bulk_on("PATCH", "/Users/" + ada, patch_op("replace", "title", "y")),
                                         bulk_on("DELETE", "/Users/" + bob), bulk_post("/Users", "r", user("ADA")),
                                         bulk_on("PUT", "/Users/none", user("z"))}));
            BOOST_REQUIRE(reply.status == 200);
            BOOST_TEST(reply.text("/schemas/0") == "urn:ietf:params:scim:api:messages:2.0:BulkResponse");
            BOOST_TEST(!reply.has("/failOnErrors"));
            BOOST_TEST(statuses(reply) == "201 200 200 204 409 404");
            BOOST_TEST(reply.text("/Operations/0/bulkId") == "q");
            BOOST_TEST(reply.text("/Operations/0/method") == "POST");
            Reply const cy = scim.get("/Users/" + made_id(reply, 0));
            BOOST_TEST(cy.text("/userName") == "cy");
            BOOST_TEST(reply.text("/Operations/0/location") == cy.text("/meta/location"));
            BOOST_TEST(reply.text("/Operations/0/version") == cy.text("/meta/version"));
            BOOST_TEST(!reply.has("/Operations/0/response"));
            BOOST_TEST(reply.text("/Operations/1/location") == "https://example.com/v2/Users/" + ada);
            BOOST_TEST(reply.text("/Operations/2/version") == scim.get("/Users/" + ada).header("ETag"));
            BOOST_TEST(reply.text("/Operations/3/location") == "https://example.com/v2/Users/" + bob);
            BOOST_TEST(!reply.has("/Operations/4/location"));
            BOOST_TEST(reply.text("/Operations/4/response/scimType") == "uniqueness");
            BOOST_TEST(reply.text("/Operations/4/response/status") == "409");
            BOOST_TEST(reply.text("/Operations/5/location") == "https://example.com/v2/Users/none");
            BOOST_TEST(scim.get("/Users/" + ada).text("/title") == "y");
            BOOST_TEST(scim.get("/Users/" + bob).status == 404);
        }
}

BOOST_AUTO_TEST_CASE(a_failed_operation_says_why_and_changes_nothing,
                     *label("7644-3.7-o") * label("7644-3.7.3-c") * label("7644-3.7.3-d") * label("7644-3.12-ad") *
                         label("7644-err-8096"))
{
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
        {
            ServiceFixture const scim{{.store = store.make()}};
            auto const ada = scim.create("/Users", user("ada"));
            auto const team = scim.create("/Groups", group("Team", {ada}));
            Reply const reply =
                scim.post("/Bulk", bulk({bulk_on("PATCH", "/Groups/" + team,
                                                 patch_op({json::object{{"op", "remove"}, {"path", "members"}},
                                                           json::object{{"op", "remove"}, {"path", "displayName"}}})),
                                         bulk_post("/Users", "a", {{"schemas", json::array{urn::user}}}),
                                         bulk_on("DELETE", "/Users/" + ada, {}, "W/\"7777\"")}));
            BOOST_TEST(statuses(reply) == "400 400 412");
            for (int i = 0; i < 3; ++i)
            {
                std::string const at = "/Operations/" + std::to_string(i);
                BOOST_TEST(reply.text(at + "/response/schemas/0") == "urn:ietf:params:scim:api:messages:2.0:Error");
                BOOST_TEST(reply.text(at + "/response/status") == reply.text(at + "/status"));
                BOOST_TEST(reply.text(at + "/response/detail").size() > 10U);
            }
            BOOST_TEST(scim.get("/Groups/" + team).size("/members") == 1);
        }
}

BOOST_AUTO_TEST_CASE(a_version_is_a_precondition, *label("7644-3.7-m") * label("7644-3.14-n"))
{
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
        {
            ServiceFixture const scim{{.store = store.make()}};
            auto const ada = scim.create("/Users", user("ada"));
            std::string const version{scim.get("/Users/" + ada).header("ETag")};
            Reply const reply =
                scim.post("/Bulk", bulk({bulk_on("PATCH", "/Users/" + ada, patch_op("add", "title", "a"), version),
                                         bulk_on("PATCH", "/Users/" + ada, patch_op("add", "title", "b"), version),
                                         bulk_on("DELETE", "/Users/" + ada, {}, "no tag")}));
            BOOST_TEST(statuses(reply) == "200 412 412");
            BOOST_TEST(scim.get("/Users/" + ada).text("/title") == "a");
        }
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_the_message_refuses_all_of_it, *label("7644-3.7-b") * label("7644-3.7-d"))
{
    ServiceFixture const scim;
    json::array const one{bulk_post("/Users", "q", user("ada"))};
    json::object no_schemas = bulk(one);
    no_schemas.erase("schemas");
    json::object other_schemas = bulk(one);
    other_schemas["schemas"] = json::array{urn::user};
    json::object no_operations = bulk(one);
    no_operations.erase("Operations");
    json::object no_array = bulk(one);
    no_array["Operations"] = json::object{};
    for (json::value const& wrong : {json::value{no_schemas}, json::value{other_schemas}, json::value{no_operations},
                                     json::value{no_array}, json::value{one}, json::value{"text"}})
    {
        Reply const reply = scim.post("/Bulk", wrong);
        BOOST_TEST(reply.status == 400);
        BOOST_TEST(reply.scim_type() == "invalidSyntax");
    }
    BOOST_TEST(scim.get("/Users").number("/totalResults") == 0);
    BOOST_TEST(statuses(scim.post("/Bulk", bulk({}))).empty());
    BOOST_TEST(scim.send("GET", "/Bulk").status == 405);
    BOOST_TEST(scim.send("GET", "/Bulk").header("Allow") == "POST, OPTIONS");
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_an_operation_refuses_that_one,
                     *label("7644-3.7-e") * label("7644-3.7-f") * label("7644-3.7-g") * label("7644-3.7-i") *
                         label("7644-3.7-j") * label("7644-3.7-l") * label("7644-err-5050"))
{
    ServiceFixture const scim;
    auto const ada = scim.create("/Users", user("ada"));
    struct Case
    {
        json::value operation;
        std::string failure;
    };
    json::object no_bulk_id = bulk_post("/Users", "", user("x"));
    json::object no_data = bulk_on("PUT", "/Users/" + ada);
    json::object no_path = bulk_on("DELETE", "");
    json::object no_method{{"path", "/Users/" + ada}};
    json::object number_path = bulk_on("DELETE", "/Users/x");
    number_path["path"] = 7;
    json::array const bare{json::object{{"op", "remove"}, {"path", "title"}}};
    Case const cases[] = {
        {bulk_on("GET", "/Users/" + ada), "invalidSyntax: method has to be"},
        {bulk_on("delete", "/Users/" + ada), "invalidSyntax: method has to be"},
        {no_method, "invalidSyntax: method has to be"},
        {no_bulk_id, "invalidSyntax: bulkId is missing"},
        {no_data, "invalidSyntax: data is missing"},
        {no_path, "invalidSyntax: path is missing"},
        {number_path, "invalidSyntax: path has to be a string"},
        {7, "invalidSyntax: An operation has to be an object"},
        {bulk_post("/Users/1", "a", user("x")), "invalidSyntax: path of a POST"},
        {bulk_on("DELETE", "/Users"), "invalidSyntax: path has to name a resource"},
        {bulk_on("PATCH", "/Users/" + ada, bare), "invalidSyntax: "},
        {bulk_on("PUT", "/Users/" + ada, "text"), "invalidSyntax: "},
        {bulk_post("/Groups", "a", user("x")), "invalid"},
    };
    for (Case const& each : cases)
        BOOST_TEST_CONTEXT(each.operation)
        {
            Reply const reply = scim.post(
                "/Bulk", bulk({each.operation, bulk_on("PATCH", "/Users/" + ada, patch_op("add", "title", "t"))}));
            BOOST_TEST(statuses(reply) == "400 200");
            BOOST_TEST(failure(reply, 0).starts_with(each.failure), failure(reply, 0));
        }
    BOOST_TEST(scim.get("/Users").number("/totalResults") == 1);
}

BOOST_AUTO_TEST_CASE(a_path_leads_to_resources_and_nowhere_else, *label("7644-3.7-k"))
{
    ServiceFixture const scim;
    auto const ada = scim.create("/Users", user("ada"));
    std::vector<std::string> const paths = {"/Bulk",
                                            "/Me",
                                            "/.search",
                                            "/Users/.search",
                                            "/Schemas/x",
                                            "/ServiceProviderConfig",
                                            "/Users/../Users/" + ada,
                                            "/Users/" + ada + "?attributes=title",
                                            "/Users/" + ada + "/x",
                                            "Users/" + ada,
                                            "https://example.com/v2/Users/" + ada,
                                            "/v2/Users/" + ada,
                                            "/Users/" + ada + "#x",
                                            "/Users/%zz",
                                            "/Users//" + ada,
                                            "/"};
    for (auto const& path : paths)
        for (auto const* method : {"POST", "PUT", "DELETE"})
            BOOST_TEST_CONTEXT(method << " " << path)
            {
                json::object operation = bulk_on(method, path, user("x"));
                operation["bulkId"] = "b";
                Reply const reply = scim.post("/Bulk", bulk({operation}));
                bool const refused = statuses(reply) == "400" || statuses(reply) == "404" || statuses(reply) == "501";
                BOOST_TEST(refused, statuses(reply));
            }
    BOOST_TEST(scim.get("/Users").number("/totalResults") == 1);
    BOOST_TEST(scim.get("/Users/" + ada).text("/userName") == "ada");
}

BOOST_AUTO_TEST_CASE(fail_on_errors_ends_it, *label("7644-3.7-t") * label("7644-3.7-u") * label("7644-3.7-w"))
{
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
        {
            ServiceFixture const scim{{.store = store.make()}};
            json::array const operations{bulk_post("/Users", "a", user("ada")), bulk_on("DELETE", "/Users/no"),
                                         bulk_post("/Users", "b", user("bob")), bulk_on("DELETE", "/Users/no"),
                                         bulk_post("/Users", "c", user("cy"))};
            BOOST_TEST(statuses(scim.post("/Bulk", bulk(operations, {{"failOnErrors", 2}}))) == "201 404 201 404");
            BOOST_TEST(scim.get("/Users").number("/totalResults") == 2);
            BOOST_TEST(statuses(scim.post("/Bulk", bulk(operations, {{"failOnErrors", 1}}))) == "409");
            BOOST_TEST(scim.get("/Users").number("/totalResults") == 2);
        }
    ServiceFixture const scim;
    for (json::value const& wrong :
         {json::value{0}, json::value{-1}, json::value{"1"}, json::value{1.5}, json::value{true}})
        BOOST_TEST(scim.post("/Bulk", bulk({}, {{"failOnErrors", wrong}})).scim_type() == "invalidValue");
    BOOST_TEST(scim.post("/Bulk", bulk({}, {{"failOnErrors", nullptr}})).status == 200);
}

BOOST_AUTO_TEST_CASE(limits_are_announced_and_kept,
                     *label("7644-3.7.4-a") * label("7644-3.7.4-b") * label("7644-3.7.4-c") * label("7644-3.12-p"))
{
    ServiceOptions options;
    options.limits.max_bulk_operations = 2;
    options.limits.max_bulk_bytes = 1'000;
    ServiceFixture const scim{options};
    Reply const configuration = scim.get("/ServiceProviderConfig");
    BOOST_TEST(configuration.find("/bulk/supported")->as_bool());
    BOOST_TEST(configuration.number("/bulk/maxOperations") == 2);
    BOOST_TEST(configuration.number("/bulk/maxPayloadSize") == 1'000);

    json::value const one = bulk_on("DELETE", "/Users/x");
    BOOST_TEST(scim.post("/Bulk", bulk({one, one})).status == 200);
    Reply const many = scim.post("/Bulk", bulk({bulk_post("/Users", "a", user("ada")), one, one}));
    BOOST_TEST(many.status == 413);
    BOOST_TEST(many.detail().find("maxOperations is 2") != std::string::npos);
    Reply const large =
        scim.post("/Bulk", bulk({bulk_post("/Users", "a", user("ada", {{"title", std::string(1'000, 'x')}}))}));
    BOOST_TEST(large.status == 413);
    BOOST_TEST(large.detail().find("maxPayloadSize is 1000") != std::string::npos);
    BOOST_TEST(scim.get("/Users").number("/totalResults") == 0);
}

BOOST_AUTO_TEST_CASE(without_bulk_there_is_none, *label("7644-3.7-a"))
{
    ServiceFixture const scim{{.bulk = false}};
    BOOST_TEST(scim.post("/Bulk", bulk({})).status == 501);
    Reply const configuration = scim.get("/ServiceProviderConfig");
    BOOST_TEST(!configuration.find("/bulk/supported")->as_bool());
    BOOST_TEST(configuration.number("/bulk/maxOperations") == 0);
    BOOST_TEST(configuration.number("/bulk/maxPayloadSize") == 0);
}

namespace
{

/// Lets nobody delete, nor touch what has "secret" for an id.
class NoDeletes : public Authoriser
{
public:
    result<void> authorise(Principal const&, Access const& access) override
    {
        if (access.operation == Access::Operation::remove)
            return Error{ErrorCode::forbidden, "You may not delete."};
        if (access.id == "secret")
            return Error{ErrorCode::not_found, "There is no such resource."};
        return {};
    }
};

} // namespace

BOOST_AUTO_TEST_CASE(each_operation_needs_leave_of_its_own, *label("7644-3.7-ab") * label("7644-6-b"))
{
    ServiceFixture const scim{{.authoriser = std::make_shared<NoDeletes>()}};
    auto const ada = scim.create("/Users", user("ada"));
    Reply const reply =
        scim.post("/Bulk", bulk({bulk_on("DELETE", "/Users/" + ada), bulk_on("PUT", "/Users/secret", user("x")),
                                 bulk_post("/Users", "b", user("bob"))}));
    BOOST_TEST(statuses(reply) == "403 404 201");
    BOOST_TEST(failure(reply, 0) == "You may not delete.");
    BOOST_TEST(scim.get("/Users/" + ada).status == 200);

    auto const send_for = [&](std::string_view tenant, json::value const& body)
    {
        std::string const text = ServiceFixture::text_of(body);
        Request request{.method = "POST", .target = "/v2/Bulk", .body = text, .tenant = tenant};
        request.headers.push_back({"Content-Type", "application/scim+json"});
        request.principal = Principal{.subject = "other", .tenant = std::string{tenant}};
        return Reply{scim.service.handle(request)};
    };
    BOOST_TEST(statuses(send_for("elsewhere", bulk({bulk_on("PUT", "/Users/" + ada, user("eve")),
                                                    bulk_post("/Users", "x", user("ada"))}))) == "404 201");
    BOOST_TEST(scim.get("/Users/" + ada).text("/userName") == "ada");
}

BOOST_AUTO_TEST_CASE(a_bomb_is_answered_in_time_and_in_bounds)
{
    ServiceFixture const scim;
    json::array many(6'000, bulk_on("DELETE", "/Users/x"));
    BOOST_TEST(scim.post("/Bulk", bulk(many)).status == 413);
    many.resize(5'000);
    Reply const reply = scim.post("/Bulk", bulk(many), {{"Accept", "application/scim+json"}}); // without explanations
    BOOST_TEST(reply.size("/Operations") == 5'000);
    BOOST_TEST(scim.post("/Bulk", bulk({}, {{"x", std::string(2 << 20, 'x')}})).status == 413);

    ServiceOptions options;
    options.limits.max_response_bytes = 100'000;
    ServiceFixture const narrow{options};
    json::array creates;
    for (int i = 0; i < 100; ++i)
        creates.push_back(bulk_post("/Users", std::to_string(i), user("user" + std::to_string(i))));
    Reply const refused = narrow.post("/Bulk", bulk(creates));
    BOOST_TEST(refused.scim_type() == "tooMany");
    BOOST_TEST(narrow.get("/Users").number("/totalResults") == 0);
    std::string const long_name(5'000, 'x');
    Reply const cut = scim.post("/Bulk", bulk({bulk_on("DELETE", "/Users/" + long_name)}));
    BOOST_TEST(failure(cut, 0).size() <= 1'024U);
}

BOOST_AUTO_TEST_SUITE_END()
