// Two stores behind one service: each type is where it belongs, and those of the second one are only read.
#include <scimkit/schema/registry.hpp>

#include "samples/server/joined_store.hpp"
#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;

namespace
{

struct Both
{
    std::shared_ptr<ResourceStore> groups = memory::make_store();
    std::shared_ptr<ResourceStore> users = memory::make_store();
    std::shared_ptr<Environment> environment = std::make_shared<TickingEnvironment>();
    ServiceFixture alone{{.store = users, .environment = environment}}; ///< fills the second store
    ServiceFixture scim{
        {.store = std::make_shared<server::JoinedStore>(groups, "User", users), .environment = environment}};
    std::string ada = alone.create("/Users", user("ada"));
    std::string engineers = scim.create("/Groups", group("Engineers", {ada}));
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(joined_store, Both)

BOOST_AUTO_TEST_CASE(each_type_is_found_where_it_is_alone_and_together)
{
    BOOST_TEST(scim.get("/Groups/" + engineers).text("/members/0/value") == ada);
    BOOST_TEST(scim.get("/Users/" + ada).text("/userName") == "ada");
    BOOST_TEST(scim.get("/Users/" + engineers).status == 404);
    BOOST_TEST(alone.get("/Groups/" + engineers).status == 404);
    alone.create("/Users", user("grace"));
    BOOST_TEST(scim.get("/Users?filter=userName eq \"ADA\"").number("/totalResults") == 1);
    auto const last = scim.get("/Users?sortBy=userName&sortOrder=descending&count=1");
    BOOST_TEST(last.number("/totalResults") == 2);
    BOOST_TEST(last.text("/Resources/0/userName") == "grace");
    BOOST_TEST(scim.get("?filter=id pr").number("/totalResults") == 3);
    BOOST_TEST(scim.get("?filter=id eq \"" + ada + "\"").size("/Resources") == 1);
    BOOST_TEST(scim.get("?filter=meta.resourceType eq \"Group\"").number("/totalResults") == 1);
    auto const first = scim.get("?filter=id pr&sortBy=meta.resourceType&count=1");
    BOOST_TEST(first.number("/totalResults") == 3);
    BOOST_TEST(first.size("/Resources") == 1);
}

BOOST_AUTO_TEST_CASE(nothing_writes_to_the_second_store)
{
    auto const replace = patch_op("replace", "displayName", "Other");
    BOOST_TEST(scim.post("/Users", user("grace")).status == 403);
    BOOST_TEST(scim.put("/Users/" + ada, user("grace")).status == 403);
    BOOST_TEST(scim.patch("/Users/" + ada, replace).status == 403);
    BOOST_TEST(scim.del("/Users/" + ada).status == 403);
    auto const bulk = scim.post("/Bulk", {{"schemas", {"urn:ietf:params:scim:api:messages:2.0:BulkRequest"}},
                                          {"Operations", {{{"method", "DELETE"}, {"path", "/Users/" + ada}}}}});
    BOOST_TEST(bulk.text("/Operations/0/status") == "403");
    BOOST_TEST(alone.get("/Users").number("/totalResults") == 1);
    BOOST_TEST(alone.get("/Users/" + ada).text("/userName") == "ada");
    BOOST_TEST(scim.patch("/Groups/" + engineers, replace).status < 300);
    BOOST_TEST(scim.get("/Groups/" + engineers).text("/displayName") == "Other");
    BOOST_TEST(scim.del("/Groups/" + engineers).status == 204);
}

BOOST_AUTO_TEST_SUITE_END()
