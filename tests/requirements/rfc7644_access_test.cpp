// Who may do what, and where: sections 2, 6 and 7.5.2 of RFC 7644.
#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;
using Operation = Access::Operation;

BOOST_AUTO_TEST_SUITE(rfc7644_access)

namespace
{

/// Takes the Authorization header for the name of the caller, whatever its scheme, and notes it down.
struct NotingAuthenticator : Authenticator
{
    result<Principal> authenticate(Credentials const& credentials) override
    {
        seen.emplace_back(credentials.authorization);
        return Principal{.subject = std::string{credentials.authorization}};
    }
    std::string challenge() const override { return "Negotiate"; }
    std::vector<AuthenticationScheme> schemes() const override { return {}; }

    std::vector<std::string> seen;
};

/// A subject may read the User with its own name as id, and nothing else.
struct OwnUserOnly : Authoriser
{
    result<void> authorise(Principal const& principal, Access const& access) override
    {
        if (access.operation == Operation::read && access.type->name() == "User" && access.id == principal.subject)
            return {};
        return Error{ErrorCode::forbidden, "Only your own user."};
    }
};

/// What a token's scopes allow.
struct Scopes : Authoriser
{
    result<void> authorise(Principal const& principal, Access const& access) override
    {
        bool const reads = access.operation == Operation::read || access.operation == Operation::query ||
                           access.operation == Operation::discover;
        if (std::ranges::find(principal.scopes, reads ? "scim.read" : "scim.write") != principal.scopes.end())
            return {};
        return Error{ErrorCode::forbidden, "The token's scopes do not allow it."};
    }
};

constexpr auto first_token = "token-of-tenant-one";
constexpr auto second_token = "token-of-tenant-two";

Headers bearer(std::string_view token) { return {{"Authorization", "Bearer " + std::string{token}}}; }

std::shared_ptr<Authenticator> two_principals(Principal first, Principal second)
{
    return bearer_authenticator({make_token_record(first_token, std::move(first)).value(),
                                 make_token_record(second_token, std::move(second)).value()});
}

/// One service, two tenants; the first has a user "ada" in a group "team".
struct TwoTenants : ServiceFixture
{
    TwoTenants()
        : ServiceFixture{{.authenticator =
                              two_principals({.subject = "1", .tenant = "t1"}, {.subject = "2", .tenant = "t2"})}}
        , user_id(post("/Users", user("ada", {{"externalId", "701984"}}), one).id())
        , group_id(post("/Groups", group("team", {user_id}), one).id())
    {
    }

    Headers const one = bearer(first_token);
    Headers const two = bearer(second_token);
    std::string const user_id;
    std::string const group_id;
};

} // namespace

BOOST_AUTO_TEST_CASE(access_depends_on_the_subject_and_on_the_resource, *label("7644-2-c"))
{
    ServiceFixture const scim{{.authenticator = two_principals({.subject = "id-1"}, {.subject = "id-2"}),
                               .authoriser = std::make_shared<OwnUserOnly>()}};
    ServiceFixture const admin{{.store = scim.store, .registry = scim.service.options().registry}};
    admin.create("/Users", user("ada"));
    admin.create("/Users", user("bob"));
    BOOST_TEST(scim.get("/Users/id-1", bearer(first_token)).status == 200);
    BOOST_TEST(scim.get("/Users/id-2", bearer(second_token)).status == 200);
    BOOST_TEST(scim.get("/Users/id-2", bearer(first_token)).status == 403);
    BOOST_TEST(scim.get("/Users", bearer(first_token)).status == 403);
    BOOST_TEST(scim.del("/Users/id-1", bearer(first_token)).status == 403);
    BOOST_TEST(admin.get("/Users").number("/totalResults") == 2);
}

