// Tenants: each at its own root with its own abilities over one store, and none to be seen from another.
#include <scimkit/security/api_key.hpp>
#include <scimkit/tenants/tenants.hpp>

#include "support/bulk.hpp"
#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

using namespace scimkit;
using namespace scimkit::test;

namespace
{

constexpr auto acme_key = "key-of-acme-for-tests";
constexpr auto globex_key = "key-of-globex-for-tests";
constexpr auto nobodys_key = "key-of-no-tenant-for-tests";

Tenant tenant(std::string name)
{
    auto url = "https://example.com/" + name + "/scim/v2";
    return {.name = std::move(name), .base_url = std::move(url)};
}

struct House
{
    explicit House(std::vector<Tenant> tenants = {tenant("acme"), tenant("globex")})
        : list{tenant_list(std::move(tenants)).value()}
        , services{TenantServices::create(common(), list).value()}
    {
    }

    ServiceOptions common()
    {
        auto const key = [](std::string_view text, std::string tenant_name)
        { return make_key_record(text, {.subject = "of " + tenant_name, .tenant = tenant_name}).value(); };
        return {.base_url = "https://example.com/nobody",
                .store = store,
                .authenticator =
                    key_authenticator({key(acme_key, "acme"), key(globex_key, "globex"), key(nobodys_key, "")}),
                .environment = std::make_shared<TickingEnvironment>(),
                .password_hasher = std::make_shared<FakeHasher>(),
                .log = [this](LogLevel, std::string_view line) { log.emplace_back(line); }};
    }

    Reply send(std::string_view key, std::string_view method, std::string const& target,
               json::value const& body = nullptr) const
    {
        auto const text = body.is_null() ? std::string{} : ServiceFixture::text_of(body);
        auto const authorization = "Bearer " + std::string{key};
        auto const encoded = encode_target(target);
        Request request{.method = method, .target = encoded, .body = text};
        if (!key.empty())
            request.headers.push_back({"Authorization", authorization});
        if (!text.empty())
            request.headers.push_back({"Content-Type", "application/scim+json"});
        return Reply{services.handle(request)};
    }

    std::string create(std::string const& name, std::string_view key, std::string const& user_name) const
    {
        return send(key, "POST", "/" + name + "/scim/v2/Users", user(user_name)).id();
    }

    std::shared_ptr<ResourceStore> store = memory::make_store();
    std::vector<std::string> log;
    std::shared_ptr<TenantList> list;
    TenantServices services;
};

/// What an answer says, apart from what names the request.
std::string whole(Reply const& reply)
{
    std::string text = std::to_string(reply.status) + "\n" + reply.response.body;
    for (auto const& [name, value] : reply.response.headers)
        text += "\n" + name + ": " + value;
    return text;
}

std::string refusal(result<std::shared_ptr<TenantList>> const& made) { return made ? "(taken)" : made.error().detail; }

} // namespace

BOOST_AUTO_TEST_SUITE(tenants)

BOOST_AUTO_TEST_CASE(each_tenant_has_a_root_of_its_own_over_one_store)
{
    House const house;
    auto const ada = house.create("acme", acme_key, "ada");
    auto const other = house.create("globex", globex_key, "ada"); // unique in a tenant, not in all
    BOOST_TEST(house.send(acme_key, "GET", "/acme/scim/v2/Users/" + ada).text("/meta/location") ==
               "https://example.com/acme/scim/v2/Users/" + ada);
    BOOST_TEST(house.send(globex_key, "GET", "/globex/scim/v2/Users").number("/totalResults") == 1);
    BOOST_TEST(house.send(acme_key, "GET", "/acme/scim/v2/Users/" + ada).response.tenant == "acme");
    BOOST_TEST(ada != other);
}

