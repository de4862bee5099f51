// DELETE (RFC 7644 section 3.6): nothing may refer to who is gone, and who is in very many groups must not stop all
// other writers. Finds what is left half done by a guard, a condition or a store that fails on the way.
#include <scimkit/service/committed_change.hpp>
#include <scimkit/store/deletion_guard.hpp>
#include <scimkit/store/forwarding_store.hpp>

#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <future>
#include <limits>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(removal)

namespace
{

/// Lets a test do something before a commit.
class CountedStore final : public ForwardingStore
{
public:
    CountedStore()
        : ForwardingStore(memory::make_store())
    {
    }
    result<void> write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                       Body<WriteTransaction> body) override
    {
        ++writes;
        if (auto const now = writes == number ? std::exchange(before, {}) : std::function<void()>{})
            now();
        if (writes >= busy_from)
            return Error{ErrorCode::busy, "Others write."};
        return ForwardingStore::write(attachment, tenant, context, body);
    }
    int writes = 0;
    int busy_from = std::numeric_limits<int>::max(); ///< the number of the first write that gets no turn
    int number = 0; ///< of the write before which `before` is called; it may write itself
    std::function<void()> before{};
};

/// Fails when it takes a savepoint back.
class FailingAtSavepoints final : public ForwardingStore
{
public:
    FailingAtSavepoints()
        : ForwardingStore(memory::make_store())
    {
    }
    result<void> write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                       Body<WriteTransaction> body) override
    {
        return ForwardingStore::write(attachment, tenant, context,
                                      [&](WriteTransaction& inner)
                                      {
                                          Transaction transaction{inner};
                                          return body(transaction);
                                      });
    }

private:
    struct Transaction final : ForwardingWriteTransaction
    {
        using ForwardingWriteTransaction::ForwardingWriteTransaction;
        result<void> savepoint(function_ref<result<void>()> body) override
        {
            auto const done = ForwardingWriteTransaction::savepoint(body);
            return done ? done : Error{ErrorCode::unavailable, "The disk is gone."};
        }
    };
};

/// Somebody in 250 groups, or as many as a test asks for.
struct Popular
{
    explicit Popular(std::shared_ptr<ResourceStore> guarded = {}, ServiceOptions options = {}, int count = 250)
        : scim(with(std::move(options), guarded ? std::move(guarded) : store))
    {
        for (int i = 0; i < count; ++i)
            scim.create("/Groups", group("g" + std::to_string(i), {ada}));
        store->writes = 0;
    }
    static ServiceOptions with(ServiceOptions options, std::shared_ptr<ResourceStore> store)
    {
        options.store = std::move(store);
        return options;
    }
    int groups() const
    {
        return static_cast<int>(scim.get("/Groups?filter=members pr&count=0").number("/totalResults"));
    }

    std::shared_ptr<CountedStore> store = std::make_shared<CountedStore>();
    ServiceFixture scim;
    std::string ada = scim.create("/Users", user("ada"));
    std::string path = "/Users/" + ada;
};

} // namespace

