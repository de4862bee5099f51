// What pages beside the service say of whom they refuse: as much as the service says, and no name that strangers make.
#include "samples/server/entrance.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;

namespace
{

/// Refuses good credentials of a tenant.
struct Refusing final : Authenticator
{
    explicit Refusing(std::string of)
        : tenant(std::move(of))
    {
    }

    result<Principal> authenticate(Credentials const& credentials) override
    {
        *credentials.known = Principal{.subject = "okta", .tenant = tenant};
        return Error{ErrorCode::too_many_requests, "Too many requests."};
    }

    std::string challenge() const override { return "Bearer"; }
    std::vector<AuthenticationScheme> schemes() const override { return {}; }

    std::string tenant;
};

} // namespace

BOOST_AUTO_TEST_SUITE(entrance)

BOOST_AUTO_TEST_CASE(a_refusal_is_of_a_tenant_only_where_there_is_such_a_one)
{
    auto const tenants = tenant_list({Tenant{.name = "acme", .base_url = "https://example.com/acme/scim/v2"}}).value();
    auto const refused = [](std::string const& tenant, TenantDirectory const* known)
    {
        Refusing authenticator{tenant};
        auto const entered = server::enter({.method = "GET", .target = "/metrics"}, authenticator, known);
        BOOST_TEST(!entered.principal);
        BOOST_TEST(entered.refused.status == 429);
        return entered.refused.subject + "@" + entered.refused.tenant;
    };
    BOOST_TEST(refused("acme", tenants.get()) == "okta@acme");
    BOOST_TEST(refused("of-no-tenant-that-there-is", tenants.get()) == "okta@");
    BOOST_TEST(refused("", tenants.get()) == "okta@");
    BOOST_TEST(refused("acme", nullptr) == "okta@");
}

BOOST_AUTO_TEST_SUITE_END()
