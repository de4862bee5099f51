// Who waits for a lock gets it or goes, at a moment that may be over or never come.
#include "core/timed_lock.hpp"

#include <boost/test/unit_test.hpp>

#include <future>

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(core_timed_lock)

namespace
{

using Clock = std::chrono::steady_clock;

bool is_had_elsewhere(std::timed_mutex& mutex, Clock::time_point until)
{
    auto const locks = [&]
    {
        std::unique_lock lock{mutex, std::defer_lock};
        return scimkit::detail::lock_until(lock, until) && lock.owns_lock();
    };
    return std::async(std::launch::async, locks).get();
}

} // namespace

BOOST_AUTO_TEST_CASE(what_nobody_has_is_had_whenever_that_has_to_be)
{
    std::timed_mutex mutex;
    for (auto const until : {Clock::time_point{}, Clock::now() + 1s, Clock::time_point::max()})
        BOOST_TEST(is_had_elsewhere(mutex, until));
}

BOOST_AUTO_TEST_CASE(who_waits_in_vain_goes_when_the_time_is_over)
{
    std::timed_mutex mutex;
    std::scoped_lock const held{mutex};
    BOOST_TEST(!is_had_elsewhere(mutex, Clock::time_point{}));
    auto const begun = Clock::now();
    BOOST_TEST(!is_had_elsewhere(mutex, begun + 20ms));
    BOOST_TEST((Clock::now() - begun >= 10ms));
}

BOOST_AUTO_TEST_CASE(who_waits_without_an_end_gets_it_when_it_is_free)
{
    std::timed_mutex mutex;
    std::unique_lock held{mutex};
    auto waiting = std::async(std::launch::async, [&] { return is_had_elsewhere(mutex, Clock::time_point::max()); });
    held.unlock();
    BOOST_TEST(waiting.get());
}

BOOST_AUTO_TEST_SUITE_END()
