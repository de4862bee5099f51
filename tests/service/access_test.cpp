// Who may do what (RFC 7644 sections 2 and 6): finds ways past the authenticator, the authoriser and the border
// between tenants, and refusals from which a stranger learns what there is.
#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(admission)

namespace
{

constexpr auto token = "a-token-of-sixteen-bytes";

ServiceOptions with_token(Principal principal = {.subject = "idp"})
{
    return {.authenticator = bearer_authenticator({make_token_record(token, std::move(principal)).value()})};
}

Headers const good{{"Authorization", std::string{"Bearer "} + token}};

/// Records what it is asked, and refuses what `refuse` says.
struct Gate : Authoriser
{
    std::function<result<void>(Access const&)> refuse = [](Access const&) -> result<void> { return {}; };
    std::vector<std::string> asked;

    result<void> authorise(Principal const& principal, Access const& access) override
    {
        static constexpr std::string_view names[] = {"create", "read",   "query",   "replace",
                                                     "patch",  "remove", "discover"};
        asked.push_back(principal.subject + ' ' + std::string{names[static_cast<std::size_t>(access.operation)]} + ' ' +
                        (access.type ? access.type->name() : "-") + ' ' + std::string{access.id});
        return refuse(access);
    }
};

} // namespace

BOOST_AUTO_TEST_CASE(a_request_without_good_credentials_is_unauthorized, *label("7644-3.12-j") * label("7644-3.12-af"))
{
    ServiceFixture const scim{with_token()};
    for (Headers const& headers : {Headers{}, Headers{{"Authorization", "Bearer wrong"}},
                                   Headers{{"Authorization", "Basic eDp5"}}, Headers{{"Authorization", "nonsense"}}})
    {
        Reply const reply = scim.send("PATCH", "/Users/1", "{not json", headers);
        BOOST_TEST(reply.status == 401);
        BOOST_TEST(reply.text("/status") == "401");
        BOOST_TEST(reply.header("WWW-Authenticate").starts_with("Bearer"));
        BOOST_TEST(reply.response.subject.empty());
    }
    BOOST_TEST(scim.get("/Users", good).status == 200);
    BOOST_TEST(scim.get("/Users", good).response.subject == "idp");
}

BOOST_AUTO_TEST_CASE(who_is_unauthorized_learns_nothing_of_what_there_is)
{
    ServiceFixture const scim{with_token()};
    for (auto const* target : {"/Widgets", "/Users/1", "/Bulk", "/Users/%zz"})
        BOOST_TEST(scim.send_raw("GET", "/v2" + std::string{target}).status == 401, target);
}

