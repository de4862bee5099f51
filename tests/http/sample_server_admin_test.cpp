// The administration of the built server: tenants and tokens as SCIM resources, and the commands that speak to it.
#include "sample_server.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>

using namespace scimkit;
using namespace scimkit::test;

namespace
{

std::string request(std::string const& method, std::string const& target, std::string const& key,
                    std::string const& body = {})
{
    return method + " " + target + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + key + "\r\n" +
           (body.empty()
                ? ""
                : "Content-Type: application/scim+json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n") +
           "\r\n" + body;
}

struct Administered : Directory
{
    std::string secret(std::string const& name, std::string const& content) const
    {
        auto const made = file(name, content);
        std::filesystem::permissions(made, static_cast<std::filesystem::perms>(0600));
        return made;
    }

    std::string admin_port = std::to_string(free_port());
    std::string url = "http://127.0.0.1:" + admin_port + "/admin/scim/v2";
    std::string key_file = secret("key", admin_key + "\n");
    std::string log = (path / "log").string();
    Arguments arguments = command({"--listen", "127.0.0.1:0", "--store", store(), "--admin", "127.0.0.1:" + admin_port,
                                   "--admin-token-file", secret("admins", admin_key + " root\n"), "--log-file", log});

    std::string store() const
    {
#ifdef SCIMKIT_SERVER_LMDB
        return "lmdb:" + (path / "db").string();
#else
        return "memory";
#endif
    }

    Finished admin(Arguments const& more) const
    {
        Arguments all{"admin", "--url", url, "--key-file", key_file};
        all.insert(all.end(), more.begin(), more.end());
        return run(command(all));
    }

    /// The key that is printed, without the line's end.
    std::string issue(Arguments const& more) const
    {
        Arguments all{"issue-token"};
        all.insert(all.end(), more.begin(), more.end());
        auto const issued = admin(all);
        BOOST_TEST(issued.exit_code == 0, issued.err);
        BOOST_TEST(issued.out.starts_with("scim_"));
        return issued.out.substr(0, issued.out.find('\n'));
    }

