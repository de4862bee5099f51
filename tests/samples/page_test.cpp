// The page of the administration without a server: who is let in, for how long, and what a session may ask for.
#include <scimkit/memory/memory_store.hpp>
#include <scimkit/security/api_key.hpp>
#include <scimkit/security/scopes.hpp>

#include "samples/server/admin_password.hpp"
#include "samples/server/page.hpp"
#include "samples/server/page_request.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>

using namespace scimkit;
using namespace server;
using std::chrono::minutes;

namespace
{

std::string const admin_key = "admin-key-for-the-tests-of-the-page";

struct PageFixture
{
    PageFixture()
    {
        auto pattern = (std::filesystem::temp_directory_path() / "scimkit-page-XXXXXX").string();
        BOOST_REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        directory = pattern;
        file = (directory / "password").string();
        one_time = AdminPassword::reset(file).value();
        open();
    }
    ~PageFixture() { std::filesystem::remove_all(directory); }

    /// A page, as at a start.
    void open(SessionLimits limits = {}, std::string origin = {})
    {
        PageBackend backend{
            .administration = [this](Request const& asked) { return note(asked); },
            .tenants = [this](Request const& asked) { return note(asked); },
            .tenant_list = tenant_list({{.name = "acme", .base_url = "https://scim.example.com/acme/scim/v2"}}).value(),
            .key = [this](std::string_view sha256) -> std::optional<Principal>
            {
                if (key_is_good && sha256 == make_key_record(admin_key, {})->sha256)
                    return Principal{.subject = "root", .scopes = scopes};
                return std::nullopt;
            },
            .status =
                [] {
                    return json::object{{"healthy", true}};
                },
            .uses =
                [] {
                    return json::array{json::object{{"name", "okta"}}};
                },
            .followers = [](std::string_view tenant) -> result<json::object> {
                return json::object{{"tenant", tenant}};
            },
            .extensions_of = [](Tenant const&) { return json::array{}; },
            .schema_files = [] { return json::object{}; },
            .log = [this](LogLevel, std::string const& line) { log += line + "\n"; },
            .password_file = file,
            .origin = std::move(origin),
            .cookie_suffix = "-8090",
            .sessions = limits};
        pages = make_page(std::move(backend));
        cookie.clear();
        csrf.clear();
    }

    Response note(Request const& asked)
    {
        BOOST_REQUIRE(asked.principal.has_value());
        asked_for = std::string{asked.method} + " " + std::string{asked.target} + " " + asked.principal->subject + " " +
                    asked.principal->tenant + " " + asked.principal->scopes.front();
        asked_body = asked.body;
        return {.status = asked.method == "POST" ? 201 : 200, .body = R"({"id":"1"})"};
    }

    Response ask(std::string_view method, std::string_view target, std::string_view body = {},
                 std::vector<Header> more = {})
    {
        Request request{.method = method, .target = target, .body = body, .peer_address = address};
        request.headers = {{"Host", "127.0.0.1:8090"}, {"content-type", "application/json"}};
        if (!cookie.empty())
            request.headers.push_back({"cookie", cookie});
        if (!csrf.empty())
            request.headers.push_back({"x-csrf-token", csrf});
        request.headers.insert(request.headers.end(), more.begin(), more.end());
        auto const path = path_of_target(target);
        auto const page =
            std::ranges::find_if(pages, [&](auto const& each)
                                 { return path == each.path || (each.below && path.starts_with(each.path + "/")); });
        BOOST_REQUIRE((page != pages.end()));
        return page->answer(request);
    }