BOOST_AUTO_TEST_CASE(the_scheme_of_authentication_is_the_applications, *label("7644-2-i"))
{
    auto const noting = std::make_shared<NotingAuthenticator>();
    ServiceFixture const scim{{.authenticator = noting}};
    std::vector<std::string> const sent{"Negotiate YII=", "DPoP abc.def", "Digest username=\"ada\", nc=00000001",
                                        "bearer  two  blanks"};
    for (std::string const& authorization : sent)
    {
        Reply const reply = scim.get("/Users", {{"Authorization", authorization}});
        BOOST_TEST(reply.status == 200, authorization);
        BOOST_TEST(reply.response.subject == authorization);
    }
    BOOST_TEST(noting->seen == sent, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_scopes_of_a_token_decide_what_it_may_do, *label("7644-2.1-a"))
{
    ServiceFixture const scim{{.authenticator = two_principals({.subject = "reader", .scopes = {"scim.read"}},
                                                               {.subject = "writer", .scopes = {"scim.write"}}),
                               .authoriser = std::make_shared<Scopes>()}};
    Headers const reader = bearer(first_token);
    Headers const writer = bearer(second_token);
    BOOST_TEST(scim.post("/Users", user("ada"), reader).status == 403);
    auto const created = scim.post("/Users", user("ada"), writer);
    BOOST_REQUIRE(created.status == 201);
    std::string const target = "/Users/" + created.id();
    BOOST_TEST(scim.get(target, reader).status == 200);
    BOOST_TEST(scim.get("/Users", reader).status == 200);
    BOOST_TEST(scim.get(target, writer).status == 403);
    BOOST_TEST(scim.put(target, user("ada"), reader).status == 403);
    BOOST_TEST(scim.patch(target, patch_op("replace", "title", "Dr"), reader).status == 403);
    BOOST_TEST(scim.del(target, reader).status == 403);
    BOOST_TEST(scim.del(target, writer).status == 204);
}

BOOST_FIXTURE_TEST_CASE(resources_of_another_tenant_cannot_be_reached, TwoTenants, *label("7644-6-b"))
{
    std::string const target = "/Users/" + user_id;
    BOOST_TEST(get(target, two).status == 404);
    BOOST_TEST(put(target, user("ada"), two).status == 404);
    BOOST_TEST(patch(target, patch_op("replace", "title", "Dr"), two).status == 404);
    BOOST_TEST(del(target, two).status == 404);
    BOOST_TEST(patch("/Groups/" + group_id, patch_op("remove", "members"), two).status == 404);
    BOOST_TEST(get(target, one).text("/groups/0/display") == "team");
    // Whether another tenant has an id is not to be told from the answer.
    auto const unknown = get("/Users/nobody", two).detail();
    auto const hidden = get(target, two).detail();
    BOOST_TEST(hidden.substr(0, hidden.find(user_id)) == unknown.substr(0, unknown.find("nobody")));
}

BOOST_FIXTURE_TEST_CASE(resources_of_another_tenant_are_neither_listed_nor_counted, TwoTenants, *label("7644-6-b"))
{
    for (auto const* target : {"/Users", "/Groups", "/Users?filter=userName eq \"ada\"",
                               "/Users?filter=externalId eq \"701984\"", "/Users?filter=groups pr", "/Users?count=0"})
        BOOST_TEST(get(target, two).number("/totalResults") == 0, target);
    BOOST_TEST(post("/Users/.search", {{"schemas", {"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}}}, two)
                   .number("/totalResults") == 0);
    BOOST_TEST(get("/Users", one).number("/totalResults") == 1);
}

BOOST_FIXTURE_TEST_CASE(references_and_memberships_end_at_the_tenant, TwoTenants, *label("7644-6-b"))
{
    // The foreign id is kept as a member that does not exist; the first tenant's user learns nothing of it.
    auto const foreign = post("/Groups", group("spies", {user_id}), two);
    BOOST_REQUIRE(foreign.status == 201);
    BOOST_TEST(get("/Users/" + user_id, one).size("/groups") == 1);
    BOOST_TEST(!foreign.has("/members/0/$ref"));
    BOOST_TEST(!foreign.has("/members/0/type"));
}

BOOST_AUTO_TEST_CASE(a_member_of_another_tenant_is_an_unknown_member, *label("7644-6-b"))
{
    Tolerance tolerance;
    tolerance.unknown_members = UnknownMembers::reject;
    ServiceFixture const scim{
        {.authenticator = two_principals({.subject = "1", .tenant = "t1"}, {.subject = "2", .tenant = "t2"}),
         .tolerance = tolerance}};
    auto const id = scim.post("/Users", user("ada"), bearer(first_token)).id();
    BOOST_TEST(scim.post("/Groups", group("own", {id}), bearer(first_token)).status == 201);
    BOOST_TEST(scim.post("/Groups", group("spies", {id}), bearer(second_token)).status == 400);
}

BOOST_FIXTURE_TEST_CASE(unique_values_are_unique_within_a_tenant, TwoTenants, *label("7644-6-b"))
{
    BOOST_TEST(post("/Users", user("ada"), one).status == 409);
    BOOST_TEST(post("/Users", user("ada"), two).status == 201);
    BOOST_TEST(post("/Users", user("ada"), two).status == 409);
}

BOOST_AUTO_TEST_CASE(a_client_may_use_its_own_tenant_only, *label("7644-6.1-c"))
{
    ServiceFixture const scim{{.principals_span_tenants = true}};
    auto const create_in = [&](std::string_view principals, std::string_view requests)
    {
        std::string const body = ServiceFixture::text_of(user("ada"));
        return Reply{scim.service.handle({.method = "POST",
                                          .target = "/v2/Users",
                                          .headers = {{"Content-Type", "application/scim+json"}},
                                          .body = body,
                                          .tenant = requests,
                                          .principal = Principal{.subject = "x", .tenant = std::string{principals}}})};
    };
    Reply const refused = create_in("t1", "t2");
    BOOST_TEST(refused.status == 403);
    BOOST_TEST(refused.text("/status") == "403");
    BOOST_TEST(create_in("t1", "t1").status == 201);
    BOOST_TEST(create_in("t1", "").status == 409); // the principal's tenant, where ada exists by now
    BOOST_TEST(create_in("", "t1").status == 409); // the request's, for a principal of no tenant
    BOOST_TEST(create_in("", "t2").status == 201); // nothing had been created by the refused request
}

BOOST_AUTO_TEST_CASE(an_external_id_is_unique_within_a_tenant_at_most, *label("7644-6.2-b"))
{
    for (bool const unique : {false, true})
    {
        Tolerance tolerance;
        tolerance.unique_external_ids = unique;
        ServiceFixture const scim{
            {.authenticator = two_principals({.subject = "1", .tenant = "t1"}, {.subject = "2", .tenant = "t2"}),
             .tolerance = tolerance}};
        json::object const external{{"externalId", "701984"}};
        BOOST_TEST(scim.post("/Users", user("ada", external), bearer(first_token)).status == 201);
        BOOST_TEST(scim.post("/Users", user("ada", external), bearer(second_token)).status == 201);
        BOOST_TEST(scim.post("/Users", user("bob", external), bearer(first_token)).status == (unique ? 409 : 201));
    }
}

BOOST_AUTO_TEST_CASE(the_sensitive_error_says_403_in_its_body, *label("7644-err-6893"))
{
    ServiceFixture const scim;
    Reply const reply = scim.get("/Users?filter=password eq \"t1me\"");
    BOOST_TEST(reply.status == 403);
    BOOST_TEST(reply.text("/status") == "403");
    BOOST_TEST(reply.scim_type() == "sensitive");
}

BOOST_AUTO_TEST_SUITE_END()
