// Tenants: each at its own root over one store, and none to be seen from another.
#include <scimkit/store/forwarding_store.hpp>

#include "house.hpp"

#include <atomic>
#include <chrono>
#include <thread>

using namespace scimkit;
using namespace scimkit::test;

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
    house.create("acme", acme_key, "ben"); // so that there is a second page
    auto const team = house.send(acme_key, "POST", "/acme/scim/v2/Groups", group("team", {ada})).id();
    auto const page = house.send(acme_key, "GET", "/acme/scim/v2/Users?count=1&cursor=");
    BOOST_REQUIRE(page.has("/nextCursor"));
    for (std::string const& id : {ada, team})
        for (std::string const endpoint : {"/Users/", "/Groups/"})
        {
            for (auto const* method : {"GET", "DELETE"})
            {
                auto const unknown = house.send(globex_key, method, "/globex/scim/v2" + endpoint + "no-such-id");
                Reply const reply = house.send(globex_key, method, "/globex/scim/v2" + endpoint + id);
                BOOST_TEST(reply.status == 404);
                auto said = reply.response.body;
                if (auto const at = said.find(id); at != std::string::npos)
                    said.replace(at, id.size(), "no-such-id");
                BOOST_TEST(said == unknown.response.body);
            }
            auto const at = "/globex/scim/v2" + endpoint + id;
            BOOST_TEST(house.send(globex_key, "PATCH", at, patch_op("add", "externalId", "x")).status == 404);
            BOOST_TEST(
                house.send(globex_key, "PUT", at, endpoint == "/Users/" ? user("eve") : group("eves", {})).status ==
                404);
        }
    BOOST_TEST(house.send(globex_key, "GET", "/globex/scim/v2/Users?filter=userName eq \"ada\" or userName pr")
                   .number("/totalResults") == 0);
    BOOST_TEST(
        house.send(globex_key, "GET", "/globex/scim/v2/?filter=id pr or not (id eq \"x\")").number("/totalResults") ==
        0);
    BOOST_TEST(statuses(house.send(globex_key, "POST", "/globex/scim/v2/Bulk",
                                   bulk({bulk_on("DELETE", "/Users/" + ada)}))) == "404");
    auto const next = "/scim/v2/Users?count=1&cursor=" + page.text("/nextCursor");
    BOOST_TEST(house.send(acme_key, "GET", "/acme" + next).status == 200);
    BOOST_TEST(house.send(globex_key, "GET", "/globex" + next).status == 400);
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

BOOST_AUTO_TEST_CASE(a_refusal_of_good_credentials_is_kept_as_their_tenants_and_no_other_is)
{
    House const house;
    auto off = tenant("acme");
    off.enabled = false;
    BOOST_TEST(house.list->exchange({off, tenant("globex")}).has_value());
    auto const of_whom = [&](char const* key, std::string const& target)
    {
        auto const reply = house.send(key, "GET", target);
        BOOST_TEST(reply.status >= 400);
        return reply.response.subject + "@" + reply.response.tenant;
    };
    BOOST_TEST(of_whom(acme_key, "/acme/scim/v2/Users") == "of acme@acme");       // 403: it is off
    BOOST_TEST(of_whom(globex_key, "/acme/scim/v2/Users") == "of globex@globex"); // 404: another one's root
    BOOST_TEST(of_whom(globex_key, "/nowhere/Users") == "of globex@globex");
    BOOST_TEST(of_whom("no-key-of-anybody", "/acme/scim/v2/Users") == "@");
    BOOST_TEST(of_whom(nobodys_key, "/acme/scim/v2/Users") == "of @"); // of a tenant that there is not
    Request vouched{.method = "GET", .target = "/acme/scim/v2/Users"};
    vouched.principal = Principal{.subject = "app", .tenant = "acme"};
    BOOST_TEST(house.services.handle(vouched).tenant == "acme");
    vouched.principal->tenant = "no-such-tenant";
    BOOST_TEST(house.services.handle(vouched).tenant == "");
}

