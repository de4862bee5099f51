// Kills at every step between a commit and what has to follow from it. Each child is a process of its own, forked
// before anything here has a thread or a store.
#include <scimkit/events/audit.hpp>
#include <scimkit/events/lifecycle.hpp>
#include <scimkit/lmdb/lmdb_store.hpp>
#include <scimkit/store/forwarding_store.hpp>

#include "events_fixture.hpp"
#include "store/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace scimkit;
using namespace scimkit::test;

namespace
{

std::shared_ptr<ResourceStore> open(TemporaryDirectory const& directory)
{
    return lmdb::open_store(directory.path().string(), {.fsync = false}).value();
}

/// Runs `body` in a process of its own; whether that was killed.
template <class Body>
bool is_killed(Body body)
{
    auto const child = ::fork();
    if (child == 0)
    {
        ::alarm(60); // a child that waits for ever ends, and is not killed in the sense of this test
        body();
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

[[noreturn]] void die()
{
    ::kill(::getpid(), SIGKILL);
    for (;;)
        ::pause();
}

/// A joiner who leaves.
std::string leave(EventsFixture const& events)
{
    auto const id = events.scim.create("/Users", user("ada", {{"active", true}}));
    events.scim.patch("/Users/" + id, patch_op("replace", "active", false));
    return id;
}

/// Notes what the hooks are told after the restart.
std::vector<std::string> told_after_restart(TemporaryDirectory const& directory, std::size_t count)
{
    EventsFixture events{open(directory)};
    LifecycleHooks hooks;
    auto const note = [&](LifecycleEvent const& event) -> result<void>
    {
        events.noted.add(std::string{name_of(event.kind)} + " " + std::string{event.id});
        return {};
    };
    hooks.joiner = note;
    hooks.leaver = note;
    auto options = events.reader_options();
    options.handle = lifecycle_handler(hooks);
    auto const reader = LogReader::start(events.store, options).value();
    BOOST_TEST(events.noted.wait_for(count));
    BOOST_TEST(events.wait_for_place("a"));
    return events.noted.all();
}

/// Dies where the place would be kept.
struct DyingStore final : ForwardingStore
{
    struct Log final : ForwardingChangeLog
    {
        using ForwardingChangeLog::ForwardingChangeLog;
        result<void> acknowledge(std::string_view, CallContext const&, std::string_view, LogPosition) override
        {
            die();
        }
    };

    explicit DyingStore(std::shared_ptr<ResourceStore> inner)
        : ForwardingStore(std::move(inner))
        , log(*ForwardingStore::change_log())
    {
    }
    ChangeLog* change_log() override { return &log; }
    Log log;
};

using Lines = std::vector<std::string>;

} // namespace

BOOST_AUTO_TEST_SUITE(kills)

BOOST_AUTO_TEST_CASE(check_15_a_leaver_is_told_after_a_kill_between_the_commit_and_any_reader)
{
    TemporaryDirectory const directory;
    BOOST_REQUIRE(is_killed(
        [&]
        {
            EventsFixture events{open(directory)};
            leave(events);
            die();
        }));
    BOOST_TEST((told_after_restart(directory, 2) == Lines{"joiner id-1", "leaver id-1"}));
}

BOOST_AUTO_TEST_CASE(check_15_a_leaver_is_told_after_a_kill_within_the_hook)
{
    TemporaryDirectory const directory;
    BOOST_REQUIRE(is_killed(
        [&]
        {
            EventsFixture events{open(directory)};
            LifecycleHooks hooks;
            hooks.leaver = [](LifecycleEvent const&) -> result<void> { die(); };
            auto options = events.reader_options();
            options.handle = lifecycle_handler(hooks);
            auto const reader = LogReader::start(events.store, options).value();
            leave(events);
            std::this_thread::sleep_for(60s);
        }));
    auto const told = told_after_restart(directory, 1);
    BOOST_REQUIRE(!told.empty());
    BOOST_TEST(told.back() == "leaver id-1");
}

BOOST_AUTO_TEST_CASE(check_15_a_leaver_is_told_again_after_a_kill_between_the_hook_and_its_acknowledgement)
{
    TemporaryDirectory const directory;
    BOOST_REQUIRE(is_killed(
        [&]
        {
            EventsFixture events{std::make_shared<DyingStore>(open(directory))};
            leave(events);
            LifecycleHooks hooks;
            hooks.leaver = [](LifecycleEvent const&) -> result<void> { return {}; };
            auto options = events.reader_options();
            options.handle = lifecycle_handler(hooks);
            auto const reader = LogReader::start(events.store, options).value();
            std::this_thread::sleep_for(60s);
        }));
    BOOST_TEST((told_after_restart(directory, 2) == Lines{"joiner id-1", "leaver id-1"}));
}

BOOST_AUTO_TEST_CASE(what_was_told_and_acknowledged_is_not_told_again)
{
    TemporaryDirectory const directory;
    BOOST_REQUIRE(is_killed(
        [&]
        {
            EventsFixture events{open(directory)};
            leave(events);
            {
                auto const reader = events.start();
                if (!events.noted.wait_for(2) || !events.wait_for_place("a"))
                    ::_exit(1);
            }
            events.scim.create("/Users", user("ben"));
            die();
        }));
    BOOST_TEST((told_after_restart(directory, 1) == Lines{"joiner id-2"}));
}

BOOST_AUTO_TEST_CASE(an_audit_record_has_the_same_id_before_a_kill_and_after_it)
{
    TemporaryDirectory const directory;
    BOOST_REQUIRE(is_killed(
        [&]
        {
            EventsFixture events{open(directory)};
            leave(events);
            die();
        }));
    auto const ids = [&]
    {
        auto const store = open(directory);
        Lines made;
        auto const read = store->change_log()->read("a", {}, {}, 10,
                                                    [&](LoggedChange&& change)
                                                    {
                                                        made.push_back(audit_record(change).id);
                                                        return true;
                                                    });
        BOOST_TEST(read.has_value());
        return made;
    };
    auto const first = ids();
    BOOST_TEST(first.size() == 2U);
    BOOST_TEST((first == ids()));
}

BOOST_AUTO_TEST_SUITE_END()
