// The order of resources (RFC 7644 section 3.4.2.3).

#include <scimkit/filter/evaluate.hpp>

#include "probe.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <limits>
#include <vector>

BOOST_AUTO_TEST_SUITE(filter_sort)

namespace
{

using namespace scimkit;
using boost::unit_test::label;
using filter_test::Probe;
using filter_test::probe;

SortValue value_of(Probe const& resource, std::string_view sort_by)
{
    auto const attribute = filter_test::type("Probe").resolve(parse_attribute_path(sort_by).value());
    return sort_value(attribute.value(), resource.view());
}

int order(std::string_view sort_by, std::string_view a, std::string_view b)
{
    return compare_sort_values(value_of(probe(a), sort_by), value_of(probe(b), sort_by));
}

Attribute const& attribute(std::string_view name) { return *filter_test::type("Probe").schema().find_attribute(name); }

} // namespace

BOOST_AUTO_TEST_CASE(each_type_sorts_in_its_own_way, *label("7644-3.4.2.3-h"))
{
    BOOST_TEST(order("text", R"({"text": "a"})", R"({"text": "b"})") < 0);
    BOOST_TEST(order("count", R"({"count": 9})", R"({"count": 10})") < 0);
    BOOST_TEST(order("ratio", R"({"ratio": 2})", R"({"ratio": 1.5})") > 0);
    BOOST_TEST(order("flag", R"({"flag": false})", R"({"flag": true})") < 0);
    BOOST_TEST(order("when", R"({"when": "2020-01-01T00:00:00Z"})", R"({"when": "2020-01-01T00:30:00+01:00"})") > 0);
    BOOST_TEST(order("link", R"({"link": "a"})", R"({"link": "b"})") < 0);
    BOOST_TEST(order("blob", R"({"blob": "TQ=="})", R"({"blob": "TQ=="})") == 0);
}

BOOST_AUTO_TEST_CASE(text_sorts_by_its_case_rule, *label("7644-3.4.2.3-i"))
{
    BOOST_TEST(order("text", R"({"text": "Ada"})", R"({"text": "bob"})") < 0);
    BOOST_TEST(order("text", R"({"text": "bob"})", R"({"text": "Cyd"})") < 0);
    BOOST_TEST(order("text", R"({"text": "ADA"})", R"({"text": "ada"})") == 0);
    BOOST_TEST(order("exact", R"({"exact": "a"})", R"({"exact": "B"})") > 0);
    BOOST_TEST(order("text", R"({"text": "z"})", R"({"text": "é"})") < 0); // by code point, without a locale
}

BOOST_AUTO_TEST_CASE(no_value_sorts_last_for_every_type, *label("7644-3.4.2.3-g"))
{
    BOOST_TEST(order("text", "{}", R"({"text": "zz"})") > 0);
    BOOST_TEST(order("count", R"({"count": 5})", "{}") < 0);
    BOOST_TEST(order("flag", "{}", R"({"flag": true})") > 0);
    BOOST_TEST(order("when", R"({"when": null})", R"({"when": "9999-01-01T00:00:00Z"})") > 0);
    BOOST_TEST(order("tags", R"({"tags": []})", R"({"tags": ["z"]})") > 0);
    BOOST_TEST(order("parts.type", "{}", R"({"parts": []})") == 0);
    BOOST_TEST(compare_sort_values(BoundLiteral{nullptr}, BoundLiteral{false}) > 0);
    BOOST_TEST(compare_sort_values(std::nullopt, BoundLiteral{nullptr}) == 0);
}

BOOST_AUTO_TEST_CASE(the_primary_value_decides_else_the_first, *label("7644-3.4.2.3-e"))
{
    Probe const with_primary = probe(R"({"parts": [{"type": "b"}, {"type": "a", "primary": true}]})");
    Probe const without = probe(R"({"parts": [{"type": "b"}, {"type": "a"}], "tags": ["q", "p"], "marks": [7, 1]})");
    BOOST_TEST((std::get<StringKey>(*value_of(with_primary, "parts.type")).key == "a"));
    BOOST_TEST((std::get<StringKey>(*value_of(without, "parts.type")).key == "b"));
    BOOST_TEST((std::get<StringKey>(*value_of(without, "tags")).key == "q"));
    BOOST_TEST((value_of(without, "marks") == SortValue{BoundLiteral{Number{std::int64_t{7}}}}));
}

BOOST_AUTO_TEST_CASE(a_complex_attribute_sorts_by_a_sub_attribute, *label("7644-3.4.2.3-f"))
{
    Probe const resource = probe(R"({"part": {"type": "t", "value": "v"}})");
    BOOST_TEST((std::get<StringKey>(*value_of(resource, "part.type")).text == "t"));
    BOOST_TEST((std::get<StringKey>(*value_of(resource, "part")).text == "v"));
    BOOST_TEST(!value_of(resource, "meta").has_value());
}

