// What every engine must do when many threads use it at once.
#include "kv/engine_access.hpp"
#include "kv/engine_suite.hpp"

#include <atomic>
#include <charconv>
#include <chrono>
#include <functional>
#include <future>
#include <thread>

namespace
{

using scimkit::result;
using scimkit::kv::Reader;
using scimkit::kv::Writer;
using namespace scimkit::test;
using namespace std::chrono_literals;

struct ThreadsFixture
{
    std::shared_ptr<scimkit::kv::Engine> engine = make_engine();
};

int to_int(std::string_view text)
{
    int number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

// Reads, adds one, writes back, to both counters.
result<void> increment(Writer& writer)
{
    for (std::string_view const key : {"left", "right"})
    {
        auto const value = writer.get(key);
        if (!value)
            return value.error();
        if (auto stored = writer.put(key, std::to_string(to_int(value->value_or("0")) + 1)); !stored)
            return stored;
    }
    return {};
}

// While a transaction is open, somebody else begins.
bool hears(scimkit::kv::Engine& engine, std::function<void()> const& begin)
{
    std::jthread other; // joined when the transaction is over
    bool heard = false;
    auto const written = engine.write(
        [&](Writer& writer)
        {
            if (!other.joinable())
                other = std::jthread{begin};
            auto const end = std::chrono::steady_clock::now() + 10s;
            while (!heard && std::chrono::steady_clock::now() < end)
            {
                std::this_thread::sleep_for(1ms);
                heard = writer.others_waiting() == 1;
            }
            return writer.put("of this", "1");
        });
    return written && heard;
}

} // namespace

bool scimkit::test::hears_who_waits_to_write(kv::Engine& engine)
{
    return hears(engine, [&] { (void)put(engine, "of the other", "1"); });
}

bool scimkit::test::hears_who_waits_to_read(kv::Engine& engine)
{
    return hears(engine, [&] { (void)get(engine, "of this"); });
}

BOOST_FIXTURE_TEST_SUITE(engine_threads, ThreadsFixture)

BOOST_AUTO_TEST_CASE(a_lone_writer_is_told_that_nobody_waits)
{
    std::size_t others = 1;
    BOOST_REQUIRE(engine->write(
        [&](Writer& writer) -> result<void>
        {
            others = writer.others_waiting();
            return {};
        }));
    BOOST_TEST(others == 0U);
}

BOOST_AUTO_TEST_CASE(a_reader_keeps_its_snapshot_while_a_writer_comes)
{
    BOOST_REQUIRE(put(*engine, "key", "old"));
    std::promise<void> reader_stands;
    std::promise<void> written;
    std::thread writer{[&]
                       {
                           reader_stands.get_future().wait();
                           // Commits at once, or waits for the reader: both keep the reader's view.
                           (void)put(*engine, "key", "new");
                           written.set_value();
                       }};
    std::string first;
    std::string later;
    auto const outcome = engine->read(
        [&](Reader& reader) -> result<void>
        {
            first = reader.get("key").value().value();
            reader_stands.set_value();
            (void)written.get_future().wait_for(50ms); // where the writer waits for this reader there is no end of it
            later = reader.get("key").value().value();
            return {};
        });
    writer.join();
    BOOST_TEST(outcome.has_value());
    BOOST_TEST(first == "old");
    BOOST_TEST(later == "old");
    BOOST_TEST(value_of(*engine, "key") == "new");
}

BOOST_AUTO_TEST_CASE(parallel_writers_lose_no_update_and_readers_see_none_half_done)
{
    constexpr int writers = 4;
    constexpr int rounds = 100;
    std::atomic<int> failures{0};
    std::atomic<int> torn{0};
    std::atomic<int> backwards{0};
    std::atomic<bool> done{false};

    std::vector<std::thread> threads;
    threads.reserve(3);
    for (int i = 0; i < 3; ++i)
        threads.emplace_back(
            [&]
            {
                int last = 0;
                while (!done)
                {
                    int left = 0;
                    int right = 0;
                    auto const outcome = engine->read(
                        [&](Reader& reader) -> result<void>
                        {
                            left = to_int(reader.get("left").value().value_or("0"));
                            right = to_int(reader.get("right").value().value_or("0"));
                            return {};
                        });
                    failures += outcome ? 0 : 1;
                    torn += left == right ? 0 : 1;
                    backwards += left < last ? 1 : 0;
                    last = left;
                }
            });
    std::vector<std::thread> writing;
    writing.reserve(writers);
    for (int i = 0; i < writers; ++i)
        writing.emplace_back(
            [&]
            {
                for (int round = 0; round < rounds; ++round)
                    failures += engine->write([](Writer& writer) { return increment(writer); }) ? 0 : 1;
            });
    for (auto& thread : writing)
        thread.join();
    done = true;
    for (auto& thread : threads)
        thread.join();

    BOOST_TEST(failures == 0);
    BOOST_TEST(torn == 0);
    BOOST_TEST(backwards == 0);
    BOOST_TEST(value_of(*engine, "left") == std::to_string(writers * rounds));
}

BOOST_AUTO_TEST_CASE(readers_that_overlap_without_end_do_not_starve_a_writer)
{
    std::atomic<bool> done{false};
    std::atomic<int> running{0};
    std::vector<std::thread> readers;
    readers.reserve(4);
    for (int i = 0; i < 4; ++i)
        readers.emplace_back(
            [&]
            {
                while (!done)
                {
                    (void)engine->read(
                        [&](Reader&) -> result<void>
                        {
                            ++running;
                            std::this_thread::sleep_for(2ms);
                            return {};
                        });
                }
            });
    while (running < 4)
        std::this_thread::yield();
    std::atomic<int> written{0};
    std::thread writer{[&]
                       {
                           for (int i = 0; i < 20; ++i)
                               written += put(*engine, "key", std::to_string(i)) ? 1 : 0;
                       }};
    writer.join(); // for ever, if readers shut writers out
    done = true;
    for (auto& reader : readers)
        reader.join();
    BOOST_TEST(written == 20);
}

BOOST_AUTO_TEST_CASE(readers_run_side_by_side)
{
    std::atomic<int> inside{0};
    auto const meet = [&](Reader&) -> result<void>
    {
        ++inside;
        auto const deadline = std::chrono::steady_clock::now() + 10s;
        while (inside < 2 && std::chrono::steady_clock::now() < deadline)
            std::this_thread::yield();
        return {};
    };
    std::thread other{[&] { (void)engine->read(meet); }};
    (void)engine->read(meet);
    BOOST_TEST(inside == 2);
    other.join();
}

BOOST_AUTO_TEST_SUITE_END()
