// Writes that wait while the disk works share the next commit, and nothing else.
#include <scimkit/kv/store.hpp>
#include <scimkit/store/change_log.hpp>

#include "failing_disk.hpp"
#include "kv/engine_access.hpp"
#include "lmdb_fixture.hpp"
#include "support/shared_engine.hpp"

#include <cerrno>
#include <fstream>
#include <functional>
#include <list>
#include <stdexcept>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace scimkit;
using namespace scimkit::test;

namespace
{

/// True once the thread waits for something.
bool sleeps(int thread)
{
    std::ifstream file{"/proc/self/task/" + std::to_string(thread) + "/stat"};
    std::string text;
    std::getline(file, text);
    auto const name_end = text.rfind(')');
    return name_end != std::string::npos && text.substr(name_end + 2, 1) == "S";
}

struct GroupFixture : LmdbFixture
{
    using Body = std::function<result<void>(kv::Writer&)>;

    struct Writing
    {
        Body body;
        std::atomic<int> thread{0};
        std::string outcome{};
        std::jthread runs{};
    };

    ~GroupFixture()
    {
        release();
        sync_error = 0;
    }

    static void release()
    {
        sync_held = false;
        sync_held.notify_all();
    }

    Writing& begin(Body body)
    {
        auto& writing = writings.emplace_back(std::move(body));
        writing.runs = std::jthread(
            [&writing, this]
            {
                writing.thread = ::gettid();
                try
                {
                    writing.outcome = describe(engine->write(writing.body));
                }
                catch (std::exception const& thrown)
                {
                    writing.outcome = std::string{"thrown: "} + thrown.what();
                }
            });
        while (writing.thread == 0 || !sleeps(writing.thread))
            std::this_thread::yield();
        return writing;
    }

    /// What becomes of writes that came while one was waiting for the disk, in this order; and how often they waited.
    std::vector<std::string> outcomes(std::vector<Body> const& bodies)
    {
        sync_held = true;
        begin(putting("before", "1"));
        for (Body const& body : bodies)
            begin(body);
        int const before = syncs;
        if (fail_with != 0)
            sync_error = fail_with;
        release();
        std::vector<std::string> told;
        for (Writing& writing : writings)
        {
            writing.runs.join();
            told.push_back(writing.outcome);
        }
        told.erase(told.begin());
        writings.clear();
        waits = syncs - before;
        return told;
    }

    static Body putting(std::string key, std::string value)
    {
        return [key = std::move(key), value = std::move(value)](kv::Writer& writer) { return writer.put(key, value); };
    }

    /// Takes `key` for whoever comes first.
    static Body claiming(std::string key, std::string value)
    {
        return [key = std::move(key), value = std::move(value)](kv::Writer& writer) -> result<void>
        {
            auto const taken = writer.get(key);
            if (!taken)
                return taken.error();
            return *taken ? result<void>{Error{ErrorCode::conflict, "taken"}} : writer.put(key, value);
        };
    }