BOOST_AUTO_TEST_CASE(check_10_what_one_tenant_has_is_unknown_to_another_whatever_it_asks)
{
    House const house;
    auto const ada = house.create("acme", acme_key, "ada");
    auto const team = house.send(acme_key, "POST", "/acme/scim/v2/Groups", group("team", {ada})).id();
    auto const page = house.send(acme_key, "GET", "/acme/scim/v2/Users?count=1&cursor=");
    for (std::string const& id : {ada, team})
        for (std::string const endpoint : {"/Users/", "/Groups/"})
        {
            auto const unknown = house.send(globex_key, "GET", "/globex/scim/v2" + endpoint + "no-such-id");
            for (auto const* method : {"GET", "DELETE"})
            {
                Reply const reply = house.send(globex_key, method, "/globex/scim/v2" + endpoint + id);
                BOOST_TEST(reply.status == 404);
                auto said = reply.response.body;
                if (auto const at = said.find(id); at != std::string::npos)
                    said.replace(at, id.size(), "no-such-id");
                BOOST_TEST(said == unknown.response.body);
            }
            BOOST_TEST(
                house.send(globex_key, "PATCH", "/globex/scim/v2" + endpoint + id, patch_op("add", "externalId", "x"))
                    .status == 404);
        }
    BOOST_TEST(house.send(globex_key, "GET", "/globex/scim/v2/Users?filter=userName eq \"ada\" or userName pr")
                   .number("/totalResults") == 0);
    BOOST_TEST(
        house.send(globex_key, "GET", "/globex/scim/v2/?filter=id pr or not (id eq \"x\")").number("/totalResults") ==
        0);
    BOOST_TEST(statuses(house.send(globex_key, "POST", "/globex/scim/v2/Bulk",
                                   bulk({bulk_on("DELETE", "/Users/" + ada)}))) == "404");
    if (page.has("/nextCursor"))
        BOOST_TEST(
            house.send(globex_key, "GET", "/globex/scim/v2/Users?count=1&cursor=" + page.text("/nextCursor")).status ==
            400);
    BOOST_TEST(house.send(acme_key, "GET", "/acme/scim/v2/Users/" + ada).status == 200);
}

BOOST_AUTO_TEST_CASE(nobody_finds_out_which_tenants_there_are)
{
    House const house;
    for (std::string const path : {"/Users", "/Users/1", "/Bulk", "/nothing", "/Schemas", "", "/%zz", "/Users?count=x"})
    {
        // Without credentials: 401 wherever.
        BOOST_TEST(whole(house.send("", "GET", "/globex/scim/v2" + path)) ==
                   whole(house.send("", "GET", "/no-such-tenant/scim/v2" + path)));
        BOOST_TEST(house.send("", "GET", "/globex/scim/v2" + path).status == 401);
        BOOST_TEST(whole(house.send("wrong-key-for-all-of-them", "POST", "/globex/scim/v2" + path)) ==
                   whole(house.send("wrong-key-for-all-of-them", "POST", "/no-such-tenant/scim/v2" + path)));
        // With those of another tenant: 404, with the root of one's own.
        Reply const there = house.send(acme_key, "GET", "/globex/scim/v2" + path);
        BOOST_TEST(there.status == 404);
        BOOST_TEST(whole(there) == whole(house.send(acme_key, "GET", "/no-such-tenant/scim/v2" + path)));
        BOOST_TEST(there.detail().find("https://example.com/acme/scim/v2") != std::string::npos);
        BOOST_TEST(there.detail().find("globex") == std::string::npos);
    }
    Reply const lost =
        house.send(nobodys_key, "GET", "/acme/scim/v2/Users"); // of the default tenant, which there is not
    BOOST_TEST(lost.status == 404);
    BOOST_TEST(lost.detail() == "There is no SCIM root here for these credentials.");
}