    /// Keeps cookie and token, as the page does.
    Response keep(Response response)
    {
        if (response.status == 200)
        {
            auto const set = std::string{response.header("Set-Cookie")};
            cookie = set.substr(0, set.find(';'));
            csrf = std::string{boost::json::parse(response.body).at("csrf").as_string()};
        }
        return response;
    }
    Response log_in(std::string const& secret)
    {
        return keep(ask("POST", "/admin/api/login", R"({"secret":")" + secret + "\"}"));
    }
    Response choose(std::string const& password, std::string const& current = {})
    {
        return keep(
            ask("POST", "/admin/api/password", R"({"password":")" + password + R"(","current":")" + current + "\"}"));
    }

    std::filesystem::path directory;
    std::string file, one_time, log, asked_for, asked_body, cookie, csrf;
    std::string address = "192.0.2.1";
    bool key_is_good = true;
    std::vector<std::string> scopes{"scim"};
    std::vector<http::ServerPage> pages;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(admin_page, PageFixture)

BOOST_AUTO_TEST_CASE(nothing_but_a_log_in_is_answered_without_a_session)
{
    for (auto const* target :
         {"/admin/api", "/admin/api/", "/admin/api/session", "/admin/api/tenants", "/admin/api/tenants/acme/Users",
          "/admin/api/scim/Tenants", "/admin/api/scim", "/admin/api/status", "/admin/api/metrics", "/admin/api/nothing",
          "/admin/api/keys", "/admin/api/uses", "/admin/api/schema-files", "/admin/api/followers/acme",
          "/admin/api/password", "/admin/api/logout", "/admin/api/login/", "/admin/api/scim/../x"})
        for (auto const* method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
        {
            auto const answer = ask(method, target, "{}");
            BOOST_TEST(answer.status == 401, method << ' ' << target);
            BOOST_TEST(answer.header("WWW-Authenticate").starts_with("Session "));
        }
    BOOST_TEST(asked_for == "");
    BOOST_TEST(ask("GET", "/admin/api/login").status == 405);
    cookie = "scimkit-admin-8090=";
    BOOST_TEST(ask("GET", "/admin/api/session").status == 401);
    cookie = "scimkit-admin-8090=" + new_token();
    BOOST_TEST(ask("GET", "/admin/api/session").status == 401);
}

BOOST_AUTO_TEST_CASE(a_one_time_password_opens_nothing_until_another_is_chosen)
{
    auto const in = log_in(one_time);
    BOOST_TEST(in.status == 200);
    BOOST_TEST(boost::json::parse(in.body).at("hasToChoose").as_bool());
    for (auto const* target : {"/admin/api/tenants", "/admin/api/scim/Tenants", "/admin/api/status"})
        BOOST_TEST(ask("GET", target).status == 403);
    BOOST_TEST(choose("too short").status == 400);
    BOOST_TEST(choose(one_time).status == 400);
    auto const before = cookie;
    BOOST_TEST(choose("a longer password").status == 200);
    BOOST_TEST(cookie != before);
    BOOST_TEST(ask("GET", "/admin/api/tenants").status == 200);
    cookie = before; // the session goes on under another name
    BOOST_TEST(ask("GET", "/admin/api/session").status == 401);
    BOOST_TEST(log_in(one_time).status == 401);
    BOOST_TEST(log_in("a longer password").status == 200);
    BOOST_TEST(ask("GET", "/admin/api/status").status == 200);
}

BOOST_AUTO_TEST_CASE(a_password_is_changed_by_who_knows_it_and_ends_other_sessions)
{
    log_in(one_time);
    choose("a longer password");
    auto const elsewhere = cookie;
    log_in("a longer password");
    BOOST_TEST(choose("another password", "not the one").status == 403);
    BOOST_TEST(choose("another password", "a longer password").status == 200);
    BOOST_TEST(ask("GET", "/admin/api/session").status == 200);
    cookie = elsewhere;
    BOOST_TEST(ask("GET", "/admin/api/session").status == 401);
    for (std::string const secret : {"a longer password", "another password"})
        BOOST_TEST(log.find(secret) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_reset_on_the_machine_ends_the_sessions_of_the_password_before)
{
    log_in(one_time);
    choose("a longer password");
    auto const again = AdminPassword::reset(file).value();
    BOOST_TEST(again != one_time);
    BOOST_TEST(ask("GET", "/admin/api/session").status == 401);
    BOOST_TEST(log_in("a longer password").status == 401);
    BOOST_TEST(log_in(again).status == 200);
    BOOST_TEST((std::filesystem::status(file).permissions() == static_cast<std::filesystem::perms>(0600)));
}

BOOST_AUTO_TEST_CASE(without_a_password_that_can_be_read_nobody_comes_in_by_one)
{
    for (auto const* content : {"", "\n", "one-time ", "chosen", "chosen x", "plain text", "one-time one-time"})
    {
        std::ofstream{file} << content;
        for (std::string const secret : {"", "x", "plain text", "chosen", "one-time"})
            BOOST_TEST((AdminPassword{file}.look(secret).verdict == AdminPassword::Verdict::wrong),
                       content << '|' << secret);
    }
    BOOST_TEST(log_in("plain text").status == 401);
    std::filesystem::remove(file);
    BOOST_TEST(log_in(one_time).status == 401);
    BOOST_TEST(log_in("").status == 401);
}

BOOST_AUTO_TEST_CASE(a_session_of_a_key_does_what_the_key_may_and_ends_with_it)
{
    BOOST_TEST(log_in(admin_key).status == 200);
    BOOST_TEST(ask("GET", "/admin/api/scim/Tenants?filter=x").status == 200);
    BOOST_TEST(asked_for == "GET /admin/scim/v2/Tenants?filter=x root  scim");
    BOOST_TEST(choose("a longer password").status == 403);
    scopes = {"tokens.read"}; // as the key is changed
    ask("GET", "/admin/api/scim/Tokens");
    BOOST_TEST(asked_for == "GET /admin/scim/v2/Tokens root  tokens.read");
    for (auto const* target : {"/admin/api/tenants/acme/Users", "/admin/api/tenants", "/admin/api/status",
                               "/admin/api/uses", "/admin/api/schema-files", "/admin/api/followers/acme"})
        BOOST_TEST(ask("GET", target).status == 403);
    key_is_good = false;
    BOOST_TEST(ask("GET", "/admin/api/session").status == 401);
    key_is_good = true; // what has ended does not come back
    BOOST_TEST(ask("GET", "/admin/api/session").status == 401);
}

BOOST_AUTO_TEST_CASE(what_changes_something_repeats_the_token_of_the_session)
{
    log_in(admin_key);
    auto const right = csrf;
    for (std::string const& wrong :
         {std::string{}, right.substr(1), right + "x", std::string(right.size(), 'x'), new_token()})
    {
        csrf = wrong;
        for (auto const* method : {"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "get"})
            BOOST_TEST(ask(method, "/admin/api/scim/Tenants/1", "{}").status == 403, method);
        for (auto const* target : {"/admin/api/logout", "/admin/api/keys", "/admin/api/password"})
            BOOST_TEST(ask("POST", target, "{}").status == 403, target);
    }
    BOOST_TEST(asked_for == "");
    BOOST_TEST(ask("GET", "/admin/api/session").status == 200); // still there
    csrf = right;
    BOOST_TEST(ask("DELETE", "/admin/api/scim/Tenants/1").status == 200);
    log_in(admin_key);
    csrf = right; // of another session
    BOOST_TEST(ask("DELETE", "/admin/api/scim/Tenants/1").status == 403);
}

BOOST_AUTO_TEST_CASE(another_site_can_neither_log_in_nor_change_anything)
{
    log_in(admin_key);
    std::vector<std::vector<Header>> const others{
        {{"Origin", "https://evil.example"}},  {{"Origin", "null"}},
        {{"Origin", "http://127.0.0.1:8091"}}, {{"Origin", "https://127.0.0.1:8090"}},
        {{"Sec-Fetch-Site", "cross-site"}},    {{"Sec-Fetch-Site", "same-site"}},
        {{"Sec-Fetch-Site", "none"}}};
    for (auto const& other : others)
        for (auto const* target : {"/admin/api/login", "/admin/api/keys", "/admin/api/scim/Tenants"})
            BOOST_TEST(ask("POST", target, R"({"secret":"x"})", other).status == 403);
    BOOST_TEST(ask("DELETE", "/admin/api/scim/Tenants/1", {},
                   {{"Origin", "http://127.0.0.1:8090"}, {"Sec-Fetch-Site", "same-origin"}})
                   .status == 200);
    for (auto const* type : {"text/plain", "application/x-www-form-urlencoded", ""}) // what a form can send
    {
        Request request{.method = "POST", .target = "/admin/api/login", .body = R"({"secret":"x"})"};
        request.headers = {{"Content-Type", type}};
        BOOST_TEST(pages.back().answer(request).status == 415);
    }
    // A name that was pointed at this machine is of the same origin as itself, and a stranger all the same.
    Request rebound{.method = "POST", .target = "/admin/api/login", .body = R"({"secret":"x"})"};
    rebound.headers = {{"Host", "evil.example:8090"},
                       {"Origin", "http://evil.example:8090"},
                       {"Sec-Fetch-Site", "same-origin"},
                       {"Content-Type", "application/json"}};
    BOOST_TEST(pages.back().answer(rebound).status == 403);
    rebound.headers[0].value = "127.0.0.1.evil.example";
    rebound.headers[1].value = "http://127.0.0.1.evil.example";
    BOOST_TEST(pages.back().answer(rebound).status == 403);
}

BOOST_AUTO_TEST_CASE(a_cookie_is_the_browsers_alone_and_of_this_site_and_secure_where_there_is_tls)
{
    auto const plain = std::string{log_in(admin_key).header("Set-Cookie")};
    BOOST_TEST(plain.starts_with("scimkit-admin-8090="));
    BOOST_TEST(plain.ends_with("; HttpOnly; SameSite=Strict; Path=/admin"));
    auto const ended = ask("POST", "/admin/api/logout");
    BOOST_TEST(ended.status == 200);
    BOOST_TEST(ended.header("Set-Cookie") == "scimkit-admin-8090=; HttpOnly; SameSite=Strict; Path=/admin; Max-Age=0");
    BOOST_TEST(ask("GET", "/admin/api/session").status == 401);

    open({}, "https://admin.example.com");
    auto const secure = std::string{log_in(admin_key).header("Set-Cookie")};
    BOOST_TEST(secure.starts_with("__Host-scimkit-admin="));
    BOOST_TEST(secure.ends_with("; HttpOnly; SameSite=Strict; Path=/; Secure"));
    BOOST_TEST(ask("DELETE", "/admin/api/scim/Tenants/1", {}, {{"Origin", "https://admin.example.com"}}).status == 200);
    BOOST_TEST(ask("DELETE", "/admin/api/scim/Tenants/1", {}, {{"Origin", "http://127.0.0.1:8090"}}).status == 403);
    cookie = "a=b; " + cookie + "; c=d";
    BOOST_TEST(ask("GET", "/admin/api/session").status == 200);
}

BOOST_AUTO_TEST_CASE(guessing_is_slow_from_one_address_and_from_many)
{
    int tried = 0;
    while (tried < 50 && log_in("guess").status == 401)
        ++tried;
    BOOST_TEST(tried == 10);
    auto const refused = log_in(one_time); // also when it is right
    BOOST_TEST(refused.status == 429);
    BOOST_TEST(!refused.header("Retry-After").empty());
    address = "192.0.2.2";
    BOOST_TEST(log_in(admin_key).status == 200); // others are not held up
    int of_others = 0;
    for (int i = 0; i < 60 && of_others == i; ++i)
    {
        address = "198.51.100." + std::to_string(i);
        of_others += ask("POST", "/admin/api/login", R"({"secret":"guess"})").status == 401 ? 1 : 0;
    }
    BOOST_TEST(of_others >= 15);
    BOOST_TEST(of_others <= 25);
    address = "203.0.113.1";
    BOOST_TEST(log_in(admin_key).status == 200); // nobody guesses a key
    BOOST_TEST(log.find("guess") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_tenant_is_looked_at_by_somebody_who_may_only_read)
{
    log_in(admin_key);
    BOOST_TEST(ask("GET", "/admin/api/tenants/acme/Users?filter=a%20eq%20%22b%22&count=1").status == 200);
    BOOST_TEST(asked_for == "GET /acme/scim/v2/Users?filter=a%20eq%20%22b%22&count=1 root acme scim.read");
    asked_for.clear();
    for (auto const* method : {"POST", "PUT", "PATCH", "DELETE"})
        BOOST_TEST(ask(method, "/admin/api/tenants/acme/Users", "{}").status == 404, method);
    for (auto const* target : {"/admin/api/tenants/other/Users", "/admin/api/tenants//Users", "/admin/api/tenants/"})
        BOOST_TEST(ask("GET", target).status == 404, target);
    BOOST_TEST(asked_for == "");
    auto const listed = ask("GET", "/admin/api/tenants");
    BOOST_TEST(boost::json::parse(listed.body).at("tenants").at(0).at("baseUrl").as_string() ==
               "https://scim.example.com/acme/scim/v2");
}

BOOST_AUTO_TEST_CASE(a_key_is_made_here_and_told_in_the_answer_alone)
{
    log_in(admin_key);
    auto const made = ask("POST", "/admin/api/keys",
                          R"({"name":"okta","tenant":"acme","scopes":["scim"],"key":"mine","schemas":["x"]})");
    BOOST_TEST(made.status == 201);
    auto const key = std::string{boost::json::parse(made.body).at("key").as_string()};
    BOOST_TEST(is_api_key(key));
    BOOST_TEST(asked_for == "POST /admin/scim/v2/Tokens root  scim");
    auto const sent = boost::json::parse(asked_body);
    BOOST_TEST(sent.at("key").as_string() == key); // not the one that was sent along
    BOOST_TEST(sent.at("schemas").at(0).as_string() == "urn:scimkit:params:scim:schemas:admin:1.0:Token");
    BOOST_TEST(log.find(key) == std::string::npos);
    for (auto const* body : {"", "[]", "{", "\"x\""})
        BOOST_TEST(ask("POST", "/admin/api/keys", body).status == 400, body);
}

BOOST_AUTO_TEST_CASE(files_allow_nothing_but_themselves)
{
    std::size_t files = 0;
    for (auto const& page : pages)
    {
        if (page.every_method || page.path == "/admin/")
            continue;
        ++files;
        auto const answer = ask("GET", page.path);
        BOOST_TEST(answer.status == 200);
        auto const policy = answer.header("Content-Security-Policy");
        for (auto const* part : {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'",
                                 "form-action 'none'", "require-trusted-types-for 'script'"})
            BOOST_TEST(policy.find(part) != std::string_view::npos, part);
        BOOST_TEST(policy.find("unsafe") == std::string_view::npos);
        BOOST_TEST(answer.header("X-Frame-Options") == "DENY");
        BOOST_TEST(answer.header("Referrer-Policy") == "no-referrer");
        for (auto const* forbidden :
             {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "localStorage",
              "sessionStorage", " style=\"", "onclick=\"", "<script>", "https://", "src=\"//"})
            BOOST_TEST(answer.body.find(forbidden) == std::string::npos, page.path << " has " << forbidden);
    }
    BOOST_TEST(files == 12U);
}

BOOST_AUTO_TEST_CASE(a_session_that_has_ended_lets_nobody_in)
{
    open({.idle = minutes{0}});
    BOOST_TEST(log_in(admin_key).status == 200);
    BOOST_TEST(ask("GET", "/admin/api/session").status == 401);
}

BOOST_AUTO_TEST_SUITE_END()
