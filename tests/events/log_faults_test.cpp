// A log that fails with a part of an answer given: the part is nobody's, and all of it comes with the next look.
#include <scimkit/store/fault_injection.hpp>

#include "events_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(log_faults)

BOOST_AUTO_TEST_CASE(a_reader_hands_over_whole_batches_wherever_the_log_fails)
{
    constexpr std::uint64_t most_places = 12; // beyond those of a first look
    std::size_t told = 0;
    for (std::uint64_t place = 1; place <= most_places; ++place)
    {
        auto const faulty = std::make_shared<FaultInjectingStore>(default_store()());
        EventsFixture events{faulty};
        std::vector<std::string> batch;
        for (int i = 0; i < 4; ++i)
            batch.push_back("a:created " + events.scim.create("/Users", user("user" + std::to_string(i))));
        faulty->fail_at(place);
        {
            auto const reader = events.start();
            BOOST_TEST(events.noted.wait_for(batch.size()));
        }
        told += events.failures.all().size();
        // What was handed over and could not be acknowledged comes again, from its beginning.
        auto const all = events.noted.all();
        BOOST_TEST(all.size() % batch.size() == 0U, place);
        for (std::size_t i = 0; i < all.size(); ++i)
            BOOST_TEST(all[i] == batch[i % batch.size()], place);
    }
    BOOST_TEST(told > 2U);
}

BOOST_AUTO_TEST_SUITE_END()
