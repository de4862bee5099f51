// Which element of a list a client means (RFC 7644 section 3.5.2.1). Long lists are searched by a table and short
// ones one by one; finds answers that differ by length, and work that grows with the square of it.
#include "resource/elements.hpp"
#include "resource/support.hpp"

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(elements)

namespace
{

Attribute const& attribute(ResourceType const& type, std::string_view name) { return *ref(type, name).attribute; }

json::array array(std::string_view text) { return parse(text).as_array(); }

} // namespace

BOOST_AUTO_TEST_CASE(an_element_is_there_when_all_that_is_given_of_it_is, *label("7644-3.5.2.1-l"))
{
    auto const stored = array(R"([{"value":"a","type":"work"},{"value":"B","display":"x"}])");
    ElementIndex index{attribute(user(), "emails"), ElementMatch::given};
    BOOST_TEST(index.find(stored, parse(R"({"value":"a"})")).value() == 0U);
    BOOST_TEST(index.find(stored, parse(R"({"value":"b","display":"X"})")).value() == 1U);
    BOOST_TEST(index.find(stored, parse(R"({"value":"a","type":"work","primary":true})")).value() == 0U);
    BOOST_TEST(!index.find(stored, parse(R"({"value":"a","type":"home"})")));
    BOOST_TEST(!index.find(stored, parse(R"({"value":"b","type":"work"})")));
    BOOST_TEST(!index.find(stored, parse(R"({"primary":true})")), "it names nothing");
}

BOOST_AUTO_TEST_CASE(value_alone_decides_where_asked)
{
    auto const stored = array(R"([{"value":"a","type":"work"},{"type":"home"}])");
    ElementIndex index{attribute(user(), "emails"), ElementMatch::value_first};
    BOOST_TEST(index.find(stored, parse(R"({"value":"a","type":"home"})")).value() == 0U);
    BOOST_TEST(index.find(stored, parse(R"({"type":"home"})")).value() == 1U);
}

BOOST_AUTO_TEST_CASE(value_and_type_decide_where_asked, *label("7643-2.4-l"))
{
    auto const stored = array(R"([{"value":"a","type":"work"},{"value":"a","type":"home"},{"type":"home"}])");
    ElementIndex index{attribute(user(), "emails"), ElementMatch::value_and_type};
    auto const found = [&](char const* given) { return index.find_all(stored, parse(given)); };
    using Positions = std::vector<std::size_t>;
    BOOST_TEST(found(R"({"value":"A","type":"home","display":"x","primary":true})") == Positions{1});
    BOOST_TEST(found(R"({"value":"a"})") == (Positions{0, 1}));
    BOOST_TEST(found(R"({"value":"a","type":"other"})") == Positions{});
    BOOST_TEST(found(R"({"type":"home"})") == (Positions{1, 2}));
}

BOOST_AUTO_TEST_CASE(elements_with_an_immutable_value_are_known_by_it)
{
    BOOST_TEST(known_by_value(attribute(group(), "members")));
    BOOST_TEST(!known_by_value(attribute(user(), "emails")));
    BOOST_TEST(!known_by_value(attribute(user(), "name")));
    BOOST_TEST(!known_by_value(attribute(user(), std::string{test_extension} + ":tags")));
    BOOST_TEST(!known_by_value(attribute(user(), "addresses")));
}

BOOST_AUTO_TEST_CASE(text_is_the_same_by_the_case_rule_and_numbers_by_value)
{
    auto const test = [](std::string_view name, std::string_view a, std::string_view b) {
        return same_value(parse(a), parse(b), attribute(user(), std::string{test_extension} + ":" + std::string{name}));
    };
    BOOST_TEST(test("tags", R"("A")", R"("a")"));
    BOOST_TEST(!test("badge", R"("A")", R"("a")"));
    BOOST_TEST(test("score", "1", "1.0"));
    BOOST_TEST(!test("score", "1", "2"));
}

