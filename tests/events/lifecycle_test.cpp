// Joiners, movers and leavers, from the changes that a client's requests make.
#include <scimkit/events/lifecycle.hpp>

#include "events_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;

namespace
{

using Lines = std::vector<std::string>;

std::string describe(LifecycleEvent const& event)
{
    auto said = std::string{name_of(event.kind)} + " " + std::string{event.id};
    for (std::string const& path : event.attributes)
        said += " " + path.substr(path.rfind(':') + 1);
    if (!event.group.empty())
        said += (event.joined_group ? " into " : " out of ") + std::string{event.group};
    return said;
}

struct LifecycleFixture : EventsFixture
{
    /// What was made of all changes since the last call.
    Lines events(std::shared_ptr<LifecycleRules const> const& rules = lifecycle_rules())
    {
        Lines said;
        auto const end = store->change_log()->extent("a", {}).value().end;
        auto const read = store->change_log()->read("a", {}, seen, 10'000,
                                                    [&](LoggedChange&& change)
                                                    {
                                                        rules->classify(change,
                                                                        [&](LifecycleEvent const& event)
                                                                        {
                                                                            BOOST_TEST(event.tenant == "a");
                                                                            said.push_back(describe(event));
                                                                            return true;
                                                                        });
                                                        return true;
                                                    });
        BOOST_TEST(read.has_value());
        seen = end;
        return said;
    }

    std::string add(json::object more = {})
    {
        auto id = scim.create("/Users", user("user" + std::to_string(++count), std::move(more)));
        events();
        return id;
    }

    void set(std::string const& id, std::string_view path, json::value value)
    {
        auto const patched = scim.patch("/Users/" + id, patch_op("replace", path, std::move(value)));
        BOOST_TEST(patched.status == 200);
    }

