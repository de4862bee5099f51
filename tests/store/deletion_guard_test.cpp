// A flood of deletions is held, whichever way it comes in; and nothing that was not carried out is counted.
#include <scimkit/store/deletion_guard.hpp>

#include "support/bulk.hpp"
#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(deletion_guard)

namespace
{

/// A clock that stands until it is moved, so that a window ends when the test says so.
class SetEnvironment : public TickingEnvironment
{
public:
    Instant now() override { return Instant{std::chrono::sys_days{std::chrono::January / 1 / 2027}} + passed; }
    std::chrono::seconds passed{0};
};

/// A service over a guarded store that allows two removals in an hour.
struct Guarded
{
    explicit Guarded(ServiceOptions options = {}, std::uint64_t removals = 2)
        : guard(std::make_shared<DeletionGuard>(memory::make_store(),
                                                DeletionLimits{.max_removals = removals,
                                                               .told = [this](std::string_view) { ++told; },
                                                               .refused = [this](std::string_view) { ++refused; }}))
        , scim(complete(std::move(options)))
    {
    }

    std::string make(std::string const& name) const { return "/Users/" + scim.create("/Users", user(name)); }
    int remove(std::string const& name) const { return scim.del(make(name)).status; }
    /// Whether the next removal is carried out.
    bool open() const { return remove("another" + std::to_string(++names)) == 204; }

    std::atomic<int> told{0};
    std::atomic<int> refused{0}; ///< writes of which something was
    mutable int names = 0;
    std::shared_ptr<SetEnvironment> environment = std::make_shared<SetEnvironment>();
    std::shared_ptr<DeletionGuard> guard;
    ServiceFixture scim;

private:
    ServiceOptions complete(ServiceOptions options)
    {
        options.store = guard;
        options.environment = environment;
        options.dry_run_header = true;
        return options;
    }
};

json::object const inactive{{"active", false}};

} // namespace

BOOST_AUTO_TEST_CASE(check_24_what_is_more_than_the_limit_is_held_until_it_is_released)
{
    Guarded all;
    auto const kept = all.make("kept");
    BOOST_TEST(all.remove("a") == 204);
    BOOST_TEST(all.remove("b") == 204);
    BOOST_TEST(!all.guard->held("default"));

    auto const refused = all.scim.del(kept);
    BOOST_TEST(refused.status == 403);
    BOOST_TEST(refused.detail().find("2 in 3600 seconds") != std::string::npos);
    BOOST_TEST(all.scim.get(kept).status == 200);
    BOOST_TEST(all.guard->held("default"));
    BOOST_TEST(all.told == 1);

    all.environment->passed = std::chrono::hours{30}; // a hold does not pass by itself
    BOOST_TEST(all.scim.del(kept).status == 403);
    BOOST_TEST(all.told == 1);

    BOOST_TEST(all.guard->release("default", all.environment->now()));
    BOOST_TEST(!all.guard->held("default"));
    BOOST_TEST(!all.guard->release("default", all.environment->now()));
    for (int i = 0; i < 5; ++i)
        BOOST_TEST(all.open());
    BOOST_TEST(all.scim.del(kept).status == 204);

    all.environment->passed += std::chrono::hours{1}; // from here on it is counted again
    BOOST_TEST(all.open());
    BOOST_TEST(all.open());
    BOOST_TEST(!all.open());
}

BOOST_AUTO_TEST_CASE(check_24_everything_else_goes_on_while_removals_are_held)
{
    Guarded all;
    auto const kept = all.make("kept");
    all.guard->hold("default");
    BOOST_TEST(all.scim.del(kept).status == 403);
    BOOST_TEST(all.scim.patch(kept, patch_op("replace", "title", "x")).status < 300);
    BOOST_TEST(all.scim.patch(kept, patch_op("replace", "active", true)).status < 300);
    BOOST_TEST(all.scim.patch(kept, patch_op("replace", "active", false)).status == 403);
    BOOST_TEST(all.scim.post("/Users", user("new", inactive)).status == 201);
    BOOST_TEST(all.scim.get("/Users").number("/totalResults") == 2);
    BOOST_TEST(!all.guard->held("another tenant"));
}

BOOST_AUTO_TEST_CASE(check_24_a_deactivation_counts_whichever_way_it_comes)
{
    using Way = std::function<Reply(ServiceFixture const&, std::string const&)>;
    std::vector<Way> const ways{
        [](auto const& scim, auto const& at) { return scim.put(at, user("kept", inactive)); },
        [](auto const& scim, auto const& at) { return scim.patch(at, patch_op("replace", "active", false)); },
        [](auto const& scim, auto const& at) { return scim.patch(at, patch_op("replace", "ACTIVE", "False")); },
        [](auto const& scim, auto const& at) { return scim.patch(at, patch_op("add", "", inactive)); },
        [](auto const& scim, auto const& at)
        { return scim.patch(at, patch_op("add", std::string{urn::user} + ":active", false)); },
        [](auto const& scim, auto const& at) { return scim.patch(at, patch_op("remove", "active")); },
        [](auto const& scim, auto const& at) { return scim.put(at, user("kept")); }};
    for (Way const& way : ways)
    {
        Guarded all{{}, 1};
        auto const first = "/Users/" + all.scim.create("/Users", user("first", {{"active", true}}));
        auto const kept = "/Users/" + all.scim.create("/Users", user("kept", {{"active", true}}));
        BOOST_TEST(all.scim.patch(first, patch_op("replace", "active", false)).status < 300);
        BOOST_TEST(way(all.scim, kept).status == 403);
        BOOST_TEST(all.scim.get(kept).find("/active")->get_bool());
        all.guard->release("default", all.environment->now());
        BOOST_TEST(way(all.scim, kept).status < 300);
    }
}

