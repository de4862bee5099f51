// How long a session of the page lasts, and how many there are.
#include "samples/server/sessions.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace server;
using std::chrono::minutes;

BOOST_AUTO_TEST_SUITE(admin_sessions)

BOOST_AUTO_TEST_CASE(a_session_ends_when_it_is_idle_and_at_a_time_in_any_case)
{
    Sessions sessions{{.idle = minutes{30}, .absolute = minutes{100}}};
    auto const start = Sessions::Clock::now();
    auto const token = sessions.begin({.login = "x"}, start);
    BOOST_TEST(sessions.find(token, start + minutes{29}).has_value());
    BOOST_TEST(sessions.find(token, start + minutes{58}).has_value()); // used in between
    BOOST_TEST(sessions.find(token, start + minutes{87}).has_value());
    BOOST_TEST(!sessions.find(token, start + minutes{100}).has_value());
    BOOST_TEST(!sessions.find(token, start + minutes{88}).has_value()); // it does not come back
    auto const idle = sessions.begin({.login = "x"}, start);
    BOOST_TEST(!sessions.find(idle, start + minutes{30}).has_value());
    BOOST_TEST(sessions.count(start) == 0U);
}

BOOST_AUTO_TEST_CASE(sessions_are_bounded_in_number_and_the_idle_one_goes)
{
    Sessions sessions{{.max_sessions = 3}};
    auto const start = Sessions::Clock::now();
    std::vector<std::string> tokens;
    for (int i = 0; i < 3; ++i)
        tokens.push_back(sessions.begin({.login = "x"}, start + minutes{i}));
    BOOST_TEST(sessions.find(tokens[0], start + minutes{4}).has_value());
    sessions.begin({.login = "y"}, start + minutes{5});
    BOOST_TEST(sessions.count(start + minutes{5}) == 3U);
    BOOST_TEST(sessions.find(tokens[0], start + minutes{5}).has_value());
    BOOST_TEST(!sessions.find(tokens[1], start + minutes{5}).has_value());
    sessions.end_all_of("x");
    BOOST_TEST(sessions.count(start + minutes{5}) == 1U);
}

BOOST_AUTO_TEST_CASE(texts_are_compared_as_a_whole)
{
    BOOST_TEST(equal_in_constant_time("", ""));
    BOOST_TEST(equal_in_constant_time("abc", "abc"));
    BOOST_TEST(!equal_in_constant_time("abc", "abd"));
    BOOST_TEST(!equal_in_constant_time("abc", "ab"));
    BOOST_TEST(!equal_in_constant_time("", "a"));
}

BOOST_AUTO_TEST_SUITE_END()
