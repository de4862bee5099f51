// Ids are given once and never again (RFC 7643 section 3.1), also by many threads at once; they begin with the time,
// so whoever sorts by id has new resources last (RFC 9562 section 5.7).
#include <scimkit/core/environment.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>
#include <thread>
#include <vector>

using namespace scimkit;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(environment)

BOOST_AUTO_TEST_CASE(an_id_is_a_uuid_of_version_7_in_lower_case, *label("7643-3.1-i"))
{
    auto const id = system_environment()->new_id();
    BOOST_REQUIRE(id.size() == 36u);
    for (std::size_t i = 0; i < id.size(); ++i)
        if (i == 8 || i == 13 || i == 18 || i == 23)
            BOOST_TEST(id[i] == '-');
        else
            BOOST_TEST(std::string_view{"0123456789abcdef"}.find(id[i]) != std::string_view::npos);
    BOOST_TEST(id[14] == '7');
    BOOST_TEST(std::string_view{"89ab"}.find(id[19]) != std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(an_id_begins_with_the_time_in_milliseconds)
{
    using namespace std::chrono;
    auto const ms_now = [] { return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count(); };
    auto const before = ms_now();
    auto id = system_environment()->new_id();
    auto const after = ms_now();
    std::erase(id, '-');
    auto const ms = std::stoll(id.substr(0, 12), nullptr, 16);
    // Many ids at once may have run ahead of the clock, but never by much.
    BOOST_TEST(ms >= before);
    BOOST_TEST(ms <= after + 1000);
}

BOOST_AUTO_TEST_CASE(ids_increase)
{
    auto const environment = system_environment();
    auto last = environment->new_id();
    for (int i = 0; i < 20'000; ++i)
    {
        auto next = environment->new_id();
        BOOST_REQUIRE(last < next);
        last = std::move(next);
    }
}

BOOST_AUTO_TEST_CASE(ids_of_many_threads_are_distinct_and_increase_in_each, *label("7643-3.1-f"))
{
    constexpr std::size_t threads = 8;
    constexpr std::size_t ids_per_thread = 5'000;
    std::vector<std::vector<std::string>> ids(threads);
    {
        std::vector<std::jthread> running;
        for (auto& own : ids)
            running.emplace_back(
                [&own]
                {
                    auto const environment = system_environment();
                    for (std::size_t i = 0; i < ids_per_thread; ++i)
                        own.push_back(environment->new_id());
                });
    }
    std::set<std::string> prefixes; // time and sequence alone tell ids apart; randomness only hides the rest
    for (auto const& own : ids)
    {
        BOOST_TEST(std::is_sorted(own.begin(), own.end()));
        for (auto const& id : own)
            prefixes.insert(id.substr(0, 18));
    }
    BOOST_TEST(prefixes.size() == threads * ids_per_thread);
}

BOOST_AUTO_TEST_CASE(the_random_part_differs_from_id_to_id)
{
    std::set<std::string> parts;
    for (int i = 0; i < 1'000; ++i)
        parts.insert(system_environment()->new_id().substr(19));
    BOOST_TEST(parts.size() == 1'000u);
}

BOOST_AUTO_TEST_CASE(now_is_the_system_clock)
{
    auto const before = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    auto const now = system_environment()->now();
    BOOST_CHECK(before <= now);
    BOOST_CHECK(now <= std::chrono::system_clock::now());
}

BOOST_AUTO_TEST_SUITE_END()
