// What lies in graves is cleaned away to the last key, and check() tells graves from damage.
#include "graves_fixture.hpp"

namespace scimkit::kv
{
namespace
{

BOOST_FIXTURE_TEST_SUITE(graves_and_damage, GravesFixture)

BOOST_AUTO_TEST_CASE(long_values_are_cleaned_away_with_their_references)
{
    insert(group_of("g", long_elements(1'100)));
    std::string const one{long_elements(5).back().at("value").as_string()};
    BOOST_TEST(groups_of(one).size() == 1U);
    BOOST_REQUIRE(remove("g").has_value());
    BOOST_TEST(groups_of(one).empty());
    clean();
    BOOST_TEST(in_table('E') + in_table('M') + in_table('N') == 0U);
    is_sound();
}

BOOST_AUTO_TEST_CASE(what_is_damaged_in_a_grave_keeps_it_until_it_is_mended)
{
    for (bool const is_long : {true, false})
    {
        insert(group_of("g", is_long ? long_elements(1'100) : elements(0, 1'100)));
        damage(all(keys().prefix() + 'E').front().first);
        BOOST_REQUIRE(remove("g").has_value());
        for (int i = 0; i < 30; ++i)
            touch();
        BOOST_TEST(in_table('X') == 1U, "nobody knows which reference is that element's");
        BOOST_TEST(in_table('E') == 1U);
        BOOST_TEST(in_table('M') == 1U);
        std::string const value = all(keys().prefix() + 'M').front().second;
        BOOST_TEST(groups_of(value.substr(0, value.size() - seal_bytes)).empty());
        BOOST_TEST(check(Repair::yes).findings == 2U, "the element and its reference");
        touch();
        BOOST_TEST(in_table('X') + in_table('E') + in_table('M') == 0U);
        is_sound();
    }
}

BOOST_AUTO_TEST_CASE(a_damaged_grave_is_not_taken_for_an_empty_one)
{
    add_group("g", 10);
    std::string const key = keys().grave(attribute(), "of-another");
    damage(key);
    engine
        ->write(
            [&](Writer& writer) -> result<void>
            {
                auto const left = clean_graves(writer, keys(), cleaned_by_a_write);
                return left ? result<void>{} : result<void>{left.error()};
            })
        .value();
    BOOST_TEST(in_table('X') == 1U);
    BOOST_TEST(in_table('E') == 10U);
}

BOOST_AUTO_TEST_CASE(a_grave_of_what_lives_is_found_and_nothing_of_it_erased)
{
    add_group("g", 10);
    put(keys().grave(attribute(), "g"), "");
    touch();
    BOOST_TEST(in_table('E') == 10U);
    auto const report = check(Repair::yes);
    BOOST_TEST(report.findings == 1U);
    BOOST_TEST(report.repaired == 0U);
    BOOST_TEST(last_finding.starts_with("the grave of 'members' of Group 'g'"), last_finding);
}

BOOST_AUTO_TEST_CASE(a_damaged_grave_of_what_lives_goes)
{
    add_group("g", 10);
    damage(keys().grave(attribute(), "g"));
    auto const report = check(Repair::yes);
    BOOST_TEST(report.findings == 1U);
    BOOST_TEST(report.repaired == 1U);
    BOOST_TEST(in_table('X') == 0U);
    BOOST_TEST(members_of("g").size() == 10U);
    is_sound();
}

BOOST_AUTO_TEST_CASE(a_damaged_grave_is_made_anew_and_one_of_nothing_goes)
{
    add_group("g", 1'500);
    BOOST_REQUIRE(remove("g").has_value());
    std::string const key = all(keys().prefix() + 'X').front().first;
    engine->write([&](Writer& writer) { return writer.put(key, "nonsense"); }).value();
    put(keys().graves() + "x", "");
    auto const found = check();
    BOOST_TEST(found.findings == 2U);
    BOOST_TEST(check(Repair::yes).repaired >= 1U);
    is_sound();
    clean();
    BOOST_TEST(in_table('E') + in_table('M') == 0U);
}

BOOST_AUTO_TEST_CASE(elements_of_an_id_that_is_no_longer_taken_are_found_and_stay)
{
    add_group("g", 1);
    std::string const key = keys().element(attribute(), std::string{"a\0b", 3}, "m");
    put(key, "{}");
    auto const report = check(Repair::yes);
    BOOST_TEST(report.findings == 1U);
    BOOST_TEST(report.repaired == 0U);
    BOOST_TEST(last_finding.ends_with("is of an id with U+0000"), last_finding);
    BOOST_TEST(all(key).size() == 1U);
}

BOOST_AUTO_TEST_CASE(elements_of_a_former_generation_without_a_grave_are_found_and_go)
{
    add_group("g", 1'500);
    BOOST_TEST(replace("g", elements(0, 1)) == 1'499U);
    std::string const grave = all(keys().prefix() + 'X').front().first;
    engine
        ->write(
            [&](Writer& writer) -> result<void>
            {
                auto const erased = writer.erase(grave);
                return erased ? result<void>{} : result<void>{erased.error()};
            })
        .value();
    BOOST_TEST(check().findings > 1'000U);
    check(Repair::yes);
    is_sound();
    BOOST_TEST(in_table('E') == 1U);
    BOOST_TEST(in_table('M') == 1U);
    BOOST_TEST(members_of("g") == Ids{member(0)}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_lost_number_of_elements_is_made_anew_in_its_generation)
{
    add_group("g", 1'500);
    BOOST_TEST(replace("g", elements(0, 3)) == 1'497U);
    auto const number = all(keys().prefix() + 'N').front();
    engine->write([&](Writer& writer) { return writer.put(number.first, "nonsense"); }).value();
    BOOST_TEST(check(Repair::yes).findings == 1U);
    BOOST_TEST((all(keys().prefix() + 'N').front() == number));
    BOOST_TEST(members_of("g").size() == 3U);
    is_sound();
}

BOOST_AUTO_TEST_CASE(a_repair_and_a_rebuild_finish_what_lies_in_graves)
{
    add_group("g", 1'500);
    add_group("h", 1'500);
    BOOST_REQUIRE(remove("g").has_value());
    BOOST_TEST(check(Repair::yes).findings == 0U);
    BOOST_TEST(in_table('X') == 0U);
    BOOST_TEST(in_table('E') == 1'500U);
    BOOST_REQUIRE(remove("h").has_value());
    open({.indexes = {"userName", "title"}});
    BOOST_TEST(in_table('X') + in_table('E') + in_table('M') == 0U);
    is_sound();
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit::kv
