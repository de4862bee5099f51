// What the evaluation of a filter costs, and that a budget ends it.
#include <scimkit/core/budget.hpp>
#include <scimkit/core/text.hpp>
#include <scimkit/filter/evaluate.hpp>

#include "probe.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

BOOST_AUTO_TEST_SUITE(filter_budget)

namespace
{

using namespace scimkit;
using filter_test::Probe;
using filter_test::type;

BoundFilter bound(std::string_view filter)
{
    return bind(parse_filter(filter, {.max_bytes = 1 << 20}).value(), type("Probe")).value();
}

Probe with_text(std::string_view text)
{
    Probe probe;
    probe.attributes["text"] = text;
    return probe;
}

std::uint64_t cost(Probe const& probe, std::string_view filter)
{
    Budget budget;
    (void)matches(bound(filter), probe.view(), &budget);
    return budget.spent();
}

std::string repeated(std::string_view part, std::size_t times)
{
    std::string text;
    for (std::size_t i = 0; i < times; ++i)
        text += part;
    return text;
}

/// The test with as many different literals.
std::string any_of(std::string_view test, std::size_t terms)
{
    std::string filter{test};
    for (std::size_t i = 1; i < terms; ++i)
    {
        filter.append(" or ").append(test);
        filter.insert(filter.rfind('"'), std::to_string(i));
    }
    return filter;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_value_is_normalised_once_however_many_terms_test_it)
{
    std::size_t const letters = 1000;
    Probe const probe = with_text(repeated("é", letters));
    std::uint64_t const normalised = Budget::fold * 2 * letters;
    for (std::string_view const test :
         {"text co \"q\"", "text eq \"q\"", "text sw \"q\"", "text ew \"q\"", "text lt \"q\"", "text gt \"ê\""})
    {
        std::uint64_t const one = cost(probe, test);
        BOOST_TEST(one >= normalised);
        // What each further term costs are the bytes that it compares.
        BOOST_TEST(cost(probe, any_of(test, 50)) < one + 50 * (5 * letters));
    }
}

BOOST_AUTO_TEST_CASE(a_value_is_normalised_once_within_brackets_too)
{
    std::size_t const letters = 1000;
    Probe probe;
    probe.attributes["parts"] = json::array{json::object{{"type", repeated("é", letters)}}};
    std::uint64_t const one = cost(probe, "parts[type co \"q\"]");
    BOOST_TEST(cost(probe, "parts[" + any_of("type co \"q\"", 50) + "]") < one + 50 * (5 * letters));
}

BOOST_AUTO_TEST_CASE(each_term_costs_the_bytes_that_it_looks_at)
{
    Probe const probe = with_text(repeated("a", 10'000));
    for (std::string_view const test : {"text co \"b\"", "text sw \"b\"", "text eq \"b\"", "text gt \"b\""})
    {
        std::uint64_t const one = cost(probe, test);
        BOOST_TEST(one >= 10'000U);
        BOOST_TEST(one < 11'000U);
        BOOST_TEST(cost(probe, any_of(test, 10)) >= 10 * 10'000U);
    }
}

BOOST_AUTO_TEST_CASE(what_is_said_twice_is_tested_once)
{
    Probe const probe = with_text(repeated("a", 1000));
    std::uint64_t const different = cost(probe, "text co \"b\" or text co \"c\"");
    BOOST_TEST(cost(probe, "text co \"b\" or text co \"c\" or text co \"b\" or (TEXT co \"c\" or text co \"b\")") ==
               different);
    BOOST_TEST(cost(probe, "not (text co \"b\" or text co \"b\") and not (text co \"b\")") ==
               cost(probe, "not (text co \"b\")"));
}

BOOST_AUTO_TEST_CASE(elements_cost_even_if_nothing_in_them_is_compared)
{
    Probe probe;
    json::array parts;
    for (int i = 0; i < 1000; ++i)
        parts.emplace_back(json::object{{"weight", i}});
    probe.attributes["parts"] = parts;
    for (std::string_view const filter :
         {"parts.weight eq -1", "parts[weight eq -1]", "parts.type pr", "parts[type pr]", "parts.weight ne 0"})
        BOOST_TEST(cost(probe, filter) >= (filter.ends_with("ne 0") ? 16U : 16'000U), filter);
}

BOOST_AUTO_TEST_CASE(an_exhausted_budget_ends_the_evaluation)
{
    Probe probe = with_text(repeated("é", 1000));
    json::array tags;
    for (int i = 0; i < 1000; ++i)
        tags.emplace_back(repeated("é", 100));
    probe.attributes["tags"] = tags;
    for (std::string_view const test :
         {"text co \"q\"", "tags eq \"q\"", "not (tags eq \"q\")", "tags ne \"q\" and tags co \"z\"", "tags gt \"ö\""})
    {
        Budget budget{10'000, Budget::Clock::time_point::max()};
        (void)matches(bound(any_of(test, 500)), probe.view(), &budget);
        BOOST_TEST(budget.exhausted(), test);
        BOOST_TEST(budget.spent() <= 10'000U);
        BOOST_TEST(budget.error().detail.find("max_work is 10000") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(a_budget_that_suffices_changes_no_answer)
{
    Probe const probe = with_text("Ada Lovelace");
    for (std::string_view const filter : {"text co \"LOVE\"", "text eq \"ada\"", "not (text sw \"ada\")"})
    {
        Budget budget;
        BOOST_TEST(matches(bound(filter), probe.view(), &budget) == matches(bound(filter), probe.view()));
        BOOST_TEST(!budget.exhausted());
    }
}

BOOST_AUTO_TEST_CASE(a_part_is_found_wherever_it_stands)
{
    // Few letters, so that nearly everything begins alike and the search has to change its ways.
    std::mt19937 random{7644};
    std::uniform_int_distribution<std::size_t> text_size{0, 600};
    std::uniform_int_distribution<std::size_t> part_size{1, 40};
    std::uniform_int_distribution<int> letter{0, 99};
    auto const draw = [&](std::size_t size)
    {
        std::string text(size, 'a');
        for (char& c : text)
            if (letter(random) < 4)
                c = 'B';
        return text;
    };
    int found = 0;
    for (int i = 0; i < 3000; ++i)
    {
        std::string const text = draw(text_size(random));
        std::string const part = draw(part_size(random));
        bool const expected = text.find(part) != std::string::npos;
        found += expected ? 1 : 0;
        Probe probe = with_text(text);
        probe.attributes["exact"] = text;
        BOOST_TEST(probe.matches("text co \"" + to_ascii_lower(part) + "\"") == expected);
        BOOST_TEST(probe.matches("exact co \"" + part + "\"") == expected);
        Probe const beyond_ascii = with_text("é" + text);
        BOOST_TEST(beyond_ascii.matches("text co \"" + part + "\"") == expected);
    }
    BOOST_TEST(found > 300);
    BOOST_TEST(found < 2700);
}

BOOST_AUTO_TEST_CASE(values_that_are_made_for_a_test_are_not_mistaken_for_one_another)
{
    // `meta` is made anew for each path in brackets, perhaps where the one before it was.
    Probe probe;
    probe.location = "https://example.com/é" + repeated("é", 200);
    probe.version = 7;
    std::string const long_part = repeated("é", 100);
    BOOST_TEST(probe.matches("meta[location co \"" + long_part + "\"] and not (meta[version co \"" + long_part +
                             "\"]) and meta[location co \"EXAMPLE\" or location co \"example\"]"));
}

BOOST_AUTO_TEST_CASE(what_a_resource_is_sorted_by_is_charged)
{
    AttributeRef const text = *type("Probe").resolve(parse_attribute_path("text").value());
    Budget budget;
    (void)sort_value(text, with_text(repeated("é", 100)).view(), &budget);
    BOOST_TEST(budget.spent() >= Budget::fold * 200);
    Budget little{100, Budget::Clock::time_point::max()};
    BOOST_TEST(!sort_value(text, with_text(repeated("é", 100)).view(), &little).has_value());
    BOOST_TEST(little.exhausted());
}

BOOST_AUTO_TEST_SUITE_END()
