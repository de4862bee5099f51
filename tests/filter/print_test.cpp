// Printing: the canonical text, and the law that it reads back as the same tree.

#include <scimkit/filter/bind.hpp>

#include "random_filter.hpp"
#include "registry.hpp"
#include "support/seed.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(filter_print)

namespace
{

using namespace scimkit;

std::string canonical(std::string_view text, FilterSyntax const& syntax = filter_test::tolerant)
{
    auto const filter = parse_filter(text, syntax);
    return filter ? to_string(*filter) : filter.error().detail;
}

std::string bound_text(std::string_view text, BindOptions const& options = {})
{
    auto const filter = parse_filter(text);
    auto const bound = filter ? bind(*filter, filter_test::type("Probe"), options) : filter.error();
    return bound ? to_string(*bound) : bound.error().detail;
}

} // namespace

BOOST_AUTO_TEST_CASE(every_filter_reads_back_as_itself)
{
    filter_test::RandomFilter random{scimkit::test::process_seed() + 1};
    for (int i = 0; i < 5'000; ++i)
    {
        Filter const filter = random.filter();
        std::string const text = to_string(filter);
        auto const again = parse_filter(text, {.max_bytes = text.size()});
        BOOST_TEST_REQUIRE(again.has_value(), text << "\n" << again.error().detail);
        BOOST_TEST_REQUIRE((*again == filter), text << "\nread as\n" << to_string(*again));
    }
}

BOOST_AUTO_TEST_CASE(every_path_reads_back_as_itself)
{
    filter_test::RandomFilter random{scimkit::test::process_seed() + 2};
    for (int i = 0; i < 3'000; ++i)
    {
        Path const path = random.path();
        std::string const text = to_string(path);
        auto const again = parse_path(text);
        BOOST_TEST_REQUIRE(again.has_value(), text << "\n" << again.error().detail);
        BOOST_TEST_REQUIRE((*again == path), text << "\nread as\n" << to_string(*again));
    }
}

BOOST_AUTO_TEST_CASE(both_modes_read_canonical_text_alike)
{
    filter_test::RandomFilter random{scimkit::test::process_seed() + 3};
    for (int i = 0; i < 1'000; ++i)
    {
        Filter const filter = random.filter();
        BOOST_TEST_REQUIRE((*parse_filter(to_string(filter), filter_test::tolerant) == filter));
    }
}

BOOST_AUTO_TEST_CASE(blanks_case_and_needless_groups_are_made_canonical)
{
    BOOST_TEST(canonical("  ( ( a   PR ) )  AND NOT( b Eq\"\\u0041\" )") == "a pr and not (b eq \"A\")");
    BOOST_TEST(canonical("(a pr and b pr) or (c pr)") == "a pr and b pr or c pr");
    BOOST_TEST(canonical("a pr and (b pr or c pr)") == "a pr and (b pr or c pr)");
    BOOST_TEST(canonical("a pr or (b pr or c pr)") == "a pr or (b pr or c pr)");
    BOOST_TEST(canonical("x eq 1E+3") == "x eq 1E+3");
}

BOOST_AUTO_TEST_CASE(a_bound_filter_prints_in_schema_spelling)
{
    BOOST_TEST(bound_text("TEXT Eq \"a\" And (FLAG eq true or COUNT gt 5)") ==
               "text eq \"a\" and (flag eq true or count gt 5)");
    BOOST_TEST(bound_text("urn:example:params:scim:schemas:core:2.0:probe:TEXT pr") == "text pr");
    BOOST_TEST(bound_text("URN:example:params:scim:schemas:extension:2.0:probe:BOSS.VALUE eq \"1\"") ==
               "urn:example:params:scim:schemas:extension:2.0:Probe:boss.value eq \"1\"");
    BOOST_TEST(bound_text("PARTS[TYPE eq \"x\" and not (WEIGHT ge 1.50)]") ==
               "parts[type eq \"x\" and not (weight ge 1.5)]");
    BOOST_TEST(bound_text("tags[VALUE sw \"x\"]") == "tags[value sw \"x\"]");
    BOOST_TEST(bound_text("when gt \"2020-01-01T02:00:00+02:00\"") == "when gt \"2020-01-01T00:00:00.000Z\"");
    BOOST_TEST(bound_text("text eq null") == "text eq null");
    BOOST_TEST(bound_text("part eq null") == "not (part pr)");
}

BOOST_AUTO_TEST_CASE(bound_numbers_print_as_they_are)
{
    BOOST_TEST(bound_text("count eq 9007199254740993") == "count eq 9007199254740993");
    BOOST_TEST(bound_text("count eq 18446744073709551615") == "count eq 18446744073709551615");
    BOOST_TEST(bound_text("ratio lt -1e400") == "ratio lt -1e400");
    BOOST_TEST(bound_text("ratio lt 1e400") == "ratio lt 1e400");
    BOOST_TEST(bound_text("ratio eq 0.1") == "ratio eq 0.1");
}

BOOST_AUTO_TEST_CASE(a_constant_prints_as_a_filter_of_the_same_meaning)
{
    BindOptions const root{.unknown_has_no_value = true};
    BOOST_TEST(bound_text("nosuch ne 1", root) == "id pr");
    BOOST_TEST(bound_text("nosuch eq 1", root) == "not (id pr)");
}

BOOST_AUTO_TEST_CASE(a_bound_filter_reads_back_as_itself)
{
    for (std::string_view const text :
         {"text eq \"a\" and exact ne \"B\" or not (flag eq true)", "parts[type eq \"x\" or value pr] and count le -5",
          "tags[value co \"q\"]", "urn:example:params:scim:schemas:extension:2.0:Probe:badge ew \"7\"",
          "meta.lastModified ge \"2020-02-29T23:59:59.123456Z\"", "ratio gt 1e+30", "nosuch pr"})
    {
        BindOptions const root{.unknown_has_no_value = true};
        std::string const once = bound_text(text, root);
        BOOST_TEST(bound_text(once, root) == once);
    }
}

BOOST_AUTO_TEST_SUITE_END()
