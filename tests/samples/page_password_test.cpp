// Several requests of the page at once about the one password that there is. Each may have been let in before another
// one changes it.
#include "samples/server/admin_password.hpp"
#include "samples/server/page.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <latch>
#include <thread>

using namespace scimkit;
using namespace server;

namespace
{

struct Browser
{
    std::string cookie, csrf;
};

struct PasswordFixture
{
    PasswordFixture()
    {
        auto pattern = (std::filesystem::temp_directory_path() / "scimkit-page-XXXXXX").string();
        BOOST_REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        directory = pattern;
        file = (directory / "password").string();
        one_time = AdminPassword::reset(file).value();
        PageBackend backend;
        backend.key = [](std::string_view) { return std::optional<Principal>{}; };
        backend.log = [](LogLevel, std::string const&) {};
        backend.password_file = file;
        pages = make_page(std::move(backend));
    }
    ~PasswordFixture() { std::filesystem::remove_all(directory); }

    Response post(std::string_view target, std::string const& body, Browser const& browser = {}) const
    {
        Request request{.method = "POST", .target = target, .body = body, .peer_address = "192.0.2.1"};
        request.headers = {
            {"Content-Type", "application/json"}, {"Cookie", browser.cookie}, {"X-CSRF-Token", browser.csrf}};
        return pages.back().answer(request);
    }

    Browser log_in(std::string const& secret) const
    {
        auto const in = post("/admin/api/login", R"({"secret":")" + secret + "\"}");
        BOOST_REQUIRE(in.status == 200);
        auto const set = std::string{in.header("Set-Cookie")};
        return {.cookie = set.substr(0, set.find(';')),
                .csrf = std::string{boost::json::parse(in.body).at("csrf").as_string()}};
    }

    /// Both choose at the same time. Returns the status of each.
    std::array<int, 2> choose_at_once(std::array<Browser, 2> const& browsers, std::string const& current) const
    {
        std::array<int, 2> statuses{};
        std::latch start{2};
        auto const choose = [&](std::size_t which)
        {
            auto const body = R"({"password":")" + passwords[which] + R"(","current":")" + current + "\"}";
            start.arrive_and_wait();
            statuses[which] = post("/admin/api/password", body, browsers[which]).status;
        };
        std::jthread other{[&] { choose(1); }};
        choose(0);
        other.join();
        return statuses;
    }

    /// One was told that it has chosen, and it has; the other one was not let in.
    void check_one_has_chosen(std::array<int, 2> statuses) const
    {
        auto const winner = statuses[0] == 200 ? 0U : 1U;
        BOOST_TEST(statuses[winner] == 200);
        BOOST_TEST(statuses[1 - winner] == 401);
        AdminPassword const now{file};
        BOOST_TEST((now.look(passwords[winner]).verdict == AdminPassword::Verdict::right));
        BOOST_TEST((now.look(passwords[1 - winner]).verdict == AdminPassword::Verdict::wrong));
    }

    std::array<std::string, 2> const passwords{"the password of one", "the password of another"};
    std::filesystem::path directory;
    std::string file, one_time;
    std::vector<http::ServerPage> pages;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(admin_page_password, PasswordFixture)

BOOST_AUTO_TEST_CASE(a_password_of_one_time_is_good_for_one_choice_of_several_at_once)
{
    check_one_has_chosen(choose_at_once({log_in(one_time), log_in(one_time)}, ""));
}

BOOST_AUTO_TEST_CASE(of_two_changes_of_a_password_at_once_the_second_is_not_let_in)
{
    std::string const before = "the password before";
    BOOST_REQUIRE(post("/admin/api/password", R"({"password":")" + before + "\"}", log_in(one_time)).status == 200);
    check_one_has_chosen(choose_at_once({log_in(before), log_in(before)}, before));
}

BOOST_AUTO_TEST_SUITE_END()
