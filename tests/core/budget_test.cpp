// The budget ends work by what was done and by the clock, and says which of the two it was.
#include <scimkit/core/budget.hpp>

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(budget)

BOOST_AUTO_TEST_CASE(without_limits_nothing_is_refused)
{
    Budget budget;
    for (int i = 0; i < 1000; ++i)
        BOOST_TEST(budget.spend(Budget::look_every));
    BOOST_TEST(budget.spent() == 1000 * Budget::look_every);
    BOOST_TEST(!budget.exhausted());
}

BOOST_AUTO_TEST_CASE(exactly_the_limit_can_be_spent)
{
    for (std::uint64_t const limit : {std::uint64_t{1}, std::uint64_t{1000}, 3 * Budget::look_every + 7})
    {
        Budget budget{limit, Budget::Clock::time_point::max()};
        for (std::uint64_t i = 0; i < limit; i += 7)
            BOOST_REQUIRE(budget.spend(std::min<std::uint64_t>(7, limit - i)));
        BOOST_TEST(budget.spent() == limit);
        BOOST_TEST(budget.spend(0));
        BOOST_TEST(!budget.spend(1));
        BOOST_TEST((budget.error().code == ErrorCode::too_many));
        BOOST_TEST(budget.error().detail.find(std::to_string(limit)) != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(what_was_refused_once_stays_refused)
{
    Budget budget{100, Budget::Clock::time_point::max()};
    BOOST_TEST(!budget.spend(101));
    BOOST_TEST(!budget.spend(1));
    BOOST_TEST(budget.exhausted());
    BOOST_TEST(!budget.charge(1));
    BOOST_TEST(budget.spent() == 0U);
}

BOOST_AUTO_TEST_CASE(one_charge_of_everything_does_not_overflow)
{
    Budget budget{1000, Budget::Clock::time_point::max()};
    BOOST_TEST(budget.spend(500));
    BOOST_TEST(!budget.spend(Budget::unlimited));
}

BOOST_AUTO_TEST_CASE(time_ends_it_within_the_work_between_two_looks)
{
    Budget budget{Budget::unlimited, Budget::Clock::now() - 1s};
    BOOST_TEST(!budget.spend(1));
    BOOST_TEST(budget.error().detail.find("longer") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_flag_from_outside_ends_it_at_the_next_look)
{
    std::atomic<bool> gone{false};
    Budget budget{Budget::unlimited, Budget::Clock::time_point::max(), &gone};
    BOOST_TEST(budget.spend(1));
    gone = true;
    bool granted = true;
    for (std::uint64_t i = 0; granted && i <= Budget::look_every; ++i)
        granted = budget.spend(1);
    BOOST_TEST(!granted);
    BOOST_TEST((budget.error().code == ErrorCode::unavailable));
}

BOOST_AUTO_TEST_SUITE_END()