BOOST_AUTO_TEST_CASE(check_24_who_is_inactive_already_is_not_deactivated_again)
{
    Guarded all{{}, 1};
    auto const gone = "/Users/" + all.scim.create("/Users", user("gone", inactive));
    for (int i = 0; i < 3; ++i)
        BOOST_TEST(all.scim.put(gone, user("gone", {{"active", false}, {"title", std::to_string(i)}})).status == 200);
    BOOST_TEST(all.open());
    BOOST_TEST(!all.open());
}

BOOST_AUTO_TEST_CASE(check_24_in_a_bulk_each_operation_beyond_the_limit_is_refused_by_itself)
{
    Guarded all;
    json::array operations;
    for (char const* name : {"a", "b", "c"})
        operations.push_back(bulk_on("DELETE", all.make(name)));
    auto const d = all.make("d");
    operations.push_back(bulk_on("PATCH", d, patch_op("replace", "active", false)));
    operations.push_back(bulk_on("PATCH", d, patch_op("replace", "title", "x")));
    auto const reply = all.scim.post("/Bulk", bulk(std::move(operations)));
    BOOST_TEST(statuses(reply).starts_with("204 204 403 403 20"));
    BOOST_TEST(all.refused == 1); // one write, whatever it had
    BOOST_TEST(all.guard->held("default"));
    BOOST_TEST(all.told == 1);
}

BOOST_AUTO_TEST_CASE(check_24_a_bulk_that_is_all_or_nothing_is_refused_whole_and_holds_until_it_is_released)
{
    Guarded all{{.atomic_bulk = true}};
    json::array operations;
    for (char const* name : {"a", "b", "c"})
        operations.push_back(bulk_on("DELETE", all.make(name)));
    BOOST_TEST(all.scim.post("/Bulk", bulk(operations)).status == 403);
    BOOST_TEST(all.scim.get("/Users").number("/totalResults") == 3);
    BOOST_TEST(all.guard->held("default")); // there is something that an administrator can release
    BOOST_TEST(all.told == 1);
    BOOST_TEST(!all.open());
    all.guard->release("default", all.environment->now());
    BOOST_TEST(statuses(all.scim.post("/Bulk", bulk(operations))) == "204 204 204");
}

BOOST_AUTO_TEST_CASE(check_24_a_bulk_that_is_all_or_nothing_holds_for_what_there_was_before_too)
{
    Guarded all{{.atomic_bulk = true}};
    BOOST_TEST(all.open());
    json::array operations;
    for (char const* name : {"a", "b"})
        operations.push_back(bulk_on("DELETE", all.make(name)));
    BOOST_TEST(all.scim.post("/Bulk", bulk(operations)).status == 403);
    BOOST_TEST(all.guard->held("default"));
    BOOST_TEST(all.told == 1);
}

BOOST_AUTO_TEST_CASE(check_24_what_is_not_carried_out_does_not_count)
{
    Guarded all;
    auto const kept = all.make("kept");
    for (int i = 0; i < 5; ++i)
    {
        BOOST_TEST(all.scim.del("/Users/nobody").status == 404);
        BOOST_TEST(all.scim.del(kept, {{"If-Match", "W/\"77\""}}).status == 412);
        BOOST_TEST(all.scim.del(kept, {{"SCIM-Dry-Run", "true"}}).status == 204);
    }
    BOOST_TEST(all.open());
    BOOST_TEST(all.open());
    BOOST_TEST(!all.open());
}

BOOST_AUTO_TEST_CASE(check_24_a_window_that_has_passed_is_forgotten)
{
    Guarded all;
    for (int i = 0; i < 5; ++i)
    {
        BOOST_TEST(all.open());
        BOOST_TEST(all.open());
        all.environment->passed += std::chrono::hours{1};
    }
    BOOST_TEST(!all.guard->held("default"));
}

BOOST_AUTO_TEST_CASE(check_24_requests_at_once_have_no_more_than_the_limit_together)
{
    Guarded all{{}, 10};
    std::vector<std::string> at;
    for (int i = 0; i < 40; ++i)
        at.push_back(all.make("user" + std::to_string(i)));
    std::atomic<int> gone{0};
    std::vector<std::jthread> threads;
    for (std::size_t part = 0; part < 4; ++part)
        threads.emplace_back(
            [&, part]
            {
                for (std::size_t i = part; i < at.size(); i += 4)
                    gone += all.scim.del(at[i]).status == 204 ? 1 : 0;
            });
    threads.clear();
    BOOST_TEST(gone == 10);
    BOOST_TEST(all.scim.get("/Users").number("/totalResults") == 30);
    BOOST_TEST(all.guard->held("default"));
    BOOST_TEST(all.told == 1);
}

BOOST_AUTO_TEST_CASE(check_24_a_limit_that_allows_nothing_is_a_mistake)
{
    BOOST_CHECK_THROW(DeletionGuard(memory::make_store(), {.max_removals = 0}), std::invalid_argument);
    BOOST_CHECK_THROW(DeletionGuard(memory::make_store(), {.window = std::chrono::seconds{0}}), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