BOOST_AUTO_TEST_CASE(a_deleted_resource_is_gone,
                     *label("7644-3.6-a") * label("7644-3.6-b") * label("7644-3.6-c") * label("7644-3.6-f"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", user("ada"));
    Reply const reply = scim.del("/Users/" + id);
    BOOST_TEST(reply.status == 204);
    BOOST_TEST(reply.response.body.empty());
    BOOST_TEST(reply.header("Content-Type").empty());
    BOOST_TEST(scim.get("/Users/" + id).status == 404);
    BOOST_TEST(scim.put("/Users/" + id, user("ada")).status == 404);
    BOOST_TEST(scim.patch("/Users/" + id, patch_op("replace", "title", "x")).status == 404);
    BOOST_TEST(scim.del("/Users/" + id).status == 404);
    BOOST_TEST(scim.get("/Users").number("/totalResults") == 0);
}

BOOST_AUTO_TEST_CASE(a_deleted_name_is_free_and_its_id_is_not,
                     *label("7644-3.6-e") * label("7644-3.6-i") * label("7643-7-zg"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", user("ada"));
    scim.del("/Users/" + id);
    BOOST_TEST(scim.create("/Users", user("ada")) != id);
}

BOOST_AUTO_TEST_CASE(a_deleted_user_leaves_its_groups, *label("7644-3.6-h"))
{
    ServiceFixture const scim;
    auto const ada = scim.create("/Users", user("ada"));
    auto const bob = scim.create("/Users", user("bob"));
    auto const both = scim.create("/Groups", group("both", {ada, bob}));
    auto const one = scim.create("/Groups", group("one", {ada}));
    auto const none = scim.create("/Groups", group("none", {bob}));
    Reply const both_before = scim.get("/Groups/" + both);
    auto const none_before = scim.get("/Groups/" + none).response.body;

    BOOST_TEST(scim.del("/Users/" + ada).status == 204);

    Reply const both_after = scim.get("/Groups/" + both);
    BOOST_TEST(both_after.size("/members") == 1);
    BOOST_TEST(both_after.text("/members/0/value") == bob);
    BOOST_TEST(both_after.header("ETag") != both_before.header("ETag"));
    BOOST_TEST(both_after.text("/meta/lastModified") > both_before.text("/meta/lastModified"));
    BOOST_TEST(!scim.get("/Groups/" + one).has("/members"));
    BOOST_TEST(scim.get("/Groups/" + none).response.body == none_before);
}

BOOST_AUTO_TEST_CASE(a_deleted_group_leaves_its_members_groups, *label("7643-4.1.2-s") * label("7644-3.2-b"))
{
    ServiceFixture const scim;
    auto const ada = scim.create("/Users", user("ada"));
    auto const inner = scim.create("/Groups", group("inner", {ada}));
    auto const outer = scim.create("/Groups", group("outer", {inner}));
    BOOST_TEST(scim.get("/Users/" + ada).size("/groups") == 2);
    BOOST_TEST(scim.del("/Groups/" + inner).status == 204);
    BOOST_TEST(!scim.get("/Users/" + ada).has("/groups"));
    BOOST_TEST(!scim.get("/Groups/" + outer).has("/members"));
}

BOOST_AUTO_TEST_CASE(a_group_that_has_itself_as_a_member_can_be_deleted)
{
    ServiceFixture const scim;
    auto const id = scim.create("/Groups", group("g"));
    BOOST_TEST(scim.patch("/Groups/" + id, patch_op("add", "members", {{{"value", id}}})).status == 204);
    BOOST_TEST(scim.get("/Groups/" + id).text("/members/0/type") == "Group");
    BOOST_TEST(scim.del("/Groups/" + id).status == 204);
    BOOST_TEST(scim.get("/Groups/" + id).status == 404);
}

BOOST_AUTO_TEST_CASE(others_are_not_touched, *label("7643-3.1-x"))
{
    ServiceFixture const scim;
    auto const ada = scim.create("/Users", user("ada"));
    auto const bob = scim.create("/Users", user("bob"));
    auto const before = scim.get("/Users/" + bob).response.body;
    scim.patch("/Users/" + ada, patch_op("replace", "title", "x"));
    scim.del("/Users/" + ada);
    BOOST_TEST(scim.get("/Users/" + bob).response.body == before);
}

BOOST_AUTO_TEST_CASE(who_is_in_very_many_groups_leaves_them_in_short_commits)
{
    std::vector<std::string> told;
    ServiceOptions options;
    options.observer = [&](CommittedChange const& change) { told.push_back(std::string{change.id}); };
    Popular const popular{{}, std::move(options)};
    told.clear();
    BOOST_TEST(popular.scim.del(popular.path).status == 204);
    BOOST_TEST(popular.scim.get(popular.path).status == 404);
    BOOST_TEST(popular.groups() == 0);
    BOOST_TEST(popular.store->writes == 5, "one that finds it out, three, and the last");
    BOOST_TEST(told.size() == 251U);
    BOOST_TEST(told.back() == popular.ada);
    BOOST_TEST((std::set<std::string>{told.begin(), told.end()}.size()) == 251U);
}

BOOST_AUTO_TEST_CASE(a_condition_counts_until_who_is_in_very_many_groups_has_gone)
{
    Popular const popular;
    auto const& scim = popular.scim;
    auto const version = scim.get(popular.path).text("/meta/version");
    BOOST_TEST(scim.del(popular.path, {{"If-Match", "W/\"other\""}}).status == 412);
    BOOST_TEST(popular.groups() == 250);
    popular.store->number = popular.store->writes + 3;
    ServiceFixture const elsewhere{{.store = popular.store}}; // here they would wait
    popular.store->before = [&]
    { BOOST_TEST(elsewhere.patch(popular.path, patch_op("replace", "title", "x")).status == 200); };
    auto const stopped = scim.del(popular.path, {{"If-Match", version}});
    BOOST_TEST(stopped.status == 412);
    BOOST_TEST(stopped.detail().ends_with(" It has left some of its groups before, and is in them no more."));
    BOOST_TEST(scim.get(popular.path).text("/title") == "x");
    BOOST_TEST(popular.groups() == 150); // what was left is left, and another DELETE goes on
    BOOST_TEST(scim.del(popular.path).status == 204);
    BOOST_TEST(popular.groups() == 0);
}

BOOST_AUTO_TEST_CASE(who_wants_to_change_somebody_who_leaves_very_many_groups_waits)
{
    Popular const popular{{}, {}, 101}; // who waits loses patience after two seconds
    auto const& scim = popular.scim;
    auto const version = scim.get(popular.path).text("/meta/version");
    std::promise<void> begun;
    std::future<int> changed;
    popular.store->number = popular.store->writes + 3;
    popular.store->before = [&]
    {
        changed = std::async(std::launch::async,
                             [&]
                             {
                                 begun.set_value();
                                 return scim.patch(popular.path, patch_op("replace", "title", "x")).status;
                             });
        begun.get_future().wait();
    };
    BOOST_TEST(scim.del(popular.path, {{"If-Match", version}}).status == 204);
    BOOST_REQUIRE(changed.valid());
    BOOST_TEST(changed.get() == 404);
}

BOOST_AUTO_TEST_CASE(who_comes_into_further_groups_while_he_leaves_very_many_leaves_these_too)
{
    for (int const more : {1, 90, 150})
    {
        Popular const popular;
        popular.store->number = popular.store->writes + 5; // the one in which he goes
        popular.store->before = [&]
        {
            for (int i = 0; i < more; ++i)
                popular.scim.create("/Groups", group("late" + std::to_string(i), {popular.ada}));
        };
        BOOST_TEST(popular.scim.del(popular.path).status == 204);
        BOOST_TEST(!popular.store->before);
        BOOST_TEST(popular.groups() == 0, more);
        int const further = popular.store->writes - 5 - more;
        BOOST_TEST(further == (more < 100 ? 0 : 3), "two that leave the rest, and the last");
    }
}

BOOST_AUTO_TEST_CASE(who_is_stopped_on_the_way_is_told_whether_groups_were_left)
{
    for (auto const& [busy_from, groups, detail] :
         {std::tuple{2, 250, "The service is busy; nothing was changed. Try again."},
          {3, 150, "The service is busy; it has left some of its groups, and the same DELETE goes on."},
          {5, 0, "The service is busy; it has left some of its groups, and the same DELETE goes on."}})
    {
        Popular const popular;
        popular.store->busy_from = busy_from;
        auto const stopped = popular.scim.del(popular.path);
        BOOST_TEST(stopped.status == 503);
        BOOST_TEST(stopped.text("/detail") == detail);
        BOOST_TEST(!stopped.header("Retry-After").empty());
        BOOST_TEST(popular.groups() == groups);
        popular.store->busy_from = std::numeric_limits<int>::max();
        BOOST_TEST(popular.scim.del(popular.path).status == 204);
    }
}

BOOST_AUTO_TEST_CASE(who_may_not_go_leaves_no_group)
{
    Popular const popular{std::make_shared<DeletionGuard>(memory::make_store(), DeletionLimits{.max_removals = 1})};
    auto const& scim = popular.scim;
    BOOST_TEST(scim.del("/Users/" + scim.create("/Users", user("bob"))).status == 204);
    BOOST_TEST(scim.del(popular.path).status == 403);
    BOOST_TEST(popular.groups() == 250);
    BOOST_TEST(scim.get(popular.path).status == 200);
}

BOOST_AUTO_TEST_CASE(check_24_who_was_given_leave_to_go_keeps_the_place_while_others_ask)
{
    auto const store = std::make_shared<CountedStore>();
    auto const guard = std::make_shared<DeletionGuard>(store, DeletionLimits{.max_removals = 2});
    Popular const popular{guard};
    auto const& scim = popular.scim;
    auto const bob = "/Users/" + scim.create("/Users", user("bob"));
    auto const eve = "/Users/" + scim.create("/Users", user("eve"));
    store->number = store->writes + 3;
    store->before = [&]
    {
        BOOST_TEST(scim.del(bob).status == 204);
        BOOST_TEST(scim.del(eve).status == 403);
        guard->hold("default");
    };
    BOOST_TEST(scim.del(popular.path).status == 204);
    BOOST_TEST(!store->before);
    BOOST_TEST(scim.get(popular.path).status == 404);
    BOOST_TEST(popular.groups() == 0);
    BOOST_TEST(scim.del(eve).status == 403);
}

BOOST_AUTO_TEST_CASE(check_24_a_place_that_was_kept_is_given_back_by_who_does_not_go)
{
    auto const store = std::make_shared<CountedStore>();
    Popular const popular{std::make_shared<DeletionGuard>(store, DeletionLimits{.max_removals = 1})};
    auto const& scim = popular.scim;
    store->busy_from = store->writes + 4;
    BOOST_TEST(scim.del(popular.path).status == 503);
    store->busy_from = std::numeric_limits<int>::max();
    BOOST_TEST(scim.del("/Users/" + scim.create("/Users", user("bob"))).status == 204);
    BOOST_TEST(scim.del(popular.path).status == 403);
}

BOOST_AUTO_TEST_CASE(a_store_that_fails_when_it_is_asked_who_may_go_has_given_no_leave)
{
    Popular const popular{std::make_shared<FailingAtSavepoints>()};
    BOOST_TEST(popular.scim.del(popular.path).status == 503);
    BOOST_TEST(popular.groups() == 250);
}

BOOST_AUTO_TEST_CASE(a_dry_run_of_the_removal_of_who_is_in_very_many_groups_stores_nothing)
{
    ServiceOptions options;
    options.dry_run_header = true;
    Popular const popular{{}, std::move(options)};
    BOOST_TEST(popular.scim.del(popular.path, {{"SCIM-Dry-Run", "true"}}).status == 204);
    BOOST_TEST(popular.groups() == 250);
    BOOST_TEST(popular.store->writes == 1);
}

BOOST_AUTO_TEST_SUITE_END()
