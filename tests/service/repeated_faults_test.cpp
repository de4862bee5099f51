// A store that is away fills no log.
#include "service/repeated_faults.hpp"

#include <boost/test/unit_test.hpp>

using scimkit::service::RepeatedFaults;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(repeated_faults)

BOOST_AUTO_TEST_CASE(the_same_words_are_told_once_in_a_while_with_how_many_there_were)
{
    RepeatedFaults faults;
    RepeatedFaults::Clock::time_point const begin{};
    BOOST_TEST(faults.tell("the disk is gone", begin).value() == 0U);
    for (int i = 0; i < 1000; ++i)
        BOOST_TEST(!faults.tell("the disk is gone", begin + 1s));
    BOOST_TEST(faults.tell("the network is gone", begin + 1s).value() == 0U);
    BOOST_TEST(!faults.tell("the disk is gone", begin + RepeatedFaults::rest - 1ms));
    BOOST_TEST(faults.tell("the disk is gone", begin + RepeatedFaults::rest).value() == 1001U);
    BOOST_TEST(!faults.tell("the disk is gone", begin + RepeatedFaults::rest + 1s));
    BOOST_TEST(faults.tell("the disk is gone", begin + 3 * RepeatedFaults::rest).value() == 1U);
}

BOOST_AUTO_TEST_CASE(ever_new_words_take_no_memory)
{
    RepeatedFaults faults;
    for (std::size_t i = 0; i < 10 * RepeatedFaults::most_words; ++i)
        BOOST_TEST(faults.tell(std::to_string(i), {}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