    LogPosition seen{};
    int count = 0;
    static constexpr std::string_view enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(lifecycles, LifecycleFixture)

BOOST_AUTO_TEST_CASE(who_is_created_active_is_a_joiner_and_who_is_created_inactive_is_none_until_activated)
{
    scim.create("/Users", user("ada"));
    scim.create("/Users", user("ben", {{"active", true}}));
    auto const cleo = scim.create("/Users", user("cleo", {{"active", false}}));
    BOOST_TEST((events() == Lines{"joiner id-1", "joiner id-2"}));
    set(cleo, "active", true);
    BOOST_TEST((events() == Lines{"joiner id-3"}));
}

BOOST_AUTO_TEST_CASE(who_becomes_inactive_or_is_removed_is_a_leaver_on_every_way_in)
{
    auto const by_path = add();
    auto const in_whole = add();
    auto const by_put = add();
    auto const removed = add();
    auto const said_no_more = "/Users/" + scim.create("/Users", user("said", {{"active", true}}));
    auto const put_without = "/Users/" + scim.create("/Users", user("put", {{"active", true}}));
    events();
    set(by_path, "active", false);
    scim.patch("/Users/" + in_whole, patch_op("replace", "", json::object{{"active", false}, {"title", "x"}}));
    scim.put("/Users/" + by_put, user("user3", {{"active", false}}));
    scim.del("/Users/" + removed);
    scim.patch(said_no_more, patch_op("remove", "active")); // as the guard of deletions sees it
    scim.put(put_without, user("put"));
    BOOST_TEST(
        (events() == Lines{"leaver id-1", "leaver id-2", "leaver id-3", "leaver id-4", "leaver id-5", "leaver id-6"}));
}

BOOST_AUTO_TEST_CASE(who_gets_another_place_is_a_mover_and_who_gets_another_name_is_not)
{
    auto const id = add();
    set(id, std::string{enterprise} + ":department", "Research");
    set(id, "title", "Head");
    set(id, "nickName", "A.");
    scim.patch("/Users/" + id,
               patch_op("replace", "",
                        json::object{{"displayName", "Ada"},
                                     {enterprise, {{"manager", {{"value", "boss"}}}, {"organization", "O"}}}}));
    BOOST_TEST((events() == Lines{"mover id-1 department", "mover id-1 title", "mover id-1 manager organization"}));
    set(id, "active", false);
    events();
    scim.patch("/Users/" + id, patch_op("replace", "", json::object{{"active", true}, {"title", "Chief"}}));
    BOOST_TEST((events() == Lines{"joiner id-1"}), "one event for one change");
}

BOOST_AUTO_TEST_CASE(who_comes_into_a_group_or_goes_out_of_it_is_a_mover)
{
    auto const ada = add();
    auto const ben = add();
    auto const team = scim.create("/Groups", group("team", {ada}));
    BOOST_TEST((events() == Lines{"mover id-1 into " + team}));
    auto const outer = scim.create("/Groups", group("outer", {team, ben}));
    BOOST_TEST((events() == Lines{"mover id-2 into " + outer}), "a group is nobody");
    scim.patch("/Groups/" + team, patch_op("remove", "members[value eq \"" + ada + "\"]"));
    BOOST_TEST((events() == Lines{"mover id-1 out of " + team}));
    scim.patch("/Groups/" + team, patch_op("replace", "displayName", "crew"));
    BOOST_TEST(events().empty());
    scim.del("/Users/" + ben);
    auto last = events();
    std::ranges::sort(last);
    BOOST_TEST((last == Lines{"leaver id-2", "mover id-2 out of " + outer}));
}

BOOST_AUTO_TEST_CASE(a_sink_that_has_enough_is_told_no_more)
{
    auto const ada = add();
    auto const ben = add();
    scim.create("/Groups", group("team", {ada, ben}));
    int told = 0;
    auto const read = store->change_log()->read("a", {}, seen, 10,
                                                [&](LoggedChange&& change)
                                                {
                                                    lifecycle_rules()->classify(change, [&](LifecycleEvent const&)
                                                                                { return ++told < 1; });
                                                    return true;
                                                });
    BOOST_TEST(read.has_value());
    BOOST_TEST(told == 1);
}

BOOST_AUTO_TEST_CASE(an_application_has_rules_of_its_own)
{
    LifecycleRuleOptions options;
    options.places = {"nickName"};
    auto const id = add();
    set(id, "title", "Head");
    set(id, "nickName", "A.");
    BOOST_TEST((events(lifecycle_rules(options)) == Lines{"mover id-1 nickName"}));

    struct Everybody final : LifecycleRules
    {
        void classify(LoggedChange const& change, function_ref<bool(LifecycleEvent const&)> sink) const override
        {
            sink({.kind = Lifecycle::leaver,
                  .tenant = change.tenant,
                  .id = change.id,
                  .attributes = {},
                  .group = {},
                  .joined_group = false,
                  .change = change});
        }
    };
    set(id, "title", "Chief");
    BOOST_TEST((events(std::make_shared<Everybody>()) == Lines{"leaver id-1"}));
}

BOOST_AUTO_TEST_CASE(hooks_are_told_of_their_kind_and_told_again_what_failed)
{
    std::atomic<int> failures_left{2};
    LifecycleHooks hooks;
    hooks.joiner = [&](LifecycleEvent const& event) -> result<void>
    {
        noted.add(describe(event));
        return {};
    };
    hooks.leaver = [&](LifecycleEvent const& event) -> result<void>
    {
        if (failures_left-- > 0)
            return Error{ErrorCode::unavailable, "Sessions cannot be ended."};
        noted.add(describe(event));
        return {};
    };
    auto options = reader_options();
    options.handle = lifecycle_handler(hooks);
    auto const ada = scim.create("/Users", user("ada"));
    set(ada, "title", "Head"); // nobody asks about movers
    set(ada, "active", false);
    scim.create("/Users", user("ben"));
    auto const reader = LogReader::start(store, options).value();
    BOOST_TEST(noted.wait_for(3));
    BOOST_TEST((noted.all() == Lines{"joiner id-1", "leaver id-1", "joiner id-2"}));
    BOOST_TEST(failures.all().size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
