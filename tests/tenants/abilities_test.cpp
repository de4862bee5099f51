// What a tenant offers, what it may use of what all share, and what could not be served at all.
#include "house.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(tenant_abilities)

BOOST_AUTO_TEST_CASE(capabilities_are_kept_on_every_way_in)
{
    auto reader = tenant("acme");
    reader.capabilities = {.create = false, .update = false, .remove = false};
    House const house;
    auto const ada = house.create("acme", acme_key, "ada");
    auto const at = "/acme/scim/v2/Users/" + ada;
    auto const tries = [&](TenantCapabilities offered)
    {
        auto narrow = tenant("acme");
        narrow.capabilities = std::move(offered);
        BOOST_TEST(house.list->exchange({narrow}).has_value());
        auto const status = [](Reply const& reply) { return std::to_string(reply.status); };
        return status(house.send(acme_key, "POST", "/acme/scim/v2/Users", json::object{})) + " " +
               status(house.send(acme_key, "PUT", at, user("ada"))) + " " +
               status(house.send(acme_key, "PATCH", at, patch_op("add", "title", "t"))) + " " +
               status(house.send(acme_key, "DELETE", "/acme/scim/v2/Users/none")) + " " +
               statuses(house.send(acme_key, "POST", "/acme/scim/v2/Bulk",
                                   bulk({bulk_on("PUT", "/Users/none", user("x")), bulk_on("DELETE", "/Users/none")})))
                   .substr(0, 7);
    };
    BOOST_TEST(tries({}) == "400 200 200 404 404 404");
    BOOST_TEST(tries({.create = false}) == "403 200 200 404 404 404");
    BOOST_TEST(tries({.update = false}) == "400 403 501 404 403 404");
    BOOST_TEST(tries({.remove = false}) == "400 200 200 403 404 403");
    BOOST_TEST(tries({.create = false, .update = false, .remove = false}).starts_with("403 403 501 403 501"));
    BOOST_TEST(house.send(acme_key, "GET", at).status == 200);
}

BOOST_AUTO_TEST_CASE(who_may_not_deactivate_may_change_everything_else)
{
    auto narrow = tenant("acme");
    narrow.capabilities.deactivate = false;
    House const house{{narrow}};
    auto const root = std::string{"/acme/scim/v2"};
    auto const at = root + "/Users/" + house.create("acme", acme_key, "ada");
    auto const send = [&](std::string_view method, std::string const& target, json::value const& body)
    { return house.send(acme_key, method, target, body); };
    for (auto const& off : {patch_op("replace", "active", false), patch_op("add", "", {{"active", false}}),
                            patch_op({{{"op", "replace"}, {"path", "title"}, {"value", "t"}},
                                      {{"op", "add"}, {"path", "active"}, {"value", false}}})})
    {
        BOOST_TEST(send("PATCH", at, off).status == 403);
        auto const entry = bulk_on("PATCH", at.substr(root.size()), off);
        BOOST_TEST(statuses(send("POST", root + "/Bulk", bulk({entry}))).find("403") != std::string::npos);
    }
    BOOST_TEST(send("PUT", at, user("ada", {{"active", false}})).status == 403);
    BOOST_TEST(!house.send(acme_key, "GET", at).has("/title"));
    BOOST_TEST(send("PATCH", at, patch_op("replace", "title", "t")).status == 200);
    BOOST_TEST(send("PATCH", at, patch_op("replace", "active", true)).status == 200);
    auto const without = patch_op("remove", "active"); // nobody says any more that it is on
    BOOST_TEST(send("PATCH", at, without).status == 403);
    auto const entry = bulk_on("PATCH", at.substr(root.size()), without);
    BOOST_TEST(statuses(send("POST", root + "/Bulk", bulk({entry}))).find("403") != std::string::npos);
    BOOST_TEST(send("PUT", at, user("ada")).status == 403);
    BOOST_TEST(send("PUT", at, user("ada", {{"active", true}, {"title", "u"}})).status == 200);
    BOOST_TEST(send("DELETE", at, nullptr).status == 204);

    auto const off = send("POST", root + "/Users", user("bob", {{"active", false}})); // it never was on
    BOOST_TEST(off.status == 201);
    BOOST_TEST(send("PATCH", root + "/Users/" + off.id(), patch_op("replace", "title", "t")).status == 200);
}