BOOST_AUTO_TEST_CASE(whom_a_tenant_does_not_answer_learns_nothing_of_it_with_credentials_or_without)
{
    House const house;
    auto const ada = house.create("acme", acme_key, "ada");
    auto listed = tenant("acme");
    listed.allowed = AddressList::parse(std::vector<std::string>{"192.0.2.0/24"}).value();
    BOOST_TEST(house.list->exchange({listed, tenant("globex")}).has_value());
    for (auto const* address : {"198.51.100.7", "", "192.0.2", "::ffff:198.51.100.7"})
        for (auto const* key : {acme_key, globex_key, "no-key-of-anybody", ""})
            for (auto const* target : {"ServiceProviderConfig", "Schemas", "ResourceTypes", "Users", "Me", "nothing"})
                BOOST_TEST(house.send(key, "GET", std::string{"/acme/scim/v2/"} + target, nullptr, address).status ==
                               403,
                           address << " " << key << " " << target);
    BOOST_TEST(house.send(acme_key, "GET", "/acme/scim/v2/Users", nullptr, "198.51.100.7").response.tenant == "",
               "what strangers do is not kept as the tenant's");
    auto const own = "192.0.2.9";
    BOOST_TEST(house.send("", "GET", "/acme/scim/v2/ServiceProviderConfig", nullptr, own).status == 200);
    BOOST_TEST(house.send("", "GET", "/acme/scim/v2/Users", nullptr, own).status == 401);
    BOOST_TEST(house.send(acme_key, "GET", "/acme/scim/v2/Users/" + ada, nullptr, own).status == 200);
    BOOST_TEST(house.send("", "GET", "/globex/scim/v2/ServiceProviderConfig").status == 200);
    Request vouched{.method = "GET", .target = "/acme/scim/v2/Users"};
    vouched.principal = Principal{.subject = "app", .tenant = "acme"};
    BOOST_TEST(house.services.handle(vouched).status == 200); // whoever vouches knows where it comes from
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

BOOST_AUTO_TEST_CASE(the_removal_of_a_tenant_does_not_go_on_for_ever)
{
    struct Timed final : ForwardingStore
    {
        using ForwardingStore::ForwardingStore;

        result<void> remove_tenant(std::string_view tenant_name, CallContext const& context) override
        {
            deadline = context.deadline;
            return ForwardingStore::remove_tenant(tenant_name, context);
        }

        std::chrono::steady_clock::time_point deadline{};
    };
    House house;
    auto const timed = std::make_shared<Timed>(house.store);
    auto common = house.common();
    common.store = timed;
    auto const services = TenantServices::create(std::move(common), house.list).value();
    auto const begin = std::chrono::steady_clock::now();
    BOOST_TEST(services.remove("acme").has_value());
    BOOST_TEST((timed->deadline > begin));
    BOOST_TEST((timed->deadline < begin + std::chrono::hours{1}));
}

BOOST_AUTO_TEST_CASE(nothing_is_kept_of_the_service_of_a_tenant_that_has_gone)
{
    auto const mark = [](std::string const& name, std::shared_ptr<int> const& kept)
    {
        auto made = tenant(name);
        made.observer = [kept](CommittedChange const&) {};
        return made;
    };
    auto of_acme = std::make_shared<int>();
    std::weak_ptr<int> const acme{of_acme};
    House const house{{mark("acme", of_acme), tenant("globex")}};
    of_acme.reset();
    house.create("acme", acme_key, "ada");
    BOOST_TEST(house.list->exchange({tenant("globex")}).has_value());
    BOOST_REQUIRE(house.services.remove("acme"));
    BOOST_TEST(acme.expired());

    // Those that were only taken out of the directory go as others come.
    auto many = std::make_shared<int>();
    std::weak_ptr<int> const gone{many};
    auto const serve = [&](std::string const& prefix, std::shared_ptr<int> const& kept)
    {
        std::vector<Tenant> tenants;
        for (int i = 0; i < 40; ++i)
            tenants.push_back(mark(prefix + std::to_string(i), kept));
        BOOST_REQUIRE(house.list->exchange(std::move(tenants)));
        for (int i = 0; i < 40; ++i)
            BOOST_TEST(house.send("", "GET", "/" + prefix + std::to_string(i) + "/scim/v2/Users").status == 401);
    };
    serve("first", many);
    many.reset();
    BOOST_TEST(!gone.expired());
    serve("second", nullptr);
    BOOST_TEST(gone.expired());
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
    auto const told = house.log.size();
    for (int i = 0; i < 5; ++i)
        BOOST_TEST(house.send(acme_key, "GET", "/acme/scim/v2/Users").status == 503);
    BOOST_TEST(house.log.size() == told, "not at each request");
    BOOST_TEST(house.list->exchange({tenant("acme"), tenant("globex")}).has_value());
    BOOST_TEST(house.send(acme_key, "GET", "/acme/scim/v2/Users").status == 200);
}

BOOST_AUTO_TEST_CASE(where_tenants_share_a_path_their_hosts_tell_them_apart)
{
    auto const list = tenant_list({Tenant{.name = "acme", .base_url = "https://acme.example.com/scim/v2"},
                                   Tenant{.name = "globex", .base_url = "https://globex.example.com:8443/scim/v2"},
                                   Tenant{.name = "initech", .base_url = "https://globex.example.com:9443/scim/v2"},
                                   Tenant{.name = "alone", .base_url = "https://alone.example.com/own/scim"}})
                          .value();
    auto const at = [&](std::optional<std::string> const& host, std::string_view target = "/scim/v2/Users")
    {
        Request request{.method = "GET", .target = target};
        if (host)
            request.headers.push_back({"host", *host});
        auto const found = list->find(request);
        return found ? found->name : std::string{"(none)"};
    };
    for (auto const* host : {"acme.example.com", "ACME.Example.COM", "acme.example.com:443", "acme.example.com.",
                             "acme.example.com:8080"}) // the port of whoever stands in front
        BOOST_TEST(at(host) == "acme", host);
    BOOST_TEST(at("globex.example.com:8443") == "globex");
    BOOST_TEST(at("Globex.example.com:9443") == "initech");
    for (auto const* host : {"globex.example.com", "globex.example.com:1", "example.com", "xacme.example.com", "",
                             "acme.example.com.evil.example", "127.0.0.1", "[::1]:443", ":443"})
        BOOST_TEST(at(host) == "(none)", host);
    BOOST_TEST(at(std::nullopt) == "(none)");
    BOOST_TEST(at("whatever.example.com", "/own/scim/Users") == "alone"); // nobody else is there

    auto const of = [&](std::string const& name)
    {
        Request request{.method = "GET", .target = "/scim/v2/Users"};
        request.headers.push_back({"Host", "127.0.0.1:8090"});
        request.principal = {.subject = "s", .tenant = name};
        auto const found = list->find(request);
        return found ? found->name : std::string{"(none)"};
    };
    BOOST_TEST(of("globex") == "globex");
    BOOST_TEST(of("alone") == "(none)");
}

BOOST_AUTO_TEST_CASE(a_directory_that_contradicts_itself_is_refused)
{
    BOOST_TEST(refusal(tenant_list({tenant("a"), tenant("a")})).find("twice") != std::string::npos);
    BOOST_TEST(refusal(tenant_list({Tenant{.name = "a", .base_url = "https://one.example/a/scim/v2"},
                                    Tenant{.name = "b", .base_url = "https://ONE.example.:443/a/scim/v2/"}}))
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