    /// Where nobody may find it.
    void expect_nowhere(std::string const& secret_text) const
    {
        for (auto const& entry : std::filesystem::recursive_directory_iterator{path})
            if (entry.is_regular_file())
                BOOST_TEST(content_of(entry.path().string()).find(secret_text) == std::string::npos, entry.path());
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(sample_server_admin, Administered)

BOOST_AUTO_TEST_CASE(from_a_tenant_to_a_provisioned_user_and_back_by_commands)
{
    Process server{arguments};
    Client client{port_of(server.read_line())};
    BOOST_TEST(admin({"create-tenant", "acme", "--types", "User"}).exit_code == 0);
    auto const key = issue({"okta", "--tenant", "acme", "--scopes", "users.write"});
    BOOST_TEST(status(client, request("POST", "/acme/scim/v2/Users", key, user("ada"))) == 201);
    BOOST_TEST(status(client, request("GET", "/acme/scim/v2/Groups", key)) == 404); // not offered
    BOOST_TEST(status(client, request("GET", "/scim/v2/Users", key)) == 404);       // of another tenant

    BOOST_TEST(admin({"list-tenants"}).out == "acme enabled=true types=[\"User\"]\n");
    auto const listed = admin({"list-tokens"}).out;
    BOOST_TEST(listed == "okta tenant=acme scopes=[\"users.write\"] expires=never revoked=false used=never\n");

    BOOST_TEST(admin({"disable-tenant", "acme"}).exit_code == 0);
    BOOST_TEST(status(client, request("GET", "/acme/scim/v2/Users", key)) == 403);
    BOOST_TEST(admin({"enable-tenant", "acme"}).exit_code == 0);
    BOOST_TEST(status(client, request("GET", "/acme/scim/v2/Users", key)) == 200);
    BOOST_TEST(admin({"revoke-token", "okta"}).exit_code == 0);
    BOOST_TEST(status(client, request("GET", "/acme/scim/v2/Users", key)) == 401);
    BOOST_TEST(wait_for(log, "it is revoked"));
    expect_nowhere(key);
}

BOOST_AUTO_TEST_CASE(a_tenant_has_its_own_word_on_whether_a_bulk_is_all_or_nothing)
{
    Process server{arguments};
    Client client{port_of(server.read_line())};
    BOOST_TEST(admin({"create-tenant", "acme", "--atomic-bulk", "true"}).exit_code == 0);
    BOOST_TEST(admin({"create-tenant", "globex", "--atomic-bulk", "maybe"}).exit_code == 2);
    auto const key = issue({"okta", "--tenant", "acme"});
    auto const others = issue({"entra", "--tenant", "default"});
    std::string const none = R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[)"
                             R"({"method":"DELETE","path":"/Users/none"}]})";
    BOOST_TEST(status(client, request("POST", "/acme/scim/v2/Bulk", key, none)) == 404); // the operation's own error
    BOOST_TEST(status(client, request("POST", "/scim/v2/Bulk", others, none)) == 200);
}

BOOST_AUTO_TEST_CASE(check_6_keys_are_rotated_without_an_interruption)
{
    Process server{arguments};
    Client client{port_of(server.read_line())};
    auto const first = issue({"first", "--tenant", "default"});
    BOOST_TEST(status(client, request("GET", "/scim/v2/Users", first)) == 200);
    auto const second = issue({"second", "--tenant", "default"});
    BOOST_TEST(status(client, request("GET", "/scim/v2/Users", first)) == 200);
    BOOST_TEST(status(client, request("GET", "/scim/v2/Users", second)) == 200);
    BOOST_TEST(admin({"revoke-token", "first"}).exit_code == 0);
    BOOST_TEST(status(client, request("GET", "/scim/v2/Users", first)) == 401);
    BOOST_TEST(status(client, request("GET", "/scim/v2/Users", second)) == 200);
    auto const late = issue({"late", "--tenant", "default", "--expires", "2020-01-01"});
    BOOST_TEST(status(client, request("GET", "/scim/v2/Users", late)) == 401);
}

#ifdef SCIMKIT_SERVER_LMDB
BOOST_AUTO_TEST_CASE(what_was_administered_is_there_after_a_kill)
{
    std::string key;
    {
        Process server{arguments};
        server.read_line();
        BOOST_TEST(admin({"create-tenant", "acme"}).exit_code == 0);
        key = issue({"okta", "--tenant", "acme"});
        server.signal(SIGKILL);
        server.wait();
    }
    Process server{arguments};
    Client client{port_of(server.read_line())};
    BOOST_TEST(status(client, request("GET", "/acme/scim/v2/Users", key)) == 200);
    expect_nowhere(key);
}
#endif

BOOST_AUTO_TEST_CASE(it_is_scim_with_filters_patch_and_validation)
{
    Process server{arguments};
    server.read_line();
    Client client{static_cast<std::uint16_t>(std::stoi(admin_port))};
    std::string const root = "/admin/scim/v2";
    std::string const tenant = R"({"schemas":["urn:scimkit:params:scim:schemas:admin:1.0:Tenant"],"name":"acme"})";
    client.send(request("POST", root + "/Tenants", admin_key, tenant));
    auto const made = client.receive();
    BOOST_TEST(made.result_int() == 201);
    BOOST_TEST(status(client, request("POST", root + "/Tenants", admin_key, tenant)) == 409);
    BOOST_TEST(status(client, request("GET", root + "/Tenants?filter=name%20eq%20%22acme%22", admin_key)) == 200);
    client.send(request("GET", root + "/ResourceTypes", admin_key));
    auto const types = client.receive().body();
    for (std::string const name : {"Tenant", "Token", "AuditRecord"})
        BOOST_TEST(types.find("\"name\":\"" + name + '"') != std::string::npos, types);

    std::string const token =
        R"({"schemas":["urn:scimkit:params:scim:schemas:admin:1.0:Token"],"name":"weak","tenant":"acme","scopes":["users.read"],"key":)";
    for (auto const* weak :
         {"\"short\"}", "\"a-long-enough-word-but-not-a-key-at-all-0123456789abcd\"}", "\"\"}", "null}"})
        BOOST_TEST(status(client, request("POST", root + "/Tokens", admin_key, token + weak)) == 400, weak);
    auto const key = run(command({"--new-token"})).out.substr(0, 54);
    client.send(request("POST", root + "/Tokens", admin_key, token + "\"" + key + "\"}"));
    auto const issued = client.receive();
    BOOST_TEST(issued.result_int() == 201);
    BOOST_TEST(issued.body().find(key) == std::string::npos);
    BOOST_TEST(issued.body().find("sha256") == std::string::npos); // nor its hash
    auto const location = std::string{issued["Location"]};
    auto const target = location.substr(location.find(root));
    std::string const no_scopes =
        R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"remove","path":"scopes"}]})";
    BOOST_TEST(status(client, request("PATCH", target, admin_key, no_scopes)) == 400); // nothing is not everything
    BOOST_TEST(status(client, request("GET", root + "/Tokens?filter=key%20sw%20%22sha256%22", admin_key)) == 403);
}

