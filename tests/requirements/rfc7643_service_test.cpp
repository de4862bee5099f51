// What the service sees to over schemas and plug-ins: computed references in filters, decimals, ids, authentication
// schemes (RFC 7643 sections 2.3.3, 2.4, 3.1 and 5).
#include <scimkit/schema/registry.hpp>

#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(rfc7643_service)

namespace
{

/// A group with two members, whose $refs are computed and not stored.
struct Team : ServiceFixture
{
    std::string const ada = create("/Users", user("ada"));
    std::string const bob = create("/Users", user("bob"));
    std::string const team = create("/Groups", group("team", {ada}));

    std::int64_t groups(std::string const& filter) const
    {
        Reply const reply = get("/Groups?filter=" + filter);
        BOOST_TEST(reply.status == 200, filter);
        return reply.number("/totalResults");
    }
    static std::string quoted(std::string_view base, std::string_view id)
    {
        return "\"" + std::string{base} + std::string{id} + "\"";
    }
};

constexpr auto users = "https://example.com/v2/Users/";
constexpr auto users_without_version = "https://example.com/Users/";

/// Hands out the id that a test wants.
struct OneId : TickingEnvironment
{
    explicit OneId(std::string id)
        : given(std::move(id))
    {
    }
    std::string new_id() override { return given; }
    std::string given;
};

struct Announces : Authenticator
{
    explicit Announces(std::vector<AuthenticationScheme> given)
        : announced(std::move(given))
    {
    }
    result<Principal> authenticate(Credentials const&) override { return Principal{.subject = "tester"}; }
    std::string challenge() const override { return "Bearer"; }
    std::vector<AuthenticationScheme> schemes() const override { return announced; }
    std::vector<AuthenticationScheme> announced;
};

/// What Service::create says to these authentication schemes; empty if it takes them.
std::string refusal_of(std::vector<AuthenticationScheme> schemes)
{
    auto const service = Service::create({.base_url = "https://example.com/v2",
                                          .store = memory::make_store(),
                                          .authenticator = std::make_shared<Announces>(std::move(schemes)),
                                          .password_hasher = std::make_shared<FakeHasher>()});
    if (service)
        return {};
    BOOST_TEST((service.error().code == ErrorCode::invalid_value));
    return service.error().detail;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_filter_sees_the_references_that_answers_show,
                     *label("7643-4.2-e") * label("7644-3.4.2.2-bh") * label("7643-2.4-j"))
{
    Team const scim;
    BOOST_TEST(scim.get("/Groups/" + scim.team).text("/members/0/$ref") == users + scim.ada);
    for (auto const* base : {users, users_without_version})
    {
        BOOST_TEST(scim.groups("members.$ref eq " + Team::quoted(base, scim.ada)) == 1);
        BOOST_TEST(scim.groups("members[$ref eq " + Team::quoted(base, scim.ada) + "]") == 1);
        BOOST_TEST(scim.groups("members.$ref eq " + Team::quoted(base, scim.bob)) == 0);
        BOOST_TEST(scim.groups("members[$ref ne " + Team::quoted(base, scim.ada) + "]") == 0);
        BOOST_TEST(scim.groups("not (members.$ref eq " + Team::quoted(base, scim.bob) + ")") == 1);
    }
    BOOST_TEST(scim.groups("members.$ref pr") == 1);
    BOOST_TEST(scim.groups("members.$ref eq \"urn:example:nobody\"") == 0);
}

BOOST_AUTO_TEST_CASE(a_reference_of_another_host_type_or_base_is_another_reference, *label("7643-2.4-j"))
{
    Team const scim;
    for (auto const* base : {"https://other.example.org/v2/Users/", "https://example.com/v2/Groups/",
                             "https://example.com/v2/x/Users/", "https://example.com/v2/Users/x/"})
    {
        BOOST_TEST(scim.groups("members.$ref eq " + Team::quoted(base, scim.ada)) == 0, base);
        BOOST_TEST(scim.groups("members[$ref eq " + Team::quoted(base, scim.ada) + "]") == 0, base);
    }
}

BOOST_AUTO_TEST_CASE(a_path_of_a_patch_sees_the_references_that_answers_show, *label("7643-4.2-e"))
{
    Team const scim;
    auto const remove = [&](std::string const& id) {
        return scim.patch("/Groups/" + scim.team,
                          patch_op("remove", "members[$ref eq " + Team::quoted(users, id) + "]"));
    };
    BOOST_TEST(remove(scim.bob).status < 300);
    BOOST_TEST(scim.get("/Groups/" + scim.team).size("/members") == 1);
    BOOST_TEST(remove(scim.ada).status < 300);
    BOOST_TEST(!scim.get("/Groups/" + scim.team).has("/members"));
}

BOOST_AUTO_TEST_CASE(a_manager_is_found_by_reference, *label("7643-2.4-j"))
{
    Team const scim;
    scim.create("/Users", user("eve", {{urn::enterprise_user, {{"manager", {{"value", scim.ada}}}}}}));
    auto const filter = [&](std::string const& id)
    {
        return "/Users?filter=" + std::string{urn::enterprise_user} + ":manager.$ref eq " +
               Team::quoted(users_without_version, id);
    };
    BOOST_TEST(scim.get(filter(scim.ada)).text("/Resources/0/userName") == "eve");
    BOOST_TEST(scim.get(filter(scim.bob)).number("/totalResults") == 0);
}

BOOST_AUTO_TEST_CASE(a_decimal_has_a_fraction_in_answers, *label("7643-2.3.3-a"))
{
    ServiceFixture const scim{
        {.registry = SchemaRegistry::Builder{}
                         .add_rfc7643()
                         .add(Schema{.id = "urn:example:Pay",
                                     .name = "Pay",
                                     .attributes = {{.name = "rate", .type = AttributeType::decimal}}})
                         .extend("User", "urn:example:Pay")
                         .build()
                         .value()}};
    auto const body = [](std::string_view number)
    {
        return R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:example:Pay"],"userName":"u)" +
               std::string{number} + R"(","urn:example:Pay":{"rate":)" + std::string{number} + "}}";
    };
    for (auto const& [sent, shown] :
         {std::pair{"5", "5.0"}, std::pair{"-3", "-3.0"}, std::pair{"5.25", "5.25"}, std::pair{"-0.5", "-0.5"}})
    {
        Reply const created = scim.send("POST", "/Users", body(sent));
        BOOST_TEST(created.status == 201);
        Reply const read = scim.get("/Users/" + created.id());
        BOOST_TEST(read.response.body.find("\"rate\":" + std::string{shown} + "}") != std::string::npos,
                   sent << " in " << read.response.body);
    }
    Reply const refused = scim.send("POST", "/Users",
                                    R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"x",)"
                                    R"("urn:example:Pay":{"rate":"5.25"}})");
    BOOST_TEST(refused.scim_type() == "invalidValue");
}

