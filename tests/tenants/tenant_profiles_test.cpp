// Each tenant promises what its own profile says, and none is served that would break its promise.
#include <scimkit/tenants/tenants.hpp>
#include <scimkit/tolerance/profile.hpp>

#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(tenant_profiles)

namespace
{

constexpr auto acme_key = "acme";
constexpr auto globex_key = "globex";

Tenant tenant(std::string name)
{
    auto url = "https://example.com/" + name + "/scim/v2";
    return {.name = std::move(name), .base_url = std::move(url)};
}

/// Callers are of the tenant that they say.
struct House
{
    explicit House(std::vector<Tenant> tenants)
        : services(TenantServices::create({.base_url = "https://example.com/nobody",
                                           .store = memory::make_store(),
                                           .authenticator = principal_required(),
                                           .password_hasher = std::make_shared<FakeHasher>(),
                                           .log = [this](LogLevel, std::string_view line) { log.emplace_back(line); }},
                                          tenant_list(std::move(tenants)).value())
                       .value())
    {
    }

    Reply send(std::string_view key, std::string_view method, std::string const& target,
               json::value const& body = nullptr) const
    {
        auto const text = body.is_null() ? std::string{} : ServiceFixture::text_of(body);
        Request request{.method = method, .target = target, .body = text};
        request.principal = Principal{.subject = "tester", .tenant = std::string{key}};
        if (!text.empty())
            request.headers.push_back({"Content-Type", "application/scim+json"});
        return Reply{services.handle(request)};
    }

    std::string create(std::string const& name, std::string_view key, std::string const& user_name) const
    {
        return send(key, "POST", "/" + name + "/scim/v2/Users", user(user_name)).id();
    }

    std::vector<std::string> log;
    TenantServices services;
};

} // namespace

BOOST_AUTO_TEST_CASE(a_tenant_has_a_profile_of_its_own)
{
    auto acme = tenant("acme");
    acme.profile = find_profile("interop-02");
    auto globex = tenant("globex");
    globex.profile = find_profile("ipsie-al2");
    House const house{{acme, globex}};
    auto const flag = [&](std::string_view key, std::string const& name)
    {
        Reply const reply = house.send(key, "GET", "/" + name + "/scim/v2/ServiceProviderConfig");
        return std::pair{reply.has("/interopProfileConformant"), reply.find("/changePassword/supported")->as_bool()};
    };
    BOOST_TEST((flag(acme_key, "acme") == std::pair{true, true}));
    BOOST_TEST((flag(globex_key, "globex") == std::pair{false, false}));

    auto const ada = "/acme/scim/v2/Users/" + house.create("acme", acme_key, "ada");
    auto const bob = "/globex/scim/v2/Users/" + house.create("globex", globex_key, "bob");
    auto const pathless = patch_op("replace", "", json::object{{"title", "Miss"}});
    BOOST_TEST(house.send(acme_key, "PATCH", ada, pathless).scim_type() == "invalidSyntax");
    BOOST_TEST(house.send(globex_key, "PATCH", bob, pathless).status == 200);
    BOOST_TEST(house.send(globex_key, "GET", "/globex/scim/v2/Schemas").response.body.find("\"password\"") ==
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_tenant_that_contradicts_its_profile_is_not_served_and_the_log_knows_why)
{
    auto acme = tenant("acme");
    acme.profile = find_profile("interop-02");
    acme.tolerance = acme.profile->tolerance;
    acme.tolerance->pathless_operations = true;
    auto globex = tenant("globex");
    globex.profile = find_profile("ipsie-al2");
    globex.capabilities.types = {"User"};
    House const house{{acme, globex}};
    BOOST_TEST(house.send(acme_key, "GET", "/acme/scim/v2/Users").status == 503);
    BOOST_TEST(house.send(globex_key, "GET", "/globex/scim/v2/Users").status == 503);
    BOOST_REQUIRE(house.log.size() >= 2);
    BOOST_TEST(house.log[0].find("The profile interop-02, row 11: the tolerance pathless-operations has to be off.") !=
               std::string::npos);
    BOOST_TEST(house.log[1].find("row 31: there has to be the attribute Group.displayName.") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