BOOST_AUTO_TEST_CASE(a_path_is_a_tenants_piece_by_piece_and_the_longest_wins)
{
    House const house{
        {tenant("acme"), Tenant{.name = "globex", .base_url = "https://example.com/acme/scim/v2/sub/scim"}}};
    BOOST_TEST(house.send(acme_key, "GET", "/acme/scim/v2/Users").status == 200);
    BOOST_TEST(house.send(acme_key, "GET", "/acme/scim/v2").status == 200);
    BOOST_TEST(house.send(acme_key, "GET", "/acme/scim/v2?count=0").status == 200);
    BOOST_TEST(house.send(globex_key, "GET", "/acme/scim/v2/sub/scim/Users").status == 200);
    for (auto const* wrong : {"/acme/scim/v22/Users", "/acme/scim/v", "/acme", "/ACME/scim/v2/Users",
                              "/acme//scim/v2/Users", "/", "/acme/scim/v2x", "/%61cme/scim/v2/Users"})
        BOOST_TEST(house.send(acme_key, "GET", wrong).status == 404, wrong);
    House const at_root{{Tenant{.name = "acme", .base_url = "https://acme.example.com"}}};
    BOOST_TEST(at_root.send(acme_key, "GET", "/Users").status == 200);
    House const rewritten{{Tenant{.name = "acme", .base_url = "https://example.com/a/b/c", .path_prefix = "/t1"}}};
    BOOST_TEST(rewritten.send(acme_key, "POST", "/t1/Users", user("ada"))
                   .text("/meta/location")
                   .starts_with("https://example.com/a/b/c/Users/"));
    BOOST_TEST(rewritten.send(acme_key, "GET", "/a/b/c/Users").status == 404);
}