BOOST_AUTO_TEST_CASE(an_id_with_the_reserved_word_is_never_given, *label("7643-3.1-i"))
{
    for (auto const* id : {"bulkId", "bulkId:qwerty", "xBULKIDx"})
    {
        ServiceFixture const scim{{.environment = std::make_shared<OneId>(id)}};
        Reply const reply = scim.post("/Users", user("ada"));
        BOOST_TEST(reply.status == 500, id);
        BOOST_TEST(scim.get("/Users").number("/totalResults") == 0, id);
    }
    ServiceFixture const good{{.environment = std::make_shared<OneId>("bulk-Id")}};
    BOOST_TEST(good.post("/Users", user("ada")).id() == "bulk-Id");
}

BOOST_AUTO_TEST_CASE(authentication_schemes_are_complete, *label("7643-5-k"))
{
    BOOST_TEST(refusal_of({}).empty());
    BOOST_TEST(refusal_of({{.type = "oauth2", .name = "OAuth", .description = "Tokens"}}).empty());
    BOOST_TEST(refusal_of({{.type = "oauth2", .name = "OAuth", .description = ""}}).find("description") !=
               std::string::npos);
    BOOST_TEST(refusal_of({{.type = "oauth2", .name = "", .description = "Tokens"}}).find("name") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(authentication_schemes_are_of_the_types_of_the_rfc, *label("7643-5-l"))
{
    for (auto const* type : {"oauth", "oauth2", "oauthbearertoken", "httpbasic", "httpdigest"})
        BOOST_TEST(refusal_of({{.type = type, .name = "N", .description = "D"}}).empty(), type);
    for (auto const* type : {"bearer", "OAuth2", ""})
        BOOST_TEST(!refusal_of({{.type = type, .name = "N", .description = "D"}}).empty(), type);
}

BOOST_AUTO_TEST_CASE(one_authentication_scheme_at_most_is_primary, *label("7643-5-o"))
{
    AuthenticationScheme const basic{.type = "httpbasic", .name = "N", .description = "D"};
    AuthenticationScheme primary = basic;
    primary.primary = true;
    BOOST_TEST(refusal_of({basic, primary}).empty());
    BOOST_TEST(refusal_of({basic, primary, primary}).find("primary") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