BOOST_AUTO_TEST_CASE(its_credentials_are_its_own)
{
    Process server{arguments};
    auto const port = port_of(server.read_line());
    Client outside{port};
    Client inside{static_cast<std::uint16_t>(std::stoi(admin_port))};
    auto const key = issue({"okta", "--tenant", "default"});
    BOOST_TEST(status(outside, request("GET", "/scim/v2/Users", admin_key)) == 401);
    BOOST_TEST(status(outside, request("GET", "/admin/scim/v2/Tenants", admin_key)) == 401);
    BOOST_TEST(status(outside, request("GET", "/admin/scim/v2/Tenants", key)) == 404);
    BOOST_TEST(status(inside, request("GET", "/admin/scim/v2/Tenants", key)) == 401);
    for (auto const* target : {"/Tenants", "/Tokens", "/Schemas", "/ServiceProviderConfig"})
        BOOST_TEST(status(inside, std::string{"GET /admin/scim/v2"} + target + " HTTP/1.1\r\nHost: a\r\n\r\n") == 401,
                   target);
    BOOST_TEST(status(inside, request("GET", "/admin/scim/v2/Tenants", admin_key)) == 200);
}

BOOST_AUTO_TEST_CASE(a_resource_that_means_nothing_locks_nobody_out)
{
    Process server{arguments};
    Client client{port_of(server.read_line())};
    auto const key = issue({"good", "--tenant", "default"});
    for (auto const& [arguments_of_it, about] : std::vector<std::pair<Arguments, std::string>>{
             {{"create-tenant", "not/a/name"}, "letters, digits"},
             {{"create-tenant", "acme", "--types", "Usr"}, "no resource type \"Usr\""},
             {{"issue-token", "odd", "--tenant", "default", "--scopes", "user.reed"}, "no scope \"user.reed\""}})
    {
        auto const refused = admin(arguments_of_it);
        BOOST_TEST(refused.exit_code != 0);
        BOOST_TEST(refused.err.find(about) != std::string::npos, refused.err);
    }
    BOOST_TEST(status(client, request("GET", "/scim/v2/Users", key)) == 200);
    BOOST_TEST(admin({"create-tenant", "acme"}).exit_code == 0);
}

#ifdef SCIMKIT_SERVER_LMDB
BOOST_AUTO_TEST_CASE(when_a_key_was_used_last_is_known_after_a_stop)
{
    {
        Process server{arguments};
        Client client{port_of(server.read_line())};
        auto const key = issue({"busy", "--tenant", "default"});
        issue({"idle", "--tenant", "default"});
        BOOST_TEST(status(client, request("GET", "/scim/v2/Users", key)) == 200);
        server.signal(SIGTERM);
        BOOST_TEST(server.wait().exit_code == 0);
    }
    Process server{arguments};
    server.read_line();
    auto const list = admin({"list-tokens"}).out;
    auto const line = list.substr(list.find("busy"), list.find('\n', list.find("busy")) - list.find("busy"));
    BOOST_TEST(line.find("used=20") != std::string::npos, list);
    BOOST_TEST(list.find("used=never") != std::string::npos, list);
}

