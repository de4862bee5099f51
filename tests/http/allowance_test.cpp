// What all connections together may hold, and that one client cannot have all of it.
#include "http/allowance.hpp"

#include <boost/test/unit_test.hpp>

using scimkit::http::Allowance;

BOOST_AUTO_TEST_SUITE(allowance)

BOOST_AUTO_TEST_CASE(one_share_alone_may_be_all_of_it)
{
    Allowance all{100};
    Allowance::Share share{all};
    BOOST_TEST(share.grow_to(100, 1));
    BOOST_TEST(!share.grow_to(101, 1));
    Allowance::Share late{all};
    BOOST_TEST(!late.grow_to(1, 2));
    share.give_back();
    BOOST_TEST(late.grow_to(100, 2));
}

BOOST_AUTO_TEST_CASE(several_shares_of_one_client_leave_a_quarter_to_others)
{
    Allowance all{100};
    Allowance::Share first{all};
    Allowance::Share second{all};
    Allowance::Share other{all};
    BOOST_TEST(first.grow_to(50, 1));
    BOOST_TEST(!second.grow_to(26, 1));
    BOOST_TEST(second.grow_to(25, 1));
    BOOST_TEST(!first.grow_to(51, 1));
    BOOST_TEST(other.grow_to(25, 2));
    BOOST_TEST(!other.grow_to(26, 2));
    first.give_back();
    BOOST_TEST(second.grow_to(75, 1)); // its only one now
}

BOOST_AUTO_TEST_CASE(what_cannot_be_refused_counts_all_the_same)
{
    Allowance all{100};
    Allowance::Share written{all};
    written.hold(150, 1);
    BOOST_TEST(all.is_scarce());
    Allowance::Share other{all};
    BOOST_TEST(!other.grow_to(1, 2));
    written.give_back();
    BOOST_TEST(!all.is_scarce());
    BOOST_TEST(other.grow_to(1, 2));
}

BOOST_AUTO_TEST_CASE(a_share_stays_that_of_the_client_who_took_it_first)
{
    Allowance all{100};
    {
        Allowance::Share share{all};
        BOOST_TEST(share.grow_to(40, 1));
        BOOST_TEST(share.grow_to(60, 2));
        Allowance::Share second{all};
        BOOST_TEST(!second.grow_to(20, 1));
        BOOST_TEST(second.grow_to(20, 2));
    }
    Allowance::Share share{all};
    BOOST_TEST(share.grow_to(100, 1));
}

BOOST_AUTO_TEST_SUITE_END()
