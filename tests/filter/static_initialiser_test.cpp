// Applications keep parsed filters and paths in objects of static duration. What runs before main() must find a parser
// that is ready, whichever file's initialisers come first.
#include <scimkit/filter/filter.hpp>

#include <boost/test/unit_test.hpp>

using namespace scimkit;

BOOST_AUTO_TEST_SUITE(static_initialiser)

namespace
{

// The linker puts the objects of an executable before those of the libraries it uses, and so are they initialised.
auto const early_filter =
    parse_filter(R"(emails[type eq "work" and not (value co "x")] or display pr or a.b GE -1.5e+3)", {});
auto const early_path = parse_path("emails[type EQ \"work\"].value", {});
auto const early_fault = parse_filter("userName eq", {});

} // namespace

BOOST_AUTO_TEST_CASE(a_filter_or_path_may_be_parsed_before_main)
{
    auto const filter =
        parse_filter(R"(emails[type eq "work" and not (value co "x")] or display pr or a.b GE -1.5e+3)", {});
    auto const path = parse_path("emails[type EQ \"work\"].value", {});
    auto const fault = parse_filter("userName eq", {});
    BOOST_REQUIRE(early_filter);
    BOOST_REQUIRE(early_path);
    BOOST_REQUIRE(!early_fault);
    BOOST_TEST((*early_filter == *filter));
    BOOST_TEST((*early_path == *path));
    BOOST_TEST(early_fault.error().detail == fault.error().detail);
}

BOOST_AUTO_TEST_SUITE_END()