BOOST_AUTO_TEST_CASE(what_means_nothing_any_more_locks_nobody_out)
{
    auto const origin = "127.0.0.1:" + std::to_string(free_port());
    std::ranges::replace(arguments, "127.0.0.1:0", origin);
    std::string key;
    {
        Process server{arguments};
        server.read_line();
        key = issue({"good", "--tenant", "default"});
        BOOST_TEST(admin({"create-tenant", "acme"}).exit_code == 0);
    }
    arguments.insert(arguments.end(), {"--tenants", secret("tenants.toml", "[other]\nbase-url = \"http://" + origin +
                                                                               "/acme/scim/v2\"\n")});
    Process server{arguments};
    Client client{port_of(server.read_line())};
    BOOST_TEST(wait_for(log, "has what means nothing"));
    BOOST_TEST(status(client, request("GET", "/Users", key)) == 200); // there tenants have the paths
    BOOST_TEST(admin({"revoke-token", "good"}).exit_code == 0);       // whatever else is wrong
    BOOST_TEST(status(client, request("GET", "/Users", key)) == 401);
    BOOST_TEST(admin({"create-tenant", "third"}).exit_code == 0);
}
#endif

BOOST_AUTO_TEST_CASE(a_key_that_is_there_already_is_no_new_one_whether_it_is_revoked_or_not)
{
    Process server{arguments};
    Client client{port_of(server.read_line())};
    Client inside{static_cast<std::uint16_t>(std::stoi(admin_port))};
    auto const key = issue({"first", "--tenant", "default"});
    auto const again = [&](std::string const& name)
    {
        return status(inside, request("POST", "/admin/scim/v2/Tokens", admin_key,
                                      R"({"schemas":["urn:scimkit:params:scim:schemas:admin:1.0:Token"],"name":")" +
                                          name + R"(","tenant":"default","scopes":["scim"],"key":")" + key + "\"}"));
    };
    BOOST_TEST(again("second") == 409);
    BOOST_TEST(admin({"revoke-token", "first"}).exit_code == 0);
    BOOST_TEST(again("third") == 409);
    BOOST_TEST(status(client, request("GET", "/scim/v2/Users", key)) == 401);
    BOOST_TEST(status(inside, request("GET", "/admin/scim/v2/Tokens?filter=name%20eq%20%22third%22", admin_key)) ==
               200);
    BOOST_TEST(admin({"list-tokens"}).out.find("third") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_tenant_in_the_place_of_another_keeps_no_revoked_key_alive)
{
    std::string const schemas = R"({"schemas":["urn:scimkit:params:scim:schemas:admin:1.0:Tenant"],)";
    auto const keys = secret("keys", "a-token-of-the-file-0123456789abcdef default\n");
    auto with_keys = arguments;
    auto const origin = "127.0.0.1:" + std::to_string(free_port());
    std::string const place = "http://" + origin + "/scim/v2"; // of the default tenant
    with_keys.insert(with_keys.end(), {"--token-file", keys});
    std::ranges::replace(with_keys, "127.0.0.1:0", origin);
    std::string key;
    {
        Process server{with_keys};
        Client client{port_of(server.read_line())};
        key = issue({"gone", "--tenant", "default"});
        auto const other = issue({"too", "--tenant", "default"});
        Client inside{static_cast<std::uint16_t>(std::stoi(admin_port))};
        for (std::string const& evil :
             {R"("name":"evil","baseUrl":")" + place + "\"}", R"("name":")" + std::string(65, 'a') + "\"}"})
            BOOST_TEST(status(inside, request("POST", "/admin/scim/v2/Tenants", admin_key, schemas + evil)) == 400);
        BOOST_TEST(admin({"create-tenant", "good"}).exit_code == 0);
        inside.send(request("GET", "/admin/scim/v2/Tenants?filter=name%20eq%20%22good%22", admin_key));
        auto const found = boost::json::parse(inside.receive().body()).at("Resources").at(0);
        auto const target = "/admin/scim/v2/Tenants/" + std::string{found.at("id").as_string()};
        auto const patch = R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[)"
                           R"({"op":"replace","path":"baseUrl","value":")" +
                           place + "\"}]}";
        BOOST_TEST(status(inside, request("PATCH", target, admin_key, patch)) == 400);
        BOOST_TEST(status(inside, request("PUT", target, admin_key,
                                          schemas + R"("name":"good","baseUrl":")" + place + "\"}")) == 400);
        BOOST_TEST(status(client, request("GET", "/scim/v2/Users", key)) == 200);
        BOOST_TEST(admin({"revoke-token", "gone"}).exit_code == 0);
        BOOST_TEST(status(client, request("GET", "/scim/v2/Users", key)) == 401);
        std::filesystem::remove(keys); // for a moment, as an editor does
        BOOST_TEST(admin({"revoke-token", "too"}).exit_code == 0);
        BOOST_TEST(status(client, request("GET", "/scim/v2/Users", other)) == 401);
    }
    secret("keys", "a-token-of-the-file-0123456789abcdef default\n");
    Process server{with_keys};
    Client client{port_of(server.read_line())};
    BOOST_TEST(status(client, request("GET", "/scim/v2/Users", key)) == 401);
}