BOOST_AUTO_TEST_CASE(of_header_tenant_and_service_the_nearest_says_whether_a_bulk_is_all_or_nothing)
{
    auto const text = ServiceFixture::text_of(
        bulk({bulk_post("/Users", "a", user("ada")), bulk_on("DELETE", "/Users/none")})); // half of it fails
    for (bool const of_service : {false, true})
        for (auto const of_tenant : {std::optional<bool>{}, std::optional{false}, std::optional{true}})
            for (std::string_view const header : {"", "true", "false"})
            {
                auto acme = tenant("acme");
                acme.atomic_bulk = of_tenant;
                House house{{acme, tenant("globex")}};
                auto common = house.common();
                common.atomic_bulk = of_service;
                auto const services = TenantServices::create(std::move(common), house.list).value();
                auto const sent = [&](std::string const& name, std::string_view key)
                {
                    auto const target = "/" + name + "/scim/v2/Bulk";
                    auto const authorization = "Bearer " + std::string{key};
                    Request request{.method = "POST", .target = target, .body = text};
                    request.headers = {{"Authorization", authorization}, {"Content-Type", "application/scim+json"}};
                    if (!header.empty())
                        request.headers.push_back({"SCIM-Bulk-Atomic", header});
                    return statuses(Reply{services.handle(request)}).substr(0, 7);
                };
                auto const expected = [&](bool otherwise)
                { return (header.empty() ? otherwise : header == "true") ? "404: Op" : "201 404"; };
                BOOST_TEST_CONTEXT(of_service << " " << of_tenant.has_value() << of_tenant.value_or(false) << header)
                {
                    BOOST_TEST(sent("acme", acme_key) == expected(of_tenant.value_or(of_service)));
                    BOOST_TEST(sent("globex", globex_key) == expected(of_service)); // another's setting is not its own
                    bool const stored = expected(of_tenant.value_or(of_service)) == std::string_view{"201 404"};
                    BOOST_TEST(house.send(acme_key, "GET", "/acme/scim/v2/Users?count=0").number("/totalResults") ==
                               (stored ? 1 : 0));
                }
            }
}

BOOST_AUTO_TEST_CASE(discovery_says_what_the_tenant_offers)
{
    auto users = tenant("acme");
    users.capabilities = {.types = {"User"}, .update = false};
    auto groups = tenant("globex");
    groups.capabilities.types = {"Group"};
    groups.limits = ServiceLimits{.max_page_size = 7};
    groups.limits->default_page_size = 5;
    House const house{{users, groups}};
    Reply const types = house.send(acme_key, "GET", "/acme/scim/v2/ResourceTypes");
    BOOST_TEST(types.number("/totalResults") == 1);
    BOOST_TEST(types.text("/Resources/0/name") == "User");
    BOOST_TEST(types.text("/Resources/0/meta/location") == "https://example.com/acme/scim/v2/ResourceTypes/User");
    BOOST_TEST(
        house.send(acme_key, "GET", "/acme/scim/v2/Schemas/urn:ietf:params:scim:schemas:core:2.0:Group").status == 404);
    BOOST_TEST(house.send(acme_key, "GET", "/acme/scim/v2/Groups").status == 404);
    BOOST_TEST(house.send(acme_key, "POST", "/acme/scim/v2/Groups", group("g")).status == 404);
    BOOST_TEST(
        !house.send("", "GET", "/acme/scim/v2/ServiceProviderConfig").body.at("patch").at("supported").as_bool());

    BOOST_TEST(house.send(globex_key, "GET", "/globex/scim/v2/ResourceTypes").text("/Resources/0/name") == "Group");
    BOOST_TEST(house.send(globex_key, "POST", "/globex/scim/v2/Groups", group("g")).status == 201);
    BOOST_TEST(house.send(globex_key, "GET", "/globex/scim/v2/Users").status == 404);
    BOOST_TEST(house.send(globex_key, "GET", "/globex/scim/v2/ServiceProviderConfig").number("/filter/maxResults") ==
               7);
}

