// What went with its owner, or all at once, is gone for everybody from the commit on, and is erased by later writes.
#include "graves_fixture.hpp"

namespace scimkit::kv
{
namespace
{

BOOST_FIXTURE_TEST_SUITE(graves, GravesFixture)

BOOST_AUTO_TEST_CASE(a_large_group_goes_in_a_small_commit)
{
    add_group("small", 10);
    add_group("large", 10'000);
    auto const small = cost([&] { BOOST_REQUIRE(remove("small").has_value()); });
    auto const large = cost([&] { BOOST_REQUIRE(remove("large").has_value()); });
    BOOST_TEST(large < small + 5 * cleaned_by_a_write);
    auto const later = cost([&] { touch(); });
    clean();
    BOOST_TEST(later < cost([&] { touch(); }) + 5 * cleaned_by_a_write);
    is_sound();
}

BOOST_AUTO_TEST_CASE(what_is_in_no_grave_costs_a_look_in_a_transaction_and_no_more)
{
    add_group("a", 10);
    add_group("b", 10);
    add_group("c", 10);
    *counts = {};
    touch();
    BOOST_TEST(counts->seeks <= 1U);
    auto const read_costs = cost([&] { BOOST_TEST(groups_of(member(1)).size() == 3U); });
    BOOST_TEST(read_costs <= 6U, "a seek and three steps, and one more seek for graves");
}

BOOST_AUTO_TEST_CASE(nobody_sees_a_group_that_is_gone_while_it_is_cleaned_away)
{
    add_group("gone", 1'500);
    add_group("stays", 1'200);
    BOOST_TEST(found_by(member(7)) == (Ids{"gone", "stays"}), boost::test_tools::per_element());
    BOOST_REQUIRE(remove("gone").has_value());
    BOOST_TEST(in_table('X') == 1U);
    int writes = 0;
    for (; in_table('X') > 0 && writes < 100; ++writes)
    {
        for (int const i : {0, 7, 1'199})
            BOOST_TEST(found_by(member(i)) == Ids{"stays"}, boost::test_tools::per_element());
        BOOST_TEST(found_by(member(1'400)).empty());
        BOOST_TEST(members_of("gone").empty());
        BOOST_TEST(members_of("stays").size() == 1'200U);
        is_sound();
        if (writes == 5)
            open(); // the process was killed, and another one goes on
        touch();
    }
    BOOST_TEST(writes <= 1'500 / static_cast<int>(cleaned_by_a_write) + 2);
    BOOST_TEST(in_table('E') == 1'200U);
    BOOST_TEST(in_table('M') == 1'200U);
    BOOST_TEST(in_table('N') == 1U);
    is_sound();
}

BOOST_AUTO_TEST_CASE(an_id_that_is_there_again_has_nothing_of_before)
{
    add_group("g", 1'500);
    for (int round = 0; round < 3; ++round)
    {
        BOOST_REQUIRE(remove("g").has_value());
        insert(group_of("g", elements(1, 2)));
        BOOST_TEST(members_of("g") == Ids{member(1)}, boost::test_tools::per_element());
        BOOST_TEST(found_by(member(0)).empty());
        BOOST_TEST(found_by(member(1)) == Ids{"g"}, boost::test_tools::per_element());
        BOOST_TEST(replace("g", elements(0, 1'400)) == 1'399U);
        is_sound();
    }
    BOOST_TEST(in_table('X') >= 1U);
    BOOST_TEST(members_of("g").size() == 1'400U);
    clean();
    BOOST_TEST(members_of("g").size() == 1'400U);
    BOOST_TEST(found_by(member(1'399)) == Ids{"g"}, boost::test_tools::per_element());
    BOOST_TEST(in_table('E') == 1'400U);
    BOOST_TEST(in_table('M') == 1'400U);
    is_sound();
}

BOOST_AUTO_TEST_CASE(a_group_that_is_emptied_tells_who_went_and_can_be_filled_again)
{
    add_group("g", 1'500);
    BOOST_TEST(replace("g", {}) == 1'500U);
    BOOST_TEST(in_table('X') == 1U);
    BOOST_TEST(members_of("g").empty());
    BOOST_TEST(found_by(member(3)).empty());
    LoggedChange const change = last_change();
    BOOST_REQUIRE(change.elements.size() == 1U);
    BOOST_TEST(change.elements[0].came.empty());
    BOOST_TEST(change.elements[0].went.size() == 1'500U);
    is_sound();
    BOOST_TEST(replace("g", elements(3, 5)) == 2U);
    BOOST_TEST(members_of("g") == (Ids{member(3), member(4)}), boost::test_tools::per_element());
    BOOST_TEST(found_by(member(3)) == Ids{"g"}, boost::test_tools::per_element());
    BOOST_TEST(found_by(member(5)).empty());
    is_sound();
    clean();
    BOOST_TEST(members_of("g") == (Ids{member(3), member(4)}), boost::test_tools::per_element());
    BOOST_TEST(in_table('M') == 2U);
    is_sound();
}

BOOST_AUTO_TEST_CASE(of_members_that_are_replaced_the_log_tells_the_difference)
{
    add_group("g", 1'500);
    std::vector<json::object> by = elements(0, 2);
    by[1]["display"] = "another";
    by.push_back({{"value", "new"}});
    by.push_back({{"value", "new"}, {"display", "twice"}});
    write([&](WriteTransaction& transaction)
          { return rewrite(transaction, group_of("g", by), *rules, LargeAttributes::as_given); })
        .value();
    BOOST_TEST(in_table('X') == 1U);
    BOOST_TEST(members_of("g") == (Ids{member(0), member(1), "new"}), boost::test_tools::per_element());
    LoggedChange const change = last_change();
    BOOST_REQUIRE(change.elements.size() == 1U);
    BOOST_TEST(change.elements[0].went.size() == 1'498U);
    BOOST_REQUIRE(change.elements[0].came.size() == 2U);
    BOOST_TEST(text(change.elements[0].came[0], "value") == member(1));
    BOOST_TEST(text(change.elements[0].came[0], "display") == "another");
    BOOST_TEST(text(change.elements[0].came[1], "value") == "new");
    BOOST_TEST(!change.elements[0].came[1].contains("display"), "the first counts");
    is_sound();
    clean();
    BOOST_TEST(members_of("g").size() == 3U);
    is_sound();
}

BOOST_AUTO_TEST_CASE(what_few_replace_or_leave_goes_at_once)
{
    add_group("few", 900);
    BOOST_REQUIRE(remove("few").has_value());
    BOOST_TEST(in_table('X') + in_table('E') + in_table('M') == 0U);
    add_group("most-stay", 2'500);
    BOOST_TEST(replace("most-stay", elements(0, 1'400)) == 1'100U);
    BOOST_TEST(in_table('X') == 0U);
    BOOST_TEST(in_table('E') == 1'400U);
    is_sound();
}

BOOST_AUTO_TEST_CASE(where_there_are_graves_enough_what_goes_is_erased_at_once)
{
    add_group("g", 1'100);
    NameNumber const number = attribute();
    for (int i = 0; i < 100; ++i)
        put(keys().grave(number, "old" + std::to_string(i)), "");
    BOOST_REQUIRE(remove("g").has_value());
    BOOST_TEST(in_table('E') + in_table('M') == 0U);
    BOOST_TEST(in_table('X') == 0U, "and those that were empty are gone");
}

BOOST_AUTO_TEST_CASE(what_is_undone_has_dug_no_grave)
{
    add_group("g", 1'500);
    auto const before = all(keys().prefix());
    write(
        [&](WriteTransaction& transaction) -> result<void>
        {
            auto& large = *transaction.large_attributes();
            auto const undone = transaction.savepoint(
                [&]() -> result<void>
                {
                    BOOST_TEST(large.replace(group(), "g", members(), {}).value() == 1'500U);
                    BOOST_TEST(large.count(group(), "g", members()).value() == 0U);
                    large.add(group(), "g", members(), elements(0, 1)).value();
                    BOOST_REQUIRE(transaction.remove(group(), "g", {}).has_value());
                    return Error{ErrorCode::conflict, "undone"};
                });
            BOOST_TEST(!undone);
            BOOST_TEST(large.contains(group(), "g", members(), member(9)).value());
            std::size_t seen = 0;
            large.references_to(member(9), [&](Reference const&) { return ++seen, true; }).value();
            BOOST_TEST(seen == 1U);
            return {};
        })
        .value();
    BOOST_TEST((all(keys().prefix()) == before));
}

BOOST_AUTO_TEST_CASE(who_is_read_while_he_goes_is_read_no_further)
{
    add_group("g", 1'500);
    std::size_t seen = 0;
    write(
        [&](WriteTransaction& transaction)
        {
            seen = 0;
            auto& large = *transaction.large_attributes();
            return large.read(group(), "g", members(), {}, 1'000'000,
                              [&](json::object&&)
                              {
                                  if (++seen == 10)
                                      large.replace(group(), "g", members(), {}).value();
                                  return true;
                              });
        })
        .value();
    BOOST_TEST(seen == 10U);
}

BOOST_AUTO_TEST_CASE(a_grave_is_of_its_tenant)
{
    for (std::string_view const tenant : {"tenant", "other"})
        store
            ->write(*attachment, tenant, {},
                    [&](WriteTransaction& transaction) -> result<void>
                    {
                        Resource of = group_of("g", elements(0, 1'500));
                        auto const done = transaction.insert(of, rules->facts_of(of));
                        return done ? result<void>{} : result<void>{done.error()};
                    })
            .value();
    BOOST_REQUIRE(remove("g").has_value());
    BOOST_TEST(groups_of(member(1)).empty());
    BOOST_TEST(groups_of(member(1), "other") == Ids{"g"}, boost::test_tools::per_element());
    is_sound();
    clean();
    BOOST_TEST(groups_of(member(1'499), "other") == Ids{"g"}, boost::test_tools::per_element());
    is_sound();
    BOOST_REQUIRE(store->remove_tenant("tenant", {}).has_value());
    BOOST_TEST(all(keys().prefix()).empty());
}

BOOST_AUTO_TEST_CASE(what_is_gone_stays_unseen_where_the_removal_of_its_tenant_is_interrupted)
{
    bool removed = false;
    for (std::uint64_t commits = 1; !removed; ++commits)
    {
        BOOST_REQUIRE(commits < 20U);
        add_group("g", 1'500);
        BOOST_REQUIRE(remove("g").has_value());
        counts->commits_left = commits;
        removed = store->remove_tenant("tenant", {}).has_value();
        counts->commits_left = std::numeric_limits<std::uint64_t>::max();
        clean();
        for (int const i : {0, 700, 1'200, 1'499})
            BOOST_TEST(groups_of(member(i)).empty(), commits << " commits, member " << i);
        BOOST_REQUIRE(store->remove_tenant("tenant", {}).has_value());
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit::kv
