// A case of the conformance kit that ends early: what it has found counts, and what goes on beside it does not.
#include "store/conformance/check.hpp"

#include <boost/test/unit_test.hpp>

namespace scimkit::conformance
{
namespace
{

void skip(Check& check) { BOOST_CHECK_THROW(check.skip("the profile lacks it"), Stop); }

BOOST_AUTO_TEST_SUITE(conformance_check)

BOOST_AUTO_TEST_CASE(what_a_case_has_found_before_it_comes_to_what_does_not_apply_counts)
{
    Check check;
    check.expect(false, "a cursor is wrong");
    skip(check);
    auto const report = check.take();
    BOOST_TEST(!report.passed());
    BOOST_TEST(report.skipped == "");
}

BOOST_AUTO_TEST_CASE(what_a_thread_finds_after_the_case_was_skipped_does_not_count)
{
    Check check;
    skip(check);
    check.fail("it went on without the others");
    auto const report = check.take();
    BOOST_TEST(report.passed());
    BOOST_TEST(report.skipped == "the profile lacks it");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit::conformance