BOOST_AUTO_TEST_CASE(deletions_that_are_held_go_on_when_an_administrator_releases_them)
{
    arguments.insert(arguments.end(), {"--deletion-guard", "1"});
    Process server{arguments};
    Client client{port_of(server.read_line())};
    BOOST_TEST(admin({"create-tenant", "acme"}).exit_code == 0);
    auto const key = issue({"okta", "--tenant", "acme"});
    auto const removed = [&](std::string const& name)
    {
        client.send(request("POST", "/acme/scim/v2/Users", key, user(name)));
        auto const id = boost::json::parse(std::string{client.receive().body()}).at("id").as_string();
        return status(client, request("DELETE", "/acme/scim/v2/Users/" + std::string{id}, key));
    };
    BOOST_TEST(removed("a") == 204);
    BOOST_TEST(removed("b") == 403);
    BOOST_TEST(removed("c") == 403);
    BOOST_TEST(wait_for(log, "deletions and deactivations are held (--deletion-guard): tenant acme"));
    auto const released = admin({"release-deletions", "acme"});
    BOOST_TEST(released.exit_code == 0, released.err);
    BOOST_TEST(removed("d") == 204);
    BOOST_TEST(removed("e") == 204);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_done_is_said_in_one_line)
{
    BOOST_TEST(admin({"list-tenants"}).err.find("no answer from 127.0.0.1") != std::string::npos); // nobody is there
    Process server{arguments};
    server.read_line();
    for (auto const& [arguments_of_it, about] :
         std::vector<std::pair<Arguments, std::string>>{{{"revoke-token", "nobody"}, "none of the name nobody"},
                                                        {{"issue-token", "x"}, "--tenant"},
                                                        {{"no-such-command"}, "subcommand"},
                                                        {{}, "subcommand"}})
    {
        auto const finished = admin(arguments_of_it);
        BOOST_TEST(finished.exit_code != 0);
        BOOST_TEST(finished.err.find(about) != std::string::npos, finished.err);
    }
    auto const secure = run(command({"admin", "--url", "https://127.0.0.1/x", "--key-file", key_file, "list-tenants"}));
    BOOST_TEST(secure.err.find("http://") != std::string::npos, secure.err);
    auto const stranger = run(
        command({"admin", "--url", url, "--key-file", secret("other", "another-key-of-somebody\n"), "list-tokens"}));
    BOOST_TEST(stranger.err.find("no valid credentials") != std::string::npos, stranger.err);
    expect_complaint(run(command({"--store", "memory", "--admin", "127.0.0.1:0"})), "--admin-token-file");
    expect_complaint(run(command({"--store", "memory", "--admin", "0.0.0.0:8090", "--admin-token-file", key_file})),
                     "--admin");
}

BOOST_AUTO_TEST_SUITE_END()