BOOST_AUTO_TEST_CASE(no_tenant_hashes_more_than_its_share_and_all_together_no_more_than_one)
{
    struct Slow final : PasswordHasher
    {
        result<std::string> hash(std::string_view secret) override
        {
            std::unique_lock lock{mutex};
            most = std::max(most, ++inside);
            changed.notify_all();
            changed.wait(lock, [&] { return open; });
            --inside;
            return "h:" + std::string{secret};
        }
        bool verify(std::string_view, std::string_view) override { return false; }
        std::mutex mutex;
        std::condition_variable changed;
        int inside = 0;
        int most = 0;
        bool open = false;
    };
    auto const hasher = std::make_shared<Slow>();
    House house;
    auto common = house.common();
    common.password_hasher = hasher;
    common.limits.max_hashing = 1;
    auto const services = TenantServices::create(std::move(common), house.list).value();
    auto const create = [&](std::string_view key, std::string const& name, std::string const& user_name)
    {
        auto const text = ServiceFixture::text_of(user(user_name, {{"password", "secret"}}));
        auto const authorization = "Bearer " + std::string{key};
        auto const target = "/" + name + "/scim/v2/Users";
        Request request{.method = "POST", .target = target, .body = text};
        request.headers = {{"Authorization", authorization}, {"Content-Type", "application/scim+json"}};
        return services.handle(request).status;
    };
    std::atomic<int> refused_of_acme{0}, made_of_acme{0};
    std::vector<std::thread> clients;
    clients.reserve(7);
    for (int i = 0; i < 6; ++i)
        clients.emplace_back(
            [&, i] { ++(create(acme_key, "acme", "u" + std::to_string(i)) == 201 ? made_of_acme : refused_of_acme); });
    while (refused_of_acme < 4) // one hashes, one waits
        std::this_thread::yield();
    std::atomic<int> of_globex{0};
    clients.emplace_back([&] { of_globex = static_cast<int>(create(globex_key, "globex", "ada")); });
    while (refused_of_acme < 5) // the one who waited has gone for it
        std::this_thread::yield();
    BOOST_TEST(create(acme_key, "acme", "late") == 503U);
    {
        std::lock_guard const lock{hasher->mutex};
        hasher->open = true;
        hasher->changed.notify_all();
    }
    for (auto& client : clients)
        client.join();
    BOOST_TEST(of_globex == 201);
    BOOST_TEST(made_of_acme == 1);
    BOOST_TEST(hasher->most == 1);
}

BOOST_AUTO_TEST_CASE(what_could_not_be_served_is_known_before_it_is_asked_for)
{
    House const house;
    BOOST_TEST(house.services.check(tenant("new")).has_value());
    auto types = tenant("new");
    types.capabilities.types = {"Usr"};
    Tenant const query{.name = "new", .base_url = "https://example.com/a?b"};
    Tenant const person{.name = "new", .base_url = "https://ada@example.com/a"};
    Tenant const dots{.name = "new", .base_url = "https://example.com/a", .path_prefix = "/b/../a"};
    Tenant const dots_in_disguise{.name = "new", .base_url = "https://example.com/%2E/a"};
    Tenant const twice{.name = "new", .base_url = "https://example.com//a"};
    auto too_long = tenant("new");
    too_long.limits.emplace().max_page_size = 0;
    for (auto const& bad : {types, query, person, dots, dots_in_disguise, twice, too_long})
        BOOST_TEST(!house.services.check(bad).has_value());
    BOOST_TEST(house.log.empty());
}

BOOST_AUTO_TEST_SUITE_END()