// The table that large arrays use must answer as the comparison one by one does.
BOOST_AUTO_TEST_CASE(large_and_small_arrays_give_the_same_answers)
{
    auto const& emails = attribute(user(), "emails");
    json::array stored;
    for (int i = 0; i < 200; ++i)
    {
        json::object element{{"value", "Mail" + std::to_string(i % 50)}};
        if (i % 3 != 0)
            element["type"] = i % 2 == 0 ? "Work" : "home";
        if (i % 5 == 0)
            element["display"] = std::to_string(i);
        stored.push_back(element);
    }
    for (auto const match : {ElementMatch::given, ElementMatch::value_first, ElementMatch::value_and_type})
    {
        ElementIndex large{emails, match};
        for (auto const* given : {R"({"value":"MAIL7"})", R"({"value":"mail7","type":"home"})", R"({"type":"work"})",
                                  R"({"value":"mail0","display":"50"})", R"({"display":"none"})",
                                  R"({"value":"mail99"})", R"({"value":"mail7","type":"WORK","primary":true})"})
        {
            std::vector<std::size_t> expected;
            for (std::size_t i = 0; i < stored.size(); ++i)
            {
                json::array const alone{stored[i]};
                if (ElementIndex{emails, match}.find(alone, parse(given)))
                    expected.push_back(i);
            }
            for (int repeat = 0; repeat < 4; ++repeat)
                BOOST_TEST(large.find_all(stored, parse(given)) == expected, given);
            BOOST_TEST(large.find(stored, parse(given)).has_value() == !expected.empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(few_long_elements_are_brought_into_comparable_form_once)
{
    auto const& emails = attribute(user(), "emails");
    json::array stored;
    for (int i = 0; i < 7; ++i)
    {
        std::string letters;
        for (int letter = 0; letter < 2'000; ++letter)
            letters += "\u00e9";
        stored.push_back(json::object{{"value", std::to_string(i) + letters}});
    }
    auto const once = weight_of(stored);
    for (auto const match : {ElementMatch::given, ElementMatch::value_first, ElementMatch::same})
    {
        ElementIndex index{emails, match};
        BOOST_TEST(!index.find(stored, parse(R"({"value":"q"})")));
        BOOST_TEST(index.weighed() >= once, "a search tells what it compares, and be the elements few");
        for (int i = 0; i < 1'000; ++i)
            BOOST_TEST(!index.find(stored, json::object{{"value", "q" + std::to_string(i)}}));
        BOOST_TEST(index.weighed() < 20 * once);
    }
}

BOOST_AUTO_TEST_CASE(elements_that_no_table_is_left_for_are_weighed_each_time)
{
    Attribute wide{.name = "wide", .type = AttributeType::complex, .multi_valued = true};
    for (auto const* name : {"a", "b", "c", "d"})
        wide.sub_attributes.push_back({.name = name});
    json::object whole;
    for (auto const& sub : wide.sub_attributes)
        whole[sub.name] = std::string(10'000, 'x');
    json::array const stored{whole, whole};
    ElementIndex index{wide, ElementMatch::given};
    for (int round = 0; round < 20; ++round)
    {
        for (unsigned shape = 1; shape < 16; ++shape)
        {
            json::object given;
            for (std::size_t bit = 0; bit < 4; ++bit)
                if (shape >> bit & 1U)
                    given[wide.sub_attributes[bit].name] = "x";
            BOOST_TEST(!index.find(stored, given));
        }
    }
    BOOST_TEST(index.weighed() > std::uint64_t{20} * 7 * 2 * 10'000, "7 of 15 shapes have no table");
}

BOOST_AUTO_TEST_CASE(an_index_learns_of_new_elements)
{
    auto const& tags = attribute(user(), std::string{test_extension} + ":tags");
    json::array stored;
    ElementIndex index{tags, ElementMatch::given};
    for (int i = 0; i < 50; ++i)
    {
        json::value const tag("Tag" + std::to_string(i));
        BOOST_TEST(!index.find(stored, tag));
        stored.push_back(tag);
        index.added(stored);
        BOOST_TEST(index.find(stored, json::value("tAG" + std::to_string(i))).value() == static_cast<std::size_t>(i));
    }
}

BOOST_AUTO_TEST_CASE(decimals_match_whatever_their_kind_in_large_arrays_too)
{
    Attribute const weights{.name = "weights", .type = AttributeType::decimal, .multi_valued = true};
    json::array stored;
    for (int i = 0; i < 20; ++i)
        stored.push_back(i % 2 == 0 ? json::value(i) : json::value(static_cast<double>(i)));
    ElementIndex index{weights, ElementMatch::given};
    for (int repeat = 0; repeat < 4; ++repeat)
    {
        BOOST_TEST(index.find(stored, json::value(4.0)).value() == 4U);
        BOOST_TEST(index.find(stored, json::value(5)).value() == 5U);
        BOOST_TEST(!index.find(stored, json::value(4.5)));
    }
}

BOOST_AUTO_TEST_SUITE_END()
