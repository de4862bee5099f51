// The page of the built server over HTTP, as a browser and as a stranger ask for it.
#include "sample_server.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <csignal>
#include <set>

using namespace scimkit;
using namespace scimkit::test;

namespace
{

struct Page : Directory
{
    std::string password_file = (path / "password").string();
    std::string log = (path / "log").string();
    std::string admin_port = std::to_string(free_port());
    std::string one_time = reset();
    std::string key_file = keys("a-key-that-may-look-at-all reader scopes=scim.read\n");
    Process server{command({"--listen", "127.0.0.1:0", "--store", store(), "--admin", "127.0.0.1:" + admin_port,
                            "--admin-token-file", key_file, "--admin-password-file", password_file, "--log-file", log,
                            "--log-level", "debug"})};
    std::uint16_t scim_port = port_of(server.read_line());
    Client client{static_cast<std::uint16_t>(std::stoi(admin_port))};
    std::string cookie, csrf;

    std::string store() const
    {
#ifdef SCIMKIT_SERVER_LMDB
        return "lmdb:" + (path / "db").string();
#else
        return "memory";
#endif
    }

    std::string keys(std::string const& lines) const
    {
        auto const made = file("keys", lines);
        std::filesystem::permissions(made, static_cast<std::filesystem::perms>(0600));
        return made;
    }

    std::string reset() const
    {
        auto const finished = run(command({"admin", "reset-password", "--password-file", password_file}));
        BOOST_REQUIRE_MESSAGE(finished.exit_code == 0, finished.err);
        return finished.out.substr(0, finished.out.find('\n'));
    }

    HttpResponse ask(std::string const& method, std::string const& target, std::string const& body = {},
                     std::string const& more = {})
    {
        auto text = method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1:" + admin_port + "\r\n" + more;
        if (!cookie.empty())
            text += "Cookie: " + cookie + "\r\nX-CSRF-Token: " + csrf + "\r\n";
        auto const type = target.starts_with("/admin/api/scim") ? "application/scim+json" : "application/json";
        if (!body.empty())
            text +=
                std::string{"Content-Type: "} + type + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
        client.send(text + "\r\n" + body);
        return client.receive(method == "HEAD");
    }

    void enter(std::string const& target, std::string const& body)
    {
        auto const answer = ask("POST", target, body);
        BOOST_REQUIRE_MESSAGE(answer.result_int() == 200, answer.body());
        std::string const set{answer["Set-Cookie"]};
        cookie = set.substr(0, set.find(';'));
        // No Expires and no Max-Age: it ends with the browser.
        BOOST_TEST(set == cookie + "; HttpOnly; SameSite=Strict; Path=/admin");
        csrf = std::string{boost::json::parse(answer.body()).at("csrf").as_string()};
    }
    void log_in()
    {
        enter("/admin/api/login", R"({"secret":")" + one_time + "\"}");
        enter("/admin/api/password", R"({"password":"a chosen password"})");
    }
};

int status(std::uint16_t port, std::string const& method, std::string const& target, std::string const& key,
           std::string const& body = {})
{
    Client client{port};
    client.send(method + " " + target + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + key +
                "\r\nContent-Type: application/scim+json\r\nContent-Length: " + std::to_string(body.size()) +
                "\r\n\r\n" + body);
    return static_cast<int>(client.receive().result_int());
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(sample_server_page, Page)

BOOST_AUTO_TEST_CASE(from_a_one_time_password_to_a_provisioned_user_by_what_the_page_asks_for,
                     *boost::unit_test::label("7644-7.4-d"))
{
    log_in();
    std::string const schemas = R"({"schemas":["urn:scimkit:params:scim:schemas:admin:1.0:Tenant"],)";
    BOOST_TEST(ask("POST", "/admin/api/scim/Tenants", schemas + R"("name":"acme"})").result_int() == 201);
    auto const made = ask("POST", "/admin/api/keys", R"({"name":"okta","tenant":"acme","scopes":["users.write"]})");
    BOOST_TEST(made.result_int() == 201);
    auto const key = std::string{boost::json::parse(made.body()).at("key").as_string()};
    BOOST_TEST(made.body().find("sha256") == std::string::npos);
    BOOST_TEST(ask("GET", "/admin/api/uses").body().find("okta") == std::string::npos);
    BOOST_TEST(status(scim_port, "POST", "/acme/scim/v2/Users", key, user("ada")) == 201);
    BOOST_TEST(ask("GET", "/admin/api/uses").body().find(R"({"name":"okta","at":"20)") != std::string::npos);

    auto const seen = ask("GET", "/admin/api/tenants/acme/Users?filter=userName%20eq%20%22ada%22&cursor=&count=5");
    BOOST_TEST(seen.result_int() == 200);
    BOOST_TEST(seen["Cache-Control"] == "no-store");
    BOOST_TEST(seen.body().find("\"ada\"") != std::string::npos);
    BOOST_TEST(ask("DELETE", "/admin/api/tenants/acme/Users/1").result_int() == 404);

    auto const id = std::string{boost::json::parse(made.body()).at("token").at("id").as_string()};
    auto const patch = R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],)"
                       R"("Operations":[{"op":"replace","path":"revoked","value":true}]})";
    BOOST_TEST(ask("PATCH", "/admin/api/scim/Tokens/" + id, patch).result_int() < 300);
    BOOST_TEST(status(scim_port, "GET", "/acme/scim/v2/Users", key) == 401);
    BOOST_TEST(ask("GET", "/admin/api/status").body().find("\"healthy\":true") != std::string::npos);
    BOOST_TEST(ask("POST", "/admin/api/logout", "{}").result_int() == 200);
    BOOST_TEST(ask("GET", "/admin/api/tenants").result_int() == 401);

    BOOST_TEST(wait_for(log, "administrator has logged in"));
    for (auto const& entry : std::filesystem::recursive_directory_iterator{path})
        if (entry.is_regular_file())
            for (auto const& secret :
                 {one_time, std::string{"a chosen password"}, key, csrf, cookie.substr(cookie.find('=') + 1)})
                BOOST_TEST(content_of(entry.path().string()).find(secret) == std::string::npos, entry.path());
}

