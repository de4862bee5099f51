// Killed at any point: what was acknowledged is there, what was not is whole or absent.
#include "kv/engine_access.hpp"
#include "lmdb_fixture.hpp"

#include <chrono>
#include <csignal>
#include <random>
#include <thread>

using namespace scimkit::test;
using scimkit::result;
using scimkit::kv::Writer;

namespace
{

// Large enough that a transaction takes many pages.
std::string payload(unsigned number) { return std::string(6000 + number % 3000, static_cast<char>('a' + number % 26)); }

// The child: numbered transactions without end, each reported once it is acknowledged.
[[noreturn]] void write_until_killed(LmdbFixture const& fixture, unsigned first, int acknowledgements)
{
    auto const engine = scimkit::lmdb::open_engine(fixture.directory, fixture.options);
    if (!engine)
        ::_exit(1);
    for (unsigned number = first;; ++number)
    {
        auto const written = (*engine)->write(
            [&](Writer& writer) -> result<void>
            {
                for (std::string_view const prefix : {"a", "b", "c"})
                    if (auto stored = writer.put(numbered(prefix, number), payload(number)); !stored)
                        return stored;
                return writer.put("last", std::to_string(number));
            });
        if (!written || ::write(acknowledgements, &number, sizeof number) != sizeof number)
            ::_exit(2);
    }
}

// The last number that the child acknowledged before it was killed; `none` when there was none.
unsigned last_acknowledged(int acknowledgements, unsigned none)
{
    unsigned last = none;
    for (unsigned number = 0; ::read(acknowledgements, &number, sizeof number) == sizeof number;)
        last = number;
    return last;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(lmdb_crash, LmdbFixture)

BOOST_AUTO_TEST_CASE(nothing_acknowledged_is_lost_and_nothing_is_torn_by_sigkill)
{
    options.initial_map_bytes = std::size_t{1} << 20; // some kills meet the map while it grows
    std::mt19937 random{20260101};
    std::uniform_int_distribution<int> milliseconds{5, 120};
    unsigned acknowledged = 0;
    for (int round = 0; round < 12; ++round)
    {
        std::array<int, 2> pipe_ends{};
        BOOST_REQUIRE(::pipe(pipe_ends.data()) == 0);
        auto const child = ::fork();
        BOOST_REQUIRE(child >= 0);
        if (child == 0)
        {
            ::close(pipe_ends[0]);
            write_until_killed(*this, acknowledged + 1, pipe_ends[1]);
        }
        ::close(pipe_ends[1]);
        std::this_thread::sleep_for(std::chrono::milliseconds{milliseconds(random)});
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        BOOST_TEST(WIFSIGNALED(status));
        acknowledged = last_acknowledged(pipe_ends[0], acknowledged);
        ::close(pipe_ends[0]);

        auto const engine = open();
        auto const last = get(*engine, "last").value();
        unsigned const committed = last ? static_cast<unsigned>(std::stoul(*last)) : 0;
        BOOST_TEST(committed >= acknowledged);     // nothing acknowledged is lost
        BOOST_TEST(committed <= acknowledged + 1); // one may have been on its way to the pipe
        std::size_t entries = last ? 1 : 0;
        for (unsigned number = 1; number <= committed; ++number)
        {
            for (std::string_view const prefix : {"a", "b", "c"})
            {
                auto const value = get(*engine, numbered(prefix, number)).value();
                BOOST_REQUIRE_MESSAGE(value, "lost: " << prefix << number);
                BOOST_REQUIRE(*value == payload(number));
                ++entries;
            }
        }
        BOOST_TEST(entries_of(*engine).value().size() == entries); // nothing half done beside them
        acknowledged = committed;
    }
    BOOST_TEST(acknowledged > 0U);
}

BOOST_AUTO_TEST_SUITE_END()
