// The LMDB engine: the suite of every engine, and what only a durable engine with a growing map has to show.
#include "kv/engine_access.hpp"
#include "kv/engine_suite.hpp"
#include "lmdb_fixture.hpp"

#include <lmdb.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <stdexcept>
#include <thread>

using namespace scimkit::test;
using scimkit::ErrorCode;
using scimkit::result;
using scimkit::kv::Engine;
using scimkit::kv::Reader;
using scimkit::kv::Writer;

std::shared_ptr<Engine> scimkit::test::make_engine()
{
    auto const home = std::make_shared<LmdbFixture>();
    auto engine = home->open();
    // The directory must outlive the engine.
    return {engine.release(), [home](Engine* last) { delete last; }};
}

namespace
{

// One transaction of about a megabyte.
result<void> put_megabyte(Writer& writer, unsigned batch)
{
    for (unsigned i = 0; i < 1000; ++i)
        if (auto stored = writer.put(numbered("k", batch * 1000 + i), std::string(1000, 'v')); !stored)
            return stored;
    return {};
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(lmdb_engine, LmdbFixture)

BOOST_AUTO_TEST_CASE(a_writer_hears_who_waits) { BOOST_TEST(hears_who_waits_to_write(*make_engine())); }

BOOST_AUTO_TEST_CASE(what_was_written_is_there_after_opening_again)
{
    BOOST_REQUIRE(put(*open(), "key", "value"));
    BOOST_TEST(value_of(*open(), "key") == "value");
}

BOOST_AUTO_TEST_CASE(it_is_durable_unless_fsync_is_off)
{
    BOOST_TEST(open()->durable());
    options.fsync = false;
    auto engine = open();
    BOOST_TEST(!engine->durable());
    BOOST_REQUIRE(put(*engine, "key", "value"));
    engine.reset();
    BOOST_TEST(value_of(*open(), "key") == "value");
}

BOOST_AUTO_TEST_CASE(a_writer_commits_while_a_reader_keeps_its_snapshot)
{
    auto const engine = open();
    BOOST_REQUIRE(put(*engine, "key", "old"));
    auto const outcome = engine->read(
        [&](Reader& reader) -> result<void>
        {
            BOOST_TEST(reader.get("key").value().value() == "old");
            std::thread([&] { BOOST_TEST(put(*engine, "key", "new").has_value()); }).join();
            BOOST_TEST(reader.get("key").value().value() == "old");
            return {};
        });
    BOOST_TEST(outcome.has_value());
    BOOST_TEST(value_of(*engine, "key") == "new");
}

BOOST_AUTO_TEST_CASE(a_reader_does_not_wait_for_a_writer)
{
    auto const engine = open();
    auto const outcome = engine->write(
        [&](Writer& writer) -> result<void>
        {
            BOOST_REQUIRE(writer.put("key", "value"));
            bool found = true;
            std::thread([&] { found = get(*engine, "key").value().has_value(); }).join();
            BOOST_TEST(!found);
            return {};
        });
    BOOST_TEST(outcome.has_value());
}

BOOST_AUTO_TEST_CASE(the_map_grows_under_load_with_readers_at_work)
{
    options.initial_map_bytes = std::size_t{1} << 20;
    auto const engine = open();
    std::atomic<bool> done{false};
    std::atomic<unsigned> failures{0};
    std::atomic<unsigned> partial{0};
    std::vector<std::thread> readers;
    readers.reserve(3);
    for (int i = 0; i < 3; ++i)
        readers.emplace_back(
            [&]
            {
                while (!done)
                {
                    // Batches are whole: the last key that is there ends one.
                    bool whole = true;
                    auto const outcome = engine->read(
                        [&](Reader& reader) -> result<void>
                        {
                            auto const cursor = reader.cursor();
                            if (!cursor)
                                return cursor.error();
                            auto const found = (*cursor)->seek_before("l");
                            if (!found)
                                return found.error();
                            whole = !*found || ((*cursor)->key().ends_with("999") && (*cursor)->value().size() == 1000);
                            return {};
                        });
                    failures += outcome ? 0 : 1;
                    partial += whole ? 0 : 1;
                }
            });
    for (unsigned batch = 0; batch < 50; ++batch)
        BOOST_TEST(engine->write([&](Writer& writer) { return put_megabyte(writer, batch); }).has_value());
    done = true;
    for (auto& reader : readers)
        reader.join();
    BOOST_TEST(failures == 0U);
    BOOST_TEST(partial == 0U);
    BOOST_TEST(entries_of(*engine).value().size() == 50000U);
}

// A read transaction of another thread, for as long as this lives.
struct LongReader
{
    explicit LongReader(scimkit::kv::Engine& engine)
        : thread(
              [this, &engine]
              {
                  auto const outcome = engine.read(
                      [this](Reader&) -> result<void>
                      {
                          inside.set_value();
                          released.get_future().wait();
                          return {};
                      });
                  served = outcome.has_value();
              })
    {
        inside.get_future().wait();
    }
    ~LongReader() { leave(); }
    void leave()
    {
        if (!thread.joinable())
            return;
        released.set_value();
        thread.join();
    }

    std::promise<void> inside;
    std::promise<void> released;
    bool served = false;
    std::thread thread;
};

BOOST_AUTO_TEST_CASE(with_the_address_space_reserved_nobody_waits_for_a_long_reader_while_the_database_grows)
{
    options.fsync = false; // not what this is about
    auto const engine = open();
    BOOST_REQUIRE(put(*engine, "key", "value"));
    LongReader reader{*engine};
    std::string const large(std::size_t{20} << 20, 'x');
    for (unsigned number = 0; number < 15; ++number) // 300 MiB
    {
        BOOST_REQUIRE(put(*engine, numbered("k", number), large));
        BOOST_REQUIRE(value_of(*engine, "key") == "value");
    }
    reader.leave();
    BOOST_TEST(reader.served);
}

BOOST_AUTO_TEST_CASE(where_the_map_must_grow_a_long_reader_costs_writes_a_busy_and_readers_a_moment)
{
    options.initial_map_bytes = std::size_t{1} << 20;
    auto const engine = open();
    BOOST_REQUIRE(put(*engine, "key", "value"));
    std::string const large(std::size_t{2} << 20, 'x');
    std::atomic<bool> done{false};
    std::atomic<unsigned> reads{0};
    std::atomic<unsigned> failures{0};
    std::chrono::steady_clock::duration longest{};
    {
        LongReader reader{*engine};
        std::thread other{[&]
                          {
                              while (!done)
                              {
                                  auto const begin = std::chrono::steady_clock::now();
                                  failures += get(*engine, "key") ? 0 : 1;
                                  longest = std::max(longest, std::chrono::steady_clock::now() - begin);
                                  ++reads;
                              }
                          }};
        auto const refused = put(*engine, "large", large);
        done = true;
        other.join();
        BOOST_REQUIRE(refused.has_error());
        BOOST_TEST((refused.error().code == scimkit::ErrorCode::busy));
        BOOST_TEST((refused.error().retry_after.count() > 0));
        reader.leave();
        BOOST_TEST(reader.served);
    }
    BOOST_TEST(failures == 0U);
    BOOST_TEST(reads > 20U);
    BOOST_TEST((longest < std::chrono::milliseconds{500})); // a gate is closed for 10 ms; the machine may be busy
    BOOST_TEST(put(*engine, "large", large).has_value());
}

BOOST_AUTO_TEST_CASE(growing_runs_the_body_again_whatever_it_made_of_the_failed_put)
{
    options.initial_map_bytes = std::size_t{1} << 20;
    auto const engine = open();
    std::string const large(std::size_t{2} << 20, 'x');

    int passing_on = 0;
    BOOST_TEST(engine
                   ->write(
                       [&](Writer& writer)
                       {
                           ++passing_on;
                           return writer.put("a", large);
                       })
                   .has_value());
    BOOST_TEST(passing_on > 1);

    int throwing = 0;
    BOOST_TEST(engine
                   ->write(
                       [&](Writer& writer) -> result<void>
                       {
                           ++throwing;
                           if (!writer.put("b", large + large))
                               throw std::runtime_error("put failed");
                           return {};
                       })
                   .has_value());
    BOOST_TEST(throwing > 1);

    int ignoring = 0;
    BOOST_TEST(engine
                   ->write(
                       [&](Writer& writer) -> result<void>
                       {
                           ++ignoring;
                           (void)writer.put("c", large + large + large + large);
                           (void)writer.put("d", "small");
                           return {};
                       })
                   .has_value());
    BOOST_TEST(ignoring > 1);

    BOOST_TEST(entries_of(*engine).value().size() == 4U);
    BOOST_TEST(value_of(*engine, "c").size() == large.size() * 4);
}

BOOST_AUTO_TEST_CASE(a_map_that_another_program_enlarged_is_followed)
{
    options.initial_map_bytes = std::size_t{1} << 20;
    auto const engine = open();
    BOOST_REQUIRE(put(*engine, "key", "value"));
    // A tool of LMDB's own, which knows nothing of our lock.
    auto const enlarge = [&](char const* key)
    {
        return in_child(
            [&]() -> std::string
            {
                MDB_env* environment = nullptr;
                MDB_txn* transaction = nullptr;
                MDB_dbi database = 0;
                std::string value(std::size_t{8} << 20, 'x');
                MDB_val key_value{3, const_cast<char*>(key)};
                MDB_val data{value.size(), value.data()};
                bool const done =
                    mdb_env_create(&environment) == 0 && mdb_env_set_mapsize(environment, std::size_t{64} << 20) == 0 &&
                    mdb_env_open(environment, directory.c_str(), 0, 0600) == 0 &&
                    mdb_txn_begin(environment, nullptr, 0, &transaction) == 0 &&
                    mdb_dbi_open(transaction, nullptr, 0, &database) == 0 &&
                    mdb_put(transaction, database, &key_value, &data, 0) == 0 && mdb_txn_commit(transaction) == 0;
                return done ? "written" : "failed";
            });
    };
    BOOST_TEST(enlarge("one") == "written");
    BOOST_TEST(value_of(*engine, "one").size() == std::size_t{8} << 20);
    BOOST_TEST(value_of(*engine, "key") == "value");
    BOOST_TEST(put(*engine, "key", "changed").has_value());
}

BOOST_AUTO_TEST_CASE(more_readers_than_allowed_are_told_to_come_again)
{
    options.max_readers = 2;
    auto const engine = open();
    std::promise<void> release;
    auto const released = release.get_future().share();
    std::atomic<int> inside{0};
    auto const hold = [&](Reader&) -> result<void>
    {
        ++inside;
        released.wait();
        return {};
    };
    std::atomic<int> served{0};
    std::thread one{[&] { served += engine->read(hold) ? 1 : 0; }};
    std::thread two{[&] { served += engine->read(hold) ? 1 : 0; }};
    while (inside < 2)
        std::this_thread::yield();
    BOOST_TEST((get(*engine, "key").error().code == ErrorCode::busy));
    auto const copied = engine->copy_to(directory / "copy");
    BOOST_TEST((!copied && copied.error().code == ErrorCode::busy));
    BOOST_TEST(put(*engine, "key", "value").has_value());
    release.set_value();
    one.join();
    two.join();
    BOOST_TEST(served == 2);
    BOOST_TEST(value_of(*engine, "key") == "value");
}

BOOST_AUTO_TEST_CASE(threads_that_come_and_go_do_not_use_up_the_readers)
{
    options.max_readers = 4;
    auto const engine = open();
    BOOST_REQUIRE(put(*engine, "key", "value"));
    for (int i = 0; i < 100; ++i)
    {
        bool found = false;
        std::thread([&] { found = get(*engine, "key").value().has_value(); }).join();
        BOOST_REQUIRE(found);
    }
}

BOOST_AUTO_TEST_SUITE_END()
