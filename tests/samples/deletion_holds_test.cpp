// Who notes that deletions are held, and who waits for that.
#include "samples/server/deletion_holds.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <future>
#include <semaphore>
#include <set>
#include <string>

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(deletion_holds)

BOOST_AUTO_TEST_CASE(what_is_told_has_been_noted_when_that_is_quick)
{
    server::HoldListener listener;
    listener.tell("nobody listens");
    std::set<std::string> noted;
    listener.set([&](std::string const& tenant) { noted.insert(tenant); });
    listener.tell("a");
    listener.tell("b");
    listener.set({}); // from here on nobody changes `noted`
    listener.tell("c");
    BOOST_TEST((noted == std::set<std::string>{"a", "b"}));
}

BOOST_AUTO_TEST_CASE(a_note_that_takes_long_holds_up_nobody_for_long_and_is_made_all_the_same)
{
    std::counting_semaphore<> entered{0};
    std::counting_semaphore<> gate{0};
    std::set<std::string> noted;
    server::HoldListener listener;
    listener.set(
        [&](std::string const& tenant)
        {
            entered.release();
            gate.acquire();
            noted.insert(tenant);
        });
    auto first = std::async(std::launch::async, [&] { listener.tell("a"); });
    entered.acquire();
    auto second = std::async(std::launch::async, [&] { listener.tell("b"); });
    first.get(); // though nothing has been noted
    second.get();
    gate.release(2);
    entered.acquire();
    listener.set({});
    BOOST_TEST((noted == std::set<std::string>{"a", "b"}));
}

BOOST_AUTO_TEST_SUITE_END()