BOOST_AUTO_TEST_CASE(check_1_beside_its_files_and_the_log_in_the_administration_answers_nobody_without_a_credential)
{
    std::set<std::string> open;
    for (std::string const target : {"/",
                                     "/admin",
                                     "/admin/",
                                     "/admin/page",
                                     "/admin/page/app.js",
                                     "/admin/page/style.css",
                                     "/admin/page/../x",
                                     "/admin/page/app.js/",
                                     "/admin/api",
                                     "/admin/api/login",
                                     "/admin/api/session",
                                     "/admin/api/tenants",
                                     "/admin/api/tenants/default/Users",
                                     "/admin/api/scim/Tokens",
                                     "/admin/api/keys",
                                     "/admin/api/schema-files",
                                     "/admin/api/status",
                                     "/admin/scim/v2/Tenants",
                                     "/admin/scim/v2/Tokens",
                                     "/admin/scim/v2/ServiceProviderConfig",
                                     "/admin/scim",
                                     "/admin/%61pi/tenants",
                                     "/admin//api/tenants",
                                     "/metrics"})
        for (std::string const method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
            if (ask(method, target).result_int() != 401)
                open.insert(method + " " + target);
    std::set<std::string> allowed;
    for (std::string const target : {"/admin", "/admin/", "/admin/page/app.js", "/admin/page/style.css"})
        for (std::string const method : {"GET ", "HEAD "})
            allowed.insert(method + target);
    for (std::string const method : {"GET ", "HEAD ", "POST ", "PUT ", "PATCH ", "DELETE ", "OPTIONS "})
        allowed.insert(method + "/admin/api/login"); // 405, and 415 for a POST of nothing
    BOOST_TEST(open == allowed, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_files_are_served_with_their_policy)
{
    auto const page = ask("GET", "/admin");
    BOOST_TEST(page.result_int() == 200);
    BOOST_TEST(page["Content-Type"] == "text/html; charset=utf-8");
    BOOST_TEST(page["X-Content-Type-Options"] == "nosniff");
    BOOST_TEST(page["Cache-Control"] == "no-cache");
    BOOST_TEST(std::string{page["Content-Security-Policy"]}.find("default-src 'none'") != std::string::npos);
    BOOST_TEST(ask("GET", "/admin/page/app.js")["Content-Type"] == "text/javascript; charset=utf-8");
    BOOST_TEST(ask("GET", "/admin/page/style.css")["Content-Type"] == "text/css; charset=utf-8");
    BOOST_TEST(ask("GET", "/admin/")["Location"] == "/admin");
}

BOOST_AUTO_TEST_CASE(what_comes_without_the_token_or_from_elsewhere_changes_nothing)
{
    log_in();
    auto const body = R"({"schemas":["urn:scimkit:params:scim:schemas:admin:1.0:Tenant"],"name":"acme"})";
    auto const right = csrf;
    csrf = "x";
    BOOST_TEST(ask("POST", "/admin/api/scim/Tenants", body).result_int() == 403);
    csrf = right;
    BOOST_TEST(ask("POST", "/admin/api/scim/Tenants", body, "Origin: https://evil.example\r\n").result_int() == 403);
    BOOST_TEST(ask("GET", "/admin/api/scim/Tenants").body().find("acme") == std::string::npos);
    // A session opens the page's own way, and not that of keys.
    BOOST_TEST(ask("GET", "/admin/scim/v2/Tenants").result_int() == 401);
    // A header of the page gives nobody a principal.
    cookie = "scimkit-admin-" + admin_port + "=" + csrf;
    BOOST_TEST(ask("GET", "/admin/api/scim/Tenants", {}, "Authorization: Bearer " + one_time + "\r\n").result_int() ==
               401);
}

BOOST_AUTO_TEST_CASE(who_follows_is_told_of_a_tenant_that_there_is)
{
    log_in();
    auto const body = R"({"schemas":["urn:scimkit:params:scim:schemas:admin:1.0:Tenant"],"name":"acme"})";
    BOOST_TEST(ask("POST", "/admin/api/scim/Tenants", body).result_int() == 201);
    auto const told = ask("GET", "/admin/api/followers/acme");
    BOOST_TEST(told.result_int() == 200);
    BOOST_TEST(told.body().find(R"("reader":"audit","waiting":0)") != std::string::npos, told.body());
    BOOST_TEST(told.body().find("webhook") == std::string::npos, told.body());
    for (auto const* target : {"globex", "", "acme/x", "%61cme"})
        BOOST_TEST(ask("GET", std::string{"/admin/api/followers/"} + target).result_int() == 404, target);
}

BOOST_AUTO_TEST_CASE(guessing_is_refused_after_some_tries)
{
    int tried = 0;
    while (tried < 20 && ask("POST", "/admin/api/login", R"({"secret":"guess"})").result_int() == 401)
        ++tried;
    BOOST_TEST(tried >= 10); // a slow machine brings one more meanwhile
    auto const refused = ask("POST", "/admin/api/login", R"({"secret":"guess"})");
    BOOST_TEST(refused.result_int() == 429);
    BOOST_TEST(!refused["Retry-After"].empty());
}

BOOST_AUTO_TEST_CASE(a_password_is_reset_on_the_machine_while_the_server_runs)
{
    log_in();
    one_time = reset();
    BOOST_TEST(ask("GET", "/admin/api/session").result_int() == 401);
    log_in();
    BOOST_TEST(ask("GET", "/admin/api/session").result_int() == 200);
}

BOOST_AUTO_TEST_CASE(a_session_of_a_key_may_what_the_key_may_and_ends_when_it_is_taken_out_or_expires)
{
    std::string const log_in_by_key = R"({"secret":"a-key-that-may-look-at-all"})";
    auto const take_anew = [&](std::string const& lines)
    {
        keys(lines);
        std::filesystem::remove(log);
        server.signal(SIGHUP);
        BOOST_TEST(wait_for(log, "took the tokens and tenants anew"));
    };
    enter("/admin/api/login", log_in_by_key);
    BOOST_TEST(ask("GET", "/admin/api/tenants/default/Users").result_int() == 200);
    auto const body = R"({"schemas":["urn:scimkit:params:scim:schemas:admin:1.0:Tenant"],"name":"acme"})";
    BOOST_TEST(ask("POST", "/admin/api/scim/Tenants", body).result_int() == 403);
    BOOST_TEST(ask("POST", "/admin/api/keys", R"({"name":"x","tenant":"default","scopes":["scim"]})").result_int() ==
               403);
    take_anew("a-key-that-may-look-at-all reader scopes=scim\n");
    BOOST_TEST(ask("POST", "/admin/api/scim/Tenants", body).result_int() == 201); // it may more now
    take_anew("a-key-that-may-look-at-all reader scopes=scim expires=2020-01-01\n");
    BOOST_TEST(ask("GET", "/admin/api/session").result_int() == 401);
    take_anew("a-key-that-may-look-at-all reader\n");
    BOOST_TEST(ask("GET", "/admin/api/session").result_int() == 401); // what has ended does not come back
    enter("/admin/api/login", log_in_by_key);
    take_anew("another-key-of-somebody-else somebody\n");
    BOOST_TEST(ask("GET", "/admin/api/session").result_int() == 401);
    BOOST_TEST(ask("POST", "/admin/api/login", log_in_by_key).result_int() == 401);
}

BOOST_AUTO_TEST_CASE(settings_of_the_page_that_cannot_work_are_told_at_the_start)
{
    auto const start = [&](Arguments more)
    {
        Arguments all{"--store",    "memory", "--admin", "127.0.0.1:0", "--check-config", "--admin-password-file",
                      password_file};
        all.insert(all.end(), more.begin(), more.end());
        return run(command(all));
    };
    BOOST_TEST(start({}).exit_code == 0);
    BOOST_TEST(start({"--admin-url", "https://admin.example.com"}).exit_code == 0);
    for (auto const* wrong : {"admin.example.com", "https://", "https://admin.example.com/admin", "ftp://x"})
        expect_complaint(start({"--admin-url", wrong}), "--admin-url");
    std::filesystem::permissions(password_file, static_cast<std::filesystem::perms>(0606));
    expect_complaint(start({}), "--admin-password-file");
    BOOST_TEST(run(command({"admin", "reset-password", "--password-file", (path / "no" / "x").string()})).exit_code ==
               1);
}

BOOST_AUTO_TEST_SUITE_END()
