// A reader is told of everything at least once, in order, whatever fails in between.
#include <scimkit/store/forwarding_store.hpp>

#include "events_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>

using namespace scimkit;
using namespace scimkit::test;

namespace
{

using Lines = std::vector<std::string>;

struct LogReaderFixture : EventsFixture
{
    std::string add(std::string const& name) { return scim.create("/Users", user(name)); }
};

/// A store whose log fails as often as a test wants.
struct FailingLog final : ForwardingChangeLog
{
    using ForwardingChangeLog::ForwardingChangeLog;

    result<void> acknowledge(std::string_view tenant, CallContext const& context, std::string_view reader,
                             LogPosition position) override
    {
        if (failures > 0)
        {
            --failures;
            return Error{ErrorCode::unavailable, "The disk is full."};
        }
        return ForwardingChangeLog::acknowledge(tenant, context, reader, position);
    }
    result<LogExtent> extent(std::string_view tenant, CallContext const& context) override
    {
        if (refusals > 0)
        {
            --refusals;
            return Error{ErrorCode::unavailable, "The store is away."};
        }
        return ForwardingChangeLog::extent(tenant, context);
    }

    std::atomic<int> failures{0};
    std::atomic<int> refusals{0};
};

struct FailingStore final : ForwardingStore
{
    explicit FailingStore(std::shared_ptr<ResourceStore> inner)
        : ForwardingStore(std::move(inner))
        , log(*ForwardingStore::change_log())
    {
    }
    ChangeLog* change_log() override { return &log; }
    FailingLog log;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(log_readers, LogReaderFixture)

BOOST_AUTO_TEST_CASE(what_was_committed_before_the_start_and_after_it_comes_in_order)
{
    add("ada");
    auto const reader = start();
    BOOST_TEST(noted.wait_for(1));
    for (int i = 0; i < 300; ++i)
        add("user" + std::to_string(i));
    scim.del("/Users/id-1");
    BOOST_TEST(noted.wait_for(302));
    auto const all = noted.all();
    BOOST_REQUIRE_EQUAL(all.size(), 302U);
    for (std::size_t i = 0; i < 301; ++i)
        BOOST_TEST(all[i] == "a:created id-" + std::to_string(i + 1));
    BOOST_TEST(all.back() == "a:removed id-1");
}

BOOST_AUTO_TEST_CASE(the_place_is_kept_and_nothing_comes_again_after_a_stop)
{
    add("ada");
    {
        auto const reader = start();
        BOOST_TEST(noted.wait_for(1));
        BOOST_TEST(wait_for_place("a"));
    }
    add("ben");
    {
        auto const reader = start();
        BOOST_TEST(noted.wait_for(2));
        BOOST_TEST(wait_for_place("a"));
    }
    BOOST_TEST((noted.all() == Lines{"a:created id-1", "a:created id-2"}));
}

BOOST_AUTO_TEST_CASE(readers_of_other_names_have_places_of_their_own)
{
    add("ada");
    auto options = reader_options();
    options.name = "another";
    auto const reader = start();
    auto const another = LogReader::start(store, options).value();
    BOOST_TEST(noted.wait_for(2));
    BOOST_TEST(noted.count("a:created id-1") == 2U);
}

BOOST_AUTO_TEST_CASE(what_fails_is_handed_over_again_and_what_is_done_is_not)
{
    std::atomic<int> left{5};
    fault = [&](LoggedChange const& change) -> result<void>
    {
        if (change.id == "id-2" && left-- > 0)
            return Error{ErrorCode::unavailable, "The target is away."};
        return {};
    };
    for (auto const* const name : {"ada", "ben", "cleo"})
        add(name);
    auto const reader = start();
    BOOST_TEST(noted.wait_for(3));
    BOOST_TEST((noted.all() == Lines{"a:created id-1", "a:created id-2", "a:created id-3"}));
    BOOST_TEST(left.load() == -1);
    BOOST_TEST(failures.count("a:The target is away.") == 5U);
}

BOOST_AUTO_TEST_CASE(what_is_thrown_is_an_error_like_any_other)
{
    std::atomic<int> left{2};
    fault = [&](LoggedChange const&) -> result<void>
    {
        if (left-- > 1)
            throw std::runtime_error{"out of order"};
        if (left == 0)
            throw 7;
        return {};
    };
    add("ada");
    auto const reader = start();
    BOOST_TEST(noted.wait_for(1));
    BOOST_TEST(failures.all().size() == 2U);
    BOOST_TEST(failures.count("a:out of order") == 1U);
}

BOOST_AUTO_TEST_CASE(one_tenant_that_fails_holds_up_neither_another_nor_those_who_write)
{
    std::atomic<bool> away{true};
    fault = [&](LoggedChange const& change) -> result<void>
    {
        if (change.tenant == "a" && away)
            return Error{ErrorCode::unavailable, "The target is away."};
        return {};
    };
    add("ada");
    auto const reader = start();
    BOOST_TEST(failures.wait_for(3));
    other.create("/Users", user("ben"));
    add("cleo");
    BOOST_TEST(noted.wait_for(1));
    BOOST_TEST((noted.all() == Lines{"b:created id-2"}));
    away = false;
    BOOST_TEST(noted.wait_for(3));
    BOOST_TEST(noted.all().back() == "a:created id-3");
}

BOOST_AUTO_TEST_CASE(a_tenant_that_comes_later_is_found)
{
    auto const reader = start();
    add("ada");
    BOOST_TEST(noted.wait_for(1));
    other.create("/Users", user("ben"));
    BOOST_TEST(noted.wait_for(2));
    BOOST_TEST(noted.all().back() == "b:created id-2");
}

BOOST_AUTO_TEST_CASE(only_the_tenant_that_is_named_is_followed)
{
    auto options = reader_options();
    options.tenant = "b";
    auto const reader = LogReader::start(store, options).value();
    add("ada");
    other.create("/Users", user("ben"));
    BOOST_TEST(noted.wait_for(1));
    BOOST_TEST(wait_for_place("b"));
    BOOST_TEST((noted.all() == Lines{"b:created id-2"}));
    BOOST_TEST((place("a") == LogPosition{}));
}

BOOST_AUTO_TEST_CASE(a_reader_that_came_too_late_is_told_of_the_gap_first_and_once)
{
    add("ada");
    trim("a");
    add("ben");
    {
        auto const reader = start();
        BOOST_TEST(noted.wait_for(2));
        BOOST_TEST(wait_for_place("a"));
    }
    BOOST_TEST((noted.all() == Lines{"a:trimmed", "a:created id-2"}));
    auto const reader = start();
    add("cleo");
    BOOST_TEST(noted.wait_for(3));
    BOOST_TEST(noted.all().back() == "a:created id-3");
}

BOOST_AUTO_TEST_CASE(a_log_that_is_trimmed_under_a_reader_that_fails_is_a_gap)
{
    std::atomic<bool> away{true};
    fault = [&](LoggedChange const&) -> result<void> {
        return away ? result<void>{Error{ErrorCode::unavailable, "The target is away."}} : result<void>{};
    };
    add("ada");
    auto const reader = start();
    BOOST_TEST(failures.wait_for(1));
    trim("a");
    BOOST_TEST(noted.wait_for(1));
    BOOST_TEST((noted.all() == Lines{"a:trimmed"}));
    away = false;
    add("ben");
    BOOST_TEST(noted.wait_for(2));
    BOOST_TEST(noted.all().back() == "a:created id-2");
}

BOOST_AUTO_TEST_CASE(a_gap_that_cannot_be_told_is_told_again)
{
    add("ada");
    trim("a");
    std::atomic<int> failures_left{2};
    auto options = reader_options();
    options.gap = [&](LogGap const& gap) -> result<void>
    {
        if (failures_left-- > 0)
            return Error{ErrorCode::unavailable, "The target is away."};
        noted.add(gap.tenant + ":gap");
        return {};
    };
    auto const reader = LogReader::start(store, options).value();
    BOOST_TEST(noted.wait_for(1));
    BOOST_TEST(wait_for_place("a"));
    BOOST_TEST(noted.count("a:gap") == 1U);
}

BOOST_AUTO_TEST_CASE(a_tenant_that_is_removed_while_it_is_read_does_not_come_back)
{
    std::atomic<bool> removed{false};
    fault = [&](LoggedChange const& change) -> result<void>
    {
        if (change.tenant == "a" && !removed.exchange(true))
            return store->remove_tenant("a", {}); // between the reading and the acknowledgement
        return {};
    };
    add("ada");
    add("ben");
    auto const reader = start();
    BOOST_TEST(noted.wait_for(2));
    other.create("/Users", user("cleo"));
    BOOST_TEST(noted.wait_for(3));
    BOOST_TEST(wait_for_place("b"));
    Lines tenants;
    BOOST_TEST(store->tenants({}, [&](std::string_view name) { return tenants.emplace_back(name), true; }).has_value());
    BOOST_TEST((tenants == Lines{"b"}));
    BOOST_TEST(failures.all().empty());
}

BOOST_AUTO_TEST_CASE(a_tenant_that_is_made_again_is_told_from_its_new_beginning)
{
    auto options = reader_options();
    options.tenant = "a";
    auto const reader = LogReader::start(store, options).value();
    add("ada");
    add("ben");
    BOOST_TEST(noted.wait_for(2));
    BOOST_TEST(wait_for_place("a"));
    BOOST_REQUIRE(store->remove_tenant("a", {}).has_value());
    add("cleo");
    BOOST_TEST(noted.wait_for(4));
    BOOST_TEST((noted.all() == Lines{"a:created id-1", "a:created id-2", "a:replaced", "a:created id-3"}));
}

BOOST_AUTO_TEST_CASE(a_place_that_cannot_be_kept_is_told_again_and_nothing_is_lost)
{
    auto const failing = std::make_shared<FailingStore>(store);
    failing->log.failures = 2;
    add("ada");
    auto const reader = LogReader::start(failing, reader_options()).value();
    BOOST_TEST(noted.wait_for(3));
    BOOST_TEST(wait_for_place("a"));
    BOOST_TEST((noted.all() == Lines{"a:created id-1", "a:created id-1", "a:created id-1"}));
    BOOST_TEST(failures.count("a:The disk is full.") == 2U);
}

BOOST_AUTO_TEST_CASE(a_store_that_is_away_for_a_while_is_asked_again)
{
    auto const failing = std::make_shared<FailingStore>(store);
    failing->log.refusals = 3;
    add("ada");
    auto const reader = LogReader::start(failing, reader_options()).value();
    BOOST_TEST(noted.wait_for(1));
    BOOST_TEST(failures.count("a:The store is away.") == 3U);
}

BOOST_AUTO_TEST_CASE(large_changes_come_a_few_at_a_time)
{
    std::vector<std::string> members;
    for (int i = 0; i < 50; ++i)
        members.push_back(add("user" + std::to_string(i)));
    for (int i = 0; i < 4; ++i)
        scim.create("/Groups", group("group" + std::to_string(i), members));
    auto options = reader_options();
    options.max_batch_elements = 60;
    std::atomic<std::size_t> most{0};
    options.handle = [&](LogBatch& batch) -> result<void>
    {
        std::size_t elements = 0;
        for (LoggedChange const& change : batch.changes)
        {
            for (auto const& each : change.elements)
                elements += each.came.size();
            noted.add(say(change));
        }
        most = std::max(most.load(), elements);
        return {};
    };
    auto const reader = LogReader::start(store, options).value();
    BOOST_TEST(noted.wait_for(54));
    BOOST_TEST(most.load() == 100U);
}

BOOST_AUTO_TEST_CASE(a_stop_ends_a_call_that_listens_and_what_was_not_done_comes_after_the_next_start)
{
    add("ada");
    auto options = reader_options();
    options.handle = [&](LogBatch& batch) -> result<void>
    {
        noted.add("called");
        while (!batch.stop.stop_requested())
            std::this_thread::sleep_for(1ms);
        return Error{ErrorCode::unavailable, "It stops."};
    };
    {
        auto const reader = LogReader::start(store, options).value();
        BOOST_TEST(noted.wait_for(1));
        reader->request_stop();
    }
    BOOST_TEST((place("a") == LogPosition{}));
    BOOST_TEST(failures.all().empty());
    auto const reader = start();
    BOOST_TEST(noted.wait_for(2));
    BOOST_TEST(noted.all().back() == "a:created id-1");
}

BOOST_AUTO_TEST_CASE(options_that_mean_nothing_are_refused)
{
    auto const refused = [&](auto change)
    {
        auto options = reader_options();
        change(options);
        auto const made = LogReader::start(store, options);
        return made.has_error() && made.error().code == ErrorCode::invalid_value && is_sentence(made.error().detail);
    };
    BOOST_TEST(refused([](LogReaderOptions& each) { each.name.clear(); }));
    BOOST_TEST(refused([](LogReaderOptions& each) { each.name.assign(65, 'x'); }));
    BOOST_TEST(refused([](LogReaderOptions& each) { each.handle = {}; }));
    BOOST_TEST(refused([](LogReaderOptions& each) { each.max_batch = 0; }));
    BOOST_TEST(refused([](LogReaderOptions& each) { each.max_batch_elements = 0; }));
    BOOST_TEST(refused([](LogReaderOptions& each) { each.interval = 0ms; }));
    BOOST_TEST(refused([](LogReaderOptions& each) { each.gather = -1ms; }));
    BOOST_TEST(refused([](LogReaderOptions& each) { each.longest_pause = 0ms; }));
    kv::StoreOptions without;
    without.change_log = false;
    BOOST_TEST(LogReader::start(memory::make_store(without), reader_options()).has_error());
}

BOOST_AUTO_TEST_SUITE_END()