    std::unique_ptr<kv::Engine> engine = open();
    std::list<Writing> writings;
    int fail_with = 0;
    int waits = 0;
};

bool has(kv::Engine& engine, std::string_view key)
{
    auto const value = get(engine, key);
    return value && value->has_value();
}

using Told = std::vector<std::string>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(lmdb_group_commit, GroupFixture)

BOOST_AUTO_TEST_CASE(writes_that_wait_for_the_disk_share_the_next_commit)
{
    std::vector<Body> bodies;
    bodies.reserve(20);
    for (int i = 0; i < 20; ++i)
        bodies.push_back(putting("key" + std::to_string(i), "value"));
    BOOST_TEST(outcomes(bodies) == Told(20, "ok"), boost::test_tools::per_element());
    BOOST_TEST(waits <= 10); // a slow leader takes one other at least
    engine.reset();
    engine = open();
    for (int i = 0; i < 20; ++i)
        BOOST_TEST(value_of(*engine, "key" + std::to_string(i)) == "value");
}

BOOST_AUTO_TEST_CASE(who_waits_for_others_that_write_does_so_until_its_deadline)
{
    sync_held = true;
    begin(putting("before", "1"));
    begin(putting("first", "1"));
    bool begun = false;
    auto const given_up = engine->write_before(std::chrono::steady_clock::now() + std::chrono::milliseconds{50},
                                               [&](kv::Writer& writer)
                                               {
                                                   begun = true;
                                                   return writer.put("late", "1");
                                               });
    BOOST_REQUIRE(!given_up);
    BOOST_TEST((given_up.error().code == ErrorCode::busy));
    begin(putting("last", "1"));
    release();
    writings.clear(); // waits for all
    BOOST_TEST(!begun);
    BOOST_TEST(!has(*engine, "late"));
    for (char const* const key : {"before", "first", "last"})
        BOOST_TEST(value_of(*engine, key) == "1");
}

BOOST_AUTO_TEST_CASE(who_follows_the_log_waits_for_others_that_write_until_its_deadline)
{
    std::shared_ptr<kv::Engine> const shared{std::move(engine)};
    engine = std::make_unique<SharedEngine>(shared);
    auto const store = kv::make_store(std::make_unique<SharedEngine>(shared)).value();
    auto& log = *store->change_log();
    sync_held = true;
    begin(putting("before", "1"));
    begin(putting("first", "1"));
    CallContext const context{.deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds{50}};
    auto const given_up = log.acknowledge("a", context, "reader", LogPosition{});
    BOOST_REQUIRE(!given_up);
    BOOST_TEST((given_up.error().code == ErrorCode::busy));
    BOOST_TEST((log.forget("a", context, "reader").error().code == ErrorCode::busy));
    release();
    writings.clear();
    BOOST_TEST(log.acknowledge("a", {}, "reader", LogPosition{}).has_value());
}

BOOST_AUTO_TEST_CASE(one_that_fails_or_throws_comes_to_nothing_alone)
{
    auto const told = outcomes({putting("a", "1"),
                                [](kv::Writer& writer) -> result<void>
                                {
                                    if (auto put = writer.put("a", "spoilt"); !put)
                                        return put;
                                    return Error{ErrorCode::busy, "no"};
                                },
                                [](kv::Writer& writer) -> result<void>
                                {
                                    if (auto put = writer.put("b", "spoilt"); !put)
                                        return put;
                                    throw std::runtime_error("oh");
                                },
                                putting("c", "1")});
    BOOST_TEST(told == (Told{"ok", "busy: no", "thrown: oh", "ok"}), boost::test_tools::per_element());
    BOOST_TEST(waits <= 2); // a slow leader takes one other at least
    BOOST_TEST(value_of(*engine, "a") == "1");
    BOOST_TEST(!has(*engine, "b"));
    BOOST_TEST(value_of(*engine, "c") == "1");
}

BOOST_AUTO_TEST_CASE(who_shares_a_commit_hears_of_all_that_wait_for_it)
{
    std::vector<std::size_t> heard;
    auto const hearing = [&](kv::Writer& writer) -> result<void>
    {
        heard.push_back(writer.others_waiting());
        return {};
    };
    BOOST_TEST(outcomes({hearing, hearing, hearing}) == Told(3, "ok"), boost::test_tools::per_element());
    BOOST_REQUIRE(heard.size() == 3U);
    BOOST_TEST(heard.front() == 2U);
    if (waits == 1) // otherwise one of the others led a commit of its own
        BOOST_TEST(heard == (std::vector<std::size_t>{2, 2, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_leader_that_fails_takes_nobody_with_it)
{
    auto const told = outcomes({[](kv::Writer& writer) -> result<void>
                                {
                                    if (auto put = writer.put("a", "spoilt"); !put)
                                        return put;
                                    throw std::runtime_error("oh");
                                },
                                [](kv::Writer&) -> result<void> {
                                    return Error{ErrorCode::busy, "no"};
                                },
                                putting("b", "1")});
    BOOST_TEST(told == (Told{"thrown: oh", "busy: no", "ok"}), boost::test_tools::per_element());
    BOOST_TEST(!has(*engine, "a"));
    BOOST_TEST(value_of(*engine, "b") == "1");
}

BOOST_AUTO_TEST_CASE(each_sees_what_those_before_it_wrote)
{
    auto const told = outcomes({claiming("name", "first"), claiming("name", "second"), claiming("name", "third")});
    BOOST_TEST(told == (Told{"ok", "other: taken", "other: taken"}), boost::test_tools::per_element());
    BOOST_TEST(value_of(*engine, "name") == "first");
}

BOOST_AUTO_TEST_CASE(when_the_disk_fails_nobody_is_told_that_anything_was_written_or_seen)
{
    fail_with = EIO;
    for (std::string const& told : outcomes({claiming("name", "first"), claiming("name", "second"), putting("b", "1")}))
        BOOST_TEST(told.starts_with("unavailable: "), told);
    sync_error = 0;
    engine.reset();
    engine = open();
    BOOST_TEST(!has(*engine, "name"));
    BOOST_TEST(!has(*engine, "b"));
}

BOOST_AUTO_TEST_CASE(one_that_is_too_large_for_the_map_gets_a_larger_one_and_the_others_stay)
{
    engine.reset();
    options.initial_map_bytes = std::size_t{1} << 20;
    engine = open();
    std::string const large(std::size_t{2} << 20, 'x');
    auto const told =
        outcomes({putting("a", "1"), putting("large", large), putting("b", "1"), putting("larger", large)});
    BOOST_TEST(told == Told(4, "ok"), boost::test_tools::per_element());
    BOOST_TEST(value_of(*engine, "large") == large);
    BOOST_TEST(value_of(*engine, "larger") == large);
    BOOST_TEST(value_of(*engine, "a") == "1");
    BOOST_TEST(value_of(*engine, "b") == "1");
}

BOOST_AUTO_TEST_CASE(one_that_opens_a_transaction_in_its_body_is_refused_and_nobody_waits)
{
    auto const told = outcomes({putting("a", "1"),
                                [this](kv::Writer&) -> result<void>
                                { return engine->write([](kv::Writer&) { return result<void>{}; }); },
                                putting("b", "1")});
    BOOST_TEST(told[1].starts_with("other: A transaction was opened inside"));
    BOOST_TEST(value_of(*engine, "a") == "1");
    BOOST_TEST(value_of(*engine, "b") == "1");
}

BOOST_AUTO_TEST_SUITE_END()