BOOST_AUTO_TEST_CASE(a_tenant_that_is_off_answers_403_and_keeps_its_data)
{
    House const house;
    auto const ada = house.create("acme", acme_key, "ada");
    auto off = tenant("acme");
    off.enabled = false;
    BOOST_TEST(house.list->exchange({off, tenant("globex")}).has_value());
    for (auto const* method : {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
    {
        Reply const reply = house.send(acme_key, method, "/acme/scim/v2/Users/" + ada);
        BOOST_TEST(reply.status == 403, method);
        BOOST_TEST(reply.detail().find("switched off") != std::string::npos);
    }
    BOOST_TEST(house.send(acme_key, "POST", "/acme/scim/v2/Bulk", bulk({bulk_on("DELETE", "/Users/" + ada)})).status ==
               403);
    BOOST_TEST(house.send("", "GET", "/acme/scim/v2/ServiceProviderConfig").status == 401);
    BOOST_TEST(house.send(globex_key, "GET", "/globex/scim/v2/Users").status == 200);
    Request vouched{.method = "GET", .target = "/acme/scim/v2/Users"};
    vouched.principal = Principal{.subject = "app", .tenant = "acme"};
    BOOST_TEST(house.services.handle(vouched).status == 403); // whoever has authenticated
    vouched.principal->tenant = "globex";
    BOOST_TEST(house.services.handle(vouched).status == 404);

    BOOST_TEST(house.list->exchange({tenant("acme"), tenant("globex")}).has_value());
    BOOST_TEST(house.send(acme_key, "GET", "/acme/scim/v2/Users/" + ada).status == 200);
}

BOOST_AUTO_TEST_CASE(a_tenant_that_was_taken_out_is_as_one_that_never_was)
{
    House const house;
    house.create("acme", acme_key, "ada");
    BOOST_TEST(house.list->exchange({tenant("globex")}).has_value());
    BOOST_TEST(house.send(acme_key, "GET", "/acme/scim/v2/Users").detail() ==
               "There is no SCIM root here for these credentials.");
    auto const had = house.services.contents("acme");
    BOOST_REQUIRE(had);
    BOOST_TEST(had->text() == "1 User");
    auto const gone = house.services.remove("acme");
    BOOST_REQUIRE(gone);
    BOOST_TEST(gone->text() == "1 User");
    BOOST_TEST(house.services.contents("acme")->text() == "nothing");
    BOOST_TEST(house.services.remove("acme")->text() == "nothing");
    BOOST_TEST(house.services.contents("no-such-tenant")->text() == "nothing");
}

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
    BOOST_TEST(send("DELETE", at, nullptr).status == 204);

    auto const off = send("POST", root + "/Users", user("bob", {{"active", false}})); // it never was on
    BOOST_TEST(off.status == 201);
    BOOST_TEST(send("PATCH", root + "/Users/" + off.id(), patch_op("replace", "title", "t")).status == 200);
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

BOOST_AUTO_TEST_CASE(tolerance_is_each_tenants_own)
{
    auto strict = tenant("acme");
    strict.tolerance = Tolerance::strict();
    House const house{{strict, tenant("globex")}};
    auto const odd = user("ada", {{"active", "True"}});
    BOOST_TEST(house.send(acme_key, "POST", "/acme/scim/v2/Users", odd).status == 400);
    BOOST_TEST(house.send(globex_key, "POST", "/globex/scim/v2/Users", odd).status == 201);
}

BOOST_AUTO_TEST_CASE(a_tenant_that_cannot_be_served_is_unavailable_alone_and_the_log_says_why)
{
    auto bad = tenant("acme");
    bad.capabilities.types = {"Usr"};
    House const house{{bad, tenant("globex")}};
    BOOST_TEST(house.send(acme_key, "GET", "/acme/scim/v2/Users").status == 503);
    BOOST_TEST(house.send(globex_key, "GET", "/globex/scim/v2/Users").status == 200);
    BOOST_REQUIRE(!house.log.empty());
    BOOST_TEST(house.log.back().find("\"Usr\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_directory_that_contradicts_itself_is_refused)
{
    BOOST_TEST(refusal(tenant_list({tenant("a"), tenant("a")})).find("twice") != std::string::npos);
    BOOST_TEST(refusal(tenant_list({tenant("a"), Tenant{.name = "b", .base_url = "https://other.example/a/scim/v2/"}}))
                   .find("has the path of \"a\"") != std::string::npos);
    BOOST_TEST(refusal(tenant_list({tenant("")})).find("1 to 64") != std::string::npos);
    BOOST_TEST(refusal(tenant_list({tenant(std::string(65, 'a'))})).find("1 to 64") != std::string::npos);
    BOOST_TEST(refusal(tenant_list({Tenant{.name = "a", .base_url = "https://a", .path_prefix = "x"}})).find("slash") !=
               std::string::npos);
    BOOST_TEST(refusal(tenant_list({})) == "(taken)");
    House house;
    BOOST_TEST(!house.list->exchange({tenant("acme"), tenant("acme")}));
    BOOST_TEST(house.send(acme_key, "GET", "/acme/scim/v2/Users").status == 200); // nothing has changed
    BOOST_TEST(!TenantServices::create(house.common(), nullptr));
    auto spanning = house.common();
    spanning.principals_span_tenants = true;
    BOOST_TEST(!TenantServices::create(std::move(spanning), house.list));
}

BOOST_AUTO_TEST_CASE(a_list_may_do_without_what_contradicts_it)
{
    House house;
    auto const left_out =
        house.list->exchange_sound({tenant("acme"), Tenant{.name = "evil", .base_url = tenant("acme").base_url},
                                    tenant(std::string(65, 'a')), tenant("acme"), tenant("")});
    BOOST_TEST(left_out.size() == 4);
    BOOST_TEST(left_out.front().find("has the path of \"acme\"") != std::string::npos);
    BOOST_TEST(house.list->all().size() == 1);
    BOOST_TEST(house.send(acme_key, "GET", "/acme/scim/v2/Users").status == 200);
}

BOOST_AUTO_TEST_CASE(tenants_may_be_exchanged_while_they_are_used)
{
    House const house;
    std::atomic<bool> over{false};
    std::atomic<int> wrong{0};
    std::thread client{[&]
                       {
                           while (!over)
                           {
                               auto const status = house.send(globex_key, "GET", "/globex/scim/v2/Users").status;
                               wrong += status != 200;
                           }
                       }};
    for (int i = 0; i < 50; ++i)
    {
        auto off = tenant("acme");
        off.enabled = i % 2 != 0;
        BOOST_TEST(house.list->exchange({off, tenant("globex")}).has_value());
        BOOST_TEST(house.send(acme_key, "GET", "/acme/scim/v2/Users").status == (i % 2 == 0 ? 403 : 200));
    }
    over = true;
    client.join();
    BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_SUITE_END()