BOOST_AUTO_TEST_CASE(who_comes_in_and_misses_the_root_is_told_where_it_is)
{
    ServiceFixture const scim{with_token()};
    for (auto const* target : {"/", "/scim/Users", "/v22/Users", "/Users", "/v2/Users//1"})
    {
        Reply const missed = scim.send_raw("GET", target, {}, good);
        BOOST_TEST(missed.status == 404, target);
        BOOST_TEST(missed.detail().ends_with("The root is https://example.com/v2."), missed.detail());
        BOOST_TEST(scim.send_raw("GET", target).detail().find("example.com") == std::string::npos); // nobody else is
    }
    BOOST_TEST(scim.get("/Users/1", good).detail().find("The root") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(two_authorization_headers_are_refused)
{
    ServiceFixture const scim{with_token()};
    Headers both = good;
    both.emplace_back("authorization", "Bearer other");
    BOOST_TEST(scim.get("/Users", both).status == 400);
}

BOOST_AUTO_TEST_CASE(an_application_may_have_authenticated_the_caller_itself)
{
    ServiceFixture const scim{with_token()};
    Response const response =
        scim.service.handle({.method = "GET", .target = "/v2/Users", .principal = Principal{.subject = "app"}});
    BOOST_TEST(response.status == 200);
    BOOST_TEST(response.subject == "app");
}

BOOST_AUTO_TEST_CASE(without_a_principal_nobody_comes_past_an_application_that_authenticates_in_front)
{
    ServiceFixture const scim{{.authenticator = principal_required({.challenge = "Bearer realm=\"shop\""})}};
    auto const handle = [&](std::string_view method, std::string_view target, std::optional<Principal> principal)
    {
        Request request{.method = method, .target = target, .headers = {{"Authorization", "Bearer of-the-front"}}};
        request.principal = std::move(principal);
        return scim.service.handle(request);
    };
    for (char const* target : {"/v2/Users", "/v2/Users/1", "/v2/Groups/1", "/v2/Schemas", "/v2/.search", "/v2/nothing"})
        for (char const* method : {"GET", "POST", "PUT", "PATCH", "DELETE"})
        {
            Response const refused = handle(method, target, {});
            BOOST_TEST(refused.status == 401, method << ' ' << target << ": " << refused.status);
            BOOST_TEST(refused.header("WWW-Authenticate") == "Bearer realm=\"shop\"");
        }
    Response const answered = handle("GET", "/v2/Users", Principal{.subject = "app"});
    BOOST_TEST(answered.status == 200);
    BOOST_TEST(answered.subject == "app");
    BOOST_TEST(handle("GET", "/v2/ServiceProviderConfig", {}).status == 401);
    BOOST_TEST(scim.get("/ServiceProviderConfig").status == 200); // public, for who offers no credentials
    Request not_read{.method = "POST", .target = "/v2/Users"};
    BOOST_TEST(scim.service.admit(not_read).has_value()); // refused, before its body is read
}

BOOST_AUTO_TEST_CASE(tenants_do_not_see_each_other, *label("7643-3.1-m"))
{
    auto const one = make_token_record("token-of-tenant-one", {.subject = "1", .tenant = "one"}).value();
    auto const two = make_token_record("token-of-tenant-two", {.subject = "2", .tenant = "two"}).value();
    ServiceFixture const scim{{.authenticator = bearer_authenticator({one, two})}};
    Headers const first{{"Authorization", "Bearer token-of-tenant-one"}};
    Headers const second{{"Authorization", "Bearer token-of-tenant-two"}};
    auto const id = scim.post("/Users", user("ada", {{"externalId", "701984"}}), first).id();
    BOOST_TEST(scim.get("/Users/" + id, first).status == 200);
    BOOST_TEST(scim.get("/Users/" + id, second).status == 404);
    BOOST_TEST(scim.get("/Users?filter=externalId eq \"701984\"", second).number("/totalResults") == 0);
    BOOST_TEST(scim.post("/Users", user("ada"), second).status == 201);
}

BOOST_AUTO_TEST_CASE(a_caller_cannot_leave_its_tenant)
{
    ServiceFixture const scim{with_token({.subject = "idp", .tenant = "one"})};
    std::string const authorization = std::string{"Bearer "} + token;
    auto const status_for = [&](std::string_view tenant)
    {
        return scim.service
            .handle({.method = "GET",
                     .target = "/v2/Users",
                     .headers = {{"Authorization", authorization}},
                     .tenant = tenant})
            .status;
    };
    BOOST_TEST(status_for("one") == 200);
    BOOST_TEST(status_for("") == 200);
    BOOST_TEST(status_for("two") == 403);
    auto spanning = with_token();
    spanning.principals_span_tenants = true;
    ServiceFixture const free{std::move(spanning)};
    BOOST_TEST(free.service
                   .handle({.method = "GET",
                            .target = "/v2/Users",
                            .headers = {{"Authorization", authorization}},
                            .tenant = std::string(65, 't')})
                   .status == 400);
}

BOOST_AUTO_TEST_CASE(the_authoriser_is_asked_about_every_operation, *label("7644-7.7-d"))
{
    auto const gate = std::make_shared<Gate>();
    ServiceFixture const scim{{.authoriser = gate}};
    auto const id = scim.create("/Users", user("ada"));
    scim.get("/Users/" + id);
    scim.get("/Users");
    scim.post("/Users/.search", json::object{});
    scim.put("/Users/" + id, user("ada"));
    scim.patch("/Users/" + id, patch_op("replace", "title", "x"));
    scim.del("/Users/" + id);
    scim.get("/Schemas");
    std::vector<std::string> const expected{
        "tester create User ",       "tester read User " + id,  "tester query User ",       "tester query User ",
        "tester replace User " + id, "tester patch User " + id, "tester remove User " + id, "tester discover - "};
    BOOST_TEST(gate->asked == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_the_authoriser_forbids_does_not_happen, *label("7644-3.12-k"))
{
    auto const gate = std::make_shared<Gate>();
    gate->refuse = [](Access const& access) -> result<void>
    {
        if (access.operation == Access::Operation::create)
            return Error{ErrorCode::forbidden, "Read only."};
        if (access.id == "hidden")
            return Error{ErrorCode::not_found, "There is no User with the id hidden."};
        return {};
    };
    ServiceFixture const scim{{.authoriser = gate}};
    Reply const refused = scim.post("/Users", user("ada"));
    BOOST_TEST(refused.status == 403);
    BOOST_TEST(refused.text("/status") == "403");
    BOOST_TEST(refused.detail() == "Read only.");
    BOOST_TEST(scim.get("/Users").number("/totalResults") == 0);
    BOOST_TEST(scim.get("/Users/hidden").status == 404);
}

BOOST_AUTO_TEST_CASE(what_is_public_needs_nobodys_leave, *label("7643-5-n"))
{
    auto const gate = std::make_shared<Gate>();
    gate->refuse = [](Access const&) -> result<void> {
        return Error{ErrorCode::forbidden, "No."};
    };
    auto options = with_token();
    options.authoriser = gate;
    ServiceFixture const scim{options};
    BOOST_TEST(scim.get("/ServiceProviderConfig").status == 200);
    BOOST_TEST(gate->asked.empty());
    BOOST_TEST(scim.get("/ServiceProviderConfig", good).status == 403);
}

BOOST_AUTO_TEST_CASE(a_cursor_over_types_ends_with_the_leave_for_one_of_them,
                     *label("9865-5.2-d") * label("9865-5.2-e"))
{
    auto const gate = std::make_shared<Gate>();
    ServiceFixture const scim{{.authoriser = gate}};
    for (auto const* const name : {"a", "b", "c"})
        scim.create("/Users", user(name));
    scim.create("/Groups", group("G"));
    Reply const first = scim.get("/?cursor=&count=2");
    BOOST_TEST(first.number("/totalResults") == 4);
    std::string const second = "/?count=2&cursor=" + first.text("/nextCursor");
    BOOST_TEST(scim.get(second).size("/Resources") == 2);
    gate->refuse = [](Access const& access) -> result<void>
    {
        if (access.type && access.type->name() == "Group")
            return Error{ErrorCode::forbidden, "Not here."};
        return {};
    };
    BOOST_TEST(scim.get(second).scim_type() == "invalidCursor");
    BOOST_TEST(scim.get("/?cursor=&count=2").number("/totalResults") == 3);
}

BOOST_AUTO_TEST_SUITE_END()
