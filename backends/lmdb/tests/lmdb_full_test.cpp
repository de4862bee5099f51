// No room left: in the map, on the disk, in the address space. The store says so, keeps what it has, and recovers.
#include "kv/engine_access.hpp"
#include "lmdb_fixture.hpp"

#include <csignal>
#include <fstream>
#include <sys/resource.h>

using namespace scimkit::test;
using scimkit::ErrorCode;
using scimkit::result;
using scimkit::kv::Engine;
using scimkit::kv::Writer;

namespace
{

std::string const kilobyte(1000, 'v');

// Puts kilobytes one by one until one fails, at most `limit`; returns how many were acknowledged.
unsigned put_until_refused(Engine& engine, unsigned limit, result<void>& refusal)
{
    for (unsigned number = 0; number < limit; ++number)
    {
        refusal = put(engine, numbered("k", number), kilobyte);
        if (!refusal)
            return number;
    }
    return limit;
}

struct FullFixture : LmdbFixture
{
    FullFixture()
    {
        options.initial_map_bytes = std::size_t{1} << 20;
        options.max_map_bytes = std::size_t{1} << 20;
        options.fsync = false; // not what these cases are about
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(lmdb_full, FullFixture)

BOOST_AUTO_TEST_CASE(a_full_map_refuses_growth_and_goes_on_reading_and_erasing)
{
    auto engine = open();
    result<void> refusal;
    auto const stored = put_until_refused(*engine, 10000, refusal);
    BOOST_REQUIRE(stored < 10000U);
    BOOST_TEST(stored > 500U);
    BOOST_TEST((refusal.error().code == ErrorCode::unavailable));
    BOOST_TEST(contains(refusal.error().detail, "storage is full"));

    BOOST_TEST(entries_of(*engine).value().size() == stored);
    BOOST_TEST(put(*engine, "more", kilobyte).has_error());
    BOOST_TEST(put(*engine, numbered("k", 0), "smaller").has_value());

    engine.reset();
    engine = open(); // a full database can be opened and cleared
    BOOST_TEST(value_of(*engine, numbered("k", 0)) == "smaller");
    // One by one from all over the tree, each with a note of it, as a store keeps.
    for (unsigned number = 0; number < stored; number += 2)
    {
        auto const cleared = engine->write(
            [&](Writer& writer) -> result<void>
            {
                if (auto const erased = writer.erase(numbered("k", number)); !erased)
                    return erased.error();
                return number == 0 ? result<void>{} : writer.put(numbered("log", number), "erased");
            });
        BOOST_REQUIRE_MESSAGE(cleared, cleared.error().detail);
    }
    for (unsigned number = 1; number < stored; number += 2)
        BOOST_REQUIRE(erase(*engine, numbered("k", number)));
    BOOST_TEST(put(*engine, "more", kilobyte).has_value());
    BOOST_TEST(put_until_refused(*engine, 400, refusal) == 400U);
}

BOOST_AUTO_TEST_CASE(a_transaction_larger_than_the_store_is_refused_whole)
{
    auto const engine = open();
    BOOST_REQUIRE(put(*engine, "key", "value"));
    auto const refused = engine->write(
        [](Writer& writer) -> result<void>
        {
            for (unsigned number = 0; number < 2000; ++number)
                if (auto stored = writer.put(numbered("k", number), kilobyte); !stored)
                    return stored;
            return {};
        });
    BOOST_TEST((refused.error().code == ErrorCode::unavailable));
    BOOST_TEST((entries_of(*engine).value() == Entries{{"key", "value"}}));
    BOOST_TEST(put(*engine, "key", "changed").has_value());
}

BOOST_AUTO_TEST_CASE(a_body_that_ignores_the_refusal_is_not_acknowledged)
{
    auto const engine = open();
    auto const outcome = engine->write(
        [](Writer& writer) -> result<void>
        {
            (void)writer.put("large", std::string(std::size_t{4} << 20, 'x'));
            (void)writer.put("small", "value");
            return {};
        });
    BOOST_TEST((outcome.error().code == ErrorCode::unavailable));
    BOOST_TEST(entries_of(*engine).value().empty());
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_unavailable_and_harms_nothing)
{
    options.max_map_bytes = std::size_t{64} << 20;
    options.initial_map_bytes = options.max_map_bytes;
    options.fsync = true;
    // A limit on the size of files fails writes as a full disk does.
    auto const answer = in_child(
        [&]() -> std::string
        {
            auto const opened = scimkit::lmdb::open_engine(directory, options);
            if (!opened)
                return describe(opened);
            auto& engine = **opened;
            std::signal(SIGXFSZ, SIG_IGN);
            rlimit const limit{std::size_t{1} << 20, RLIM_INFINITY};
            if (::setrlimit(RLIMIT_FSIZE, &limit) != 0)
                return "setrlimit failed";
            result<void> refusal;
            auto const stored = put_until_refused(engine, 2000, refusal);
            auto const entries = entries_of(engine);
            if (!entries)
                return "reads fail on a full disk: " + entries.error().detail;
            if (entries->size() != stored)
                return std::to_string(entries->size()) + " entries in place of " + std::to_string(stored);
            rlimit const unlimited{RLIM_INFINITY, RLIM_INFINITY};
            if (::setrlimit(RLIMIT_FSIZE, &unlimited) != 0)
                return "setrlimit failed";
            if (auto const again = put(engine, "later", "value"); !again)
                return "still refused with room on the disk: " + again.error().detail;
            return std::to_string(stored) + " " + describe(refusal);
        });
    BOOST_TEST(contains(answer, "unavailable: "), answer);
    BOOST_TEST(contains(answer, "the disk is full"), answer);
    auto const stored = static_cast<unsigned>(std::strtoul(answer.c_str(), nullptr, 10));
    BOOST_TEST(stored > 500U);

    auto const engine = open();
    for (unsigned number = 0; number < stored; ++number)
        BOOST_REQUIRE(value_of(*engine, numbered("k", number)) == kilobyte);
    BOOST_TEST(value_of(*engine, "later") == "value");
    BOOST_TEST(entries_of(*engine).value().size() == stored + 1);
}

BOOST_AUTO_TEST_CASE(a_map_that_cannot_grow_stays_as_it_is,
                     *boost::unit_test::precondition([](auto) { return !sanitized; }))
{
    options.initial_map_bytes = std::size_t{32} << 20;
    options.max_map_bytes = std::size_t{1} << 40;
    auto const answer = in_child(
        [&]() -> std::string
        {
            auto const opened = scimkit::lmdb::open_engine(directory, options);
            if (!opened)
                return describe(opened);
            auto& engine = **opened;
            std::size_t pages = 0;
            std::ifstream("/proc/self/statm") >> pages;
            auto const used = pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
            rlimit const limit{used + (std::size_t{48} << 20), RLIM_INFINITY}; // less than the doubled map needs
            if (::setrlimit(RLIMIT_AS, &limit) != 0)
                return "setrlimit failed";
            std::string const megabyte(std::size_t{1} << 20, 'v');
            for (unsigned number = 0; number < 100; ++number)
            {
                auto const outcome = put(engine, numbered("k", number), megabyte);
                if (outcome)
                    continue;
                auto const first = get(engine, numbered("k", 0));
                auto const small = put(engine, numbered("k", 0), "small");
                return describe(outcome) + (first && *first == megabyte ? " read" : "") + (small ? " written" : "");
            }
            return "never refused";
        });
    BOOST_TEST(contains(answer, "unavailable: "), answer);
    BOOST_TEST(contains(answer, "address space"), answer);
    BOOST_TEST(contains(answer, " read written"), answer);
    BOOST_TEST(value_of(*open(), numbered("k", 0)) == "small");
}

BOOST_AUTO_TEST_SUITE_END()