BOOST_AUTO_TEST_CASE(names_sort_as_they_filter, *label("7644-3.4.2.3-k"))
{
    Probe const resource =
        probe(R"({"text": "t", "urn:example:params:scim:schemas:extension:2.0:Probe": {"badge": "7"}})");
    BOOST_TEST(
        (std::get<StringKey>(*value_of(resource, "URN:example:params:scim:schemas:core:2.0:probe:TEXT")).text == "t"));
    BOOST_TEST(
        (std::get<StringKey>(*value_of(resource, "urn:example:params:scim:schemas:extension:2.0:Probe:BADGE")).text ==
         "7"));
}

BOOST_AUTO_TEST_CASE(computed_attributes_sort)
{
    Probe const resource;
    BOOST_TEST((std::get<StringKey>(*value_of(resource, "id")).key == "Probe-1"));
    BOOST_TEST((value_of(resource, "meta.created") == SortValue{BoundLiteral{resource.created}}));
    BOOST_TEST((value_of(resource, "meta.lastModified") == SortValue{BoundLiteral{resource.last_modified}}));
    BOOST_TEST((std::get<StringKey>(*value_of(resource, "meta.version")).text == "W/\"5\""));
    BOOST_TEST((std::get<StringKey>(*value_of(resource, "schemas")).text == filter_test::probe_schema));
    Probe const bare{.version = 0};
    BOOST_TEST(!value_of(bare, "meta.version").has_value());
}

BOOST_AUTO_TEST_CASE(sorting_is_a_strict_order)
{
    std::vector<SortValue> values{std::nullopt,
                                  BoundLiteral{nullptr},
                                  BoundLiteral{true},
                                  BoundLiteral{false},
                                  BoundLiteral{Number{1.5}},
                                  BoundLiteral{Number{std::int64_t{1}}},
                                  BoundLiteral{Instant{}},
                                  BoundLiteral{StringKey{"B", "b"}},
                                  BoundLiteral{StringKey{"a", "a"}}};
    for (SortValue const& a : values)
    {
        for (SortValue const& b : values)
        {
            int const forward = compare_sort_values(a, b);
            int const backward = compare_sort_values(b, a);
            BOOST_TEST(((forward > 0) - (forward < 0)) == ((backward < 0) - (backward > 0)));
            for (SortValue const& c : values)
            {
                bool const transitive =
                    !(forward < 0 && compare_sort_values(b, c) < 0) || compare_sort_values(a, c) < 0;
                BOOST_TEST(transitive);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_stored_value_is_read_as_its_type)
{
    BOOST_TEST((to_literal(attribute("text"), "Ab") == BoundLiteral{StringKey{"Ab", "ab"}}));
    BOOST_TEST((to_literal(attribute("exact"), "Ab") == BoundLiteral{StringKey{"Ab", "Ab"}}));
    BOOST_TEST((to_literal(attribute("flag"), true) == BoundLiteral{true}));
    BOOST_TEST((to_literal(attribute("count"), 5) == BoundLiteral{Number{std::int64_t{5}}}));
    BOOST_TEST((to_literal(attribute("count"), 5.0) == BoundLiteral{Number{std::int64_t{5}}}));
    BOOST_TEST((to_literal(attribute("count"), std::numeric_limits<std::uint64_t>::max()) ==
                BoundLiteral{Number{std::numeric_limits<std::uint64_t>::max()}}));
    BOOST_TEST((to_literal(attribute("count"), 1e30) == BoundLiteral{Number{1e30}}));
    BOOST_TEST((to_literal(attribute("ratio"), 1.5) == BoundLiteral{Number{1.5}}));
    BOOST_TEST((to_literal(attribute("when"), "1970-01-01T00:00:00Z") == BoundLiteral{Instant{}}));
    BOOST_TEST((to_literal(attribute("blob"), "TQ==") == BoundLiteral{StringKey{"TQ==", "TQ=="}}));
}

BOOST_AUTO_TEST_CASE(a_stored_value_of_another_type_is_nothing)
{
    BOOST_TEST(!to_literal(attribute("text"), 5));
    BOOST_TEST(!to_literal(attribute("text"), nullptr));
    BOOST_TEST(!to_literal(attribute("flag"), "true"));
    BOOST_TEST(!to_literal(attribute("count"), 1.5));
    BOOST_TEST(!to_literal(attribute("count"), "5"));
    BOOST_TEST(!to_literal(attribute("when"), "soon"));
    BOOST_TEST(!to_literal(attribute("when"), 5));
    BOOST_TEST(!to_literal(attribute("part"), json::object{}));
}

BOOST_AUTO_TEST_SUITE_END()
