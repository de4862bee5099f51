// Somebody who goes leaves all groups, and the groups know.
#include "fixture.hpp"
#include "membership/removal.hpp"

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(membership_removal)

namespace
{

Instant const noon{std::chrono::sys_days{std::chrono::January / 1 / 2027}};

/// Whether it could be done, and what has been left.
std::pair<result<void>, membership::Leaving> leave(Memberships const& world, std::string_view id,
                                                   membership::LeaveLimit limit,
                                                   std::vector<membership::LeftGroup>* left = nullptr,
                                                   Budget* budget = nullptr)
{
    membership::Leaving leaving;
    auto const written = world.write(
        [&](WriteTransaction& transaction) -> result<void>
        {
            auto const done =
                membership::leave_groups(transaction, id, noon, world.scope_of(world.user(), budget), left, limit);
            if (!done)
                return done.error();
            leaving = *done;
            return {};
        });
    return {written, leaving};
}

result<void> remove(Memberships const& world, std::string_view id, std::vector<membership::LeftGroup>* left = nullptr,
                    Budget* budget = nullptr)
{
    return leave(world, id, {}, left, budget).first;
}

std::string members_of(Memberships const& world, std::string_view id)
{
    auto const group = world.stored(world.group(), id);
    auto const* members = group->attributes.if_contains("members");
    if (!members)
        return "none";
    std::string text;
    for (json::value const& member : members->as_array())
        text += membership::text_member(member.as_object(), "value");
    return text;
}

} // namespace

BOOST_AUTO_TEST_CASE(it_is_taken_out_of_every_group_and_of_no_other)
{
    for (auto const& store : both_stores())
    {
        Memberships const world{store};
        world.add_group("one", {"a", "b"});
        world.add_group("two", {"b", "c"});
        world.add_group("three", {"a"});
        auto const one = world.stored(world.group(), "one");
        auto const two = world.stored(world.group(), "two");
        BOOST_TEST(remove(world, "a").has_value());
        BOOST_TEST(members_of(world, "one") == "b");
        BOOST_TEST(members_of(world, "two") == "bc");
        BOOST_TEST(members_of(world, "three") == "none");
        BOOST_TEST((world.stored(world.group(), "one")->version != one->version));
        BOOST_TEST((world.stored(world.group(), "one")->last_modified == noon));
        BOOST_TEST((world.stored(world.group(), "two")->version == two->version));
    }
}

BOOST_AUTO_TEST_CASE(ids_are_exact)
{
    for (auto const& store : both_stores())
    {
        Memberships const world{store};
        world.add_group("one", {"A", "a"});
        BOOST_TEST(remove(world, "a").has_value());
        BOOST_TEST(members_of(world, "one") == "A");
    }
}

BOOST_AUTO_TEST_CASE(a_group_that_goes_is_not_written_for_being_its_own_member)
{
    for (auto const& store : both_stores())
    {
        Memberships const world{store};
        world.add_group("one", {"one", "a"});
        world.add_group("two", {"one"});
        std::vector<membership::LeftGroup> left;
        BOOST_TEST(remove(world, "one", &left).has_value());
        BOOST_REQUIRE(left.size() == 1u);
        BOOST_TEST(left.front().after.id == "two");
    }
}

BOOST_AUTO_TEST_CASE(what_was_left_is_told_with_its_state_before_and_after)
{
    for (auto const& store : both_stores())
    {
        Memberships const world{store};
        world.add_group("one", {"a"});
        auto const before = world.stored(world.group(), "one");
        std::vector<membership::LeftGroup> left;
        BOOST_TEST(remove(world, "a", &left).has_value());
        BOOST_REQUIRE(left.size() == 1u);
        BOOST_TEST((left.front().before.version == before->version));
        BOOST_TEST((left.front().after.version == world.stored(world.group(), "one")->version));
        BOOST_TEST((left.front().after.last_modified == noon));
        BOOST_TEST(left.front().attribute.path() == "members");
    }
}

BOOST_AUTO_TEST_CASE(a_budget_that_ends_leaves_every_group_as_it_was)
{
    for (auto const& store : both_stores())
    {
        Memberships const world{store};
        world.add_group("one", {"a"});
        Budget small{10, std::chrono::steady_clock::time_point::max()};
        auto const removed = remove(world, "a", nullptr, &small);
        BOOST_REQUIRE(!removed);
        BOOST_TEST((removed.error().code == ErrorCode::too_many));
        BOOST_TEST(members_of(world, "one") == "a");
    }
}

BOOST_AUTO_TEST_CASE(who_is_in_as_many_groups_as_may_be_left_leaves_all)
{
    for (bool const partly : {false, true})
    {
        Memberships const world{both_stores().front()};
        for (std::string const group : {"one", "two", "three"})
            world.add_group(group, {"a", "b"});
        auto const [written, leaving] = leave(world, "a", {.most = 3, .partly = partly});
        BOOST_TEST(written.has_value());
        BOOST_TEST(leaving.all);
        BOOST_TEST(leaving.groups == 3U);
        for (auto const* group : {"one", "two", "three"})
            BOOST_TEST(members_of(world, group) == "b");
    }
}

BOOST_AUTO_TEST_CASE(who_is_in_one_group_more_than_may_be_left_leaves_as_many_or_none)
{
    for (bool const partly : {false, true})
    {
        Memberships const world{both_stores().front()};
        for (std::string const group : {"one", "two", "three"})
            world.add_group(group, {"a", "b"});
        auto const [written, leaving] = leave(world, "a", {.most = 2, .partly = partly});
        BOOST_TEST(written.has_value());
        BOOST_TEST(!leaving.all);
        BOOST_TEST(leaving.groups == (partly ? 2U : 0U));
        int left = 0;
        for (auto const* group : {"one", "two", "three"})
            left += members_of(world, group) == "b" ? 1 : 0;
        BOOST_TEST(left == (partly ? 2 : 0));
    }
}

BOOST_AUTO_TEST_CASE(a_change_is_later_than_the_one_before_whatever_the_clock_says)
{
    Resource const resource{.last_modified = noon};
    using namespace std::chrono_literals;
    BOOST_TEST((membership::time_of_change(resource, noon + 1h) == noon + 1h));
    BOOST_TEST((membership::time_of_change(resource, noon) == noon + 1us));
    BOOST_TEST((membership::time_of_change(resource, noon - 1h) == noon + 1us));
}

BOOST_AUTO_TEST_SUITE_END()
