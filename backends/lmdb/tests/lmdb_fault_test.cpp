// What the engine makes of a disk that fails.
#include "failing_disk.hpp"
#include "kv/engine_access.hpp"
#include "lmdb_fixture.hpp"

#include <cerrno>

using namespace scimkit::test;
using scimkit::ErrorCode;

namespace
{

struct FaultFixture : LmdbFixture
{
    ~FaultFixture()
    {
        sync_error = 0;
        small_write_error = 0;
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(lmdb_fault, FaultFixture)

BOOST_AUTO_TEST_CASE(after_a_failed_sync_writes_are_refused_health_says_why_and_reads_go_on)
{
    auto engine = open();
    BOOST_REQUIRE(put(*engine, "key", "value"));
    BOOST_TEST(engine->health().has_value());

    sync_error = EIO;
    auto const refused = put(*engine, "key", "lost");
    BOOST_REQUIRE(refused.has_error());
    BOOST_TEST((refused.error().code == ErrorCode::unavailable));
    BOOST_TEST(refused.error().retry_after.count() > 0);

    sync_error = 0; // the next sync would say that all is well, of pages that the system has dropped
    auto const again = put(*engine, "key", "lost");
    BOOST_REQUIRE(again.has_error());
    BOOST_TEST((again.error().code == ErrorCode::unavailable));
    BOOST_TEST(again.error().retry_after.count() > 0);
    BOOST_REQUIRE(engine->health().has_error());
    BOOST_TEST((engine->health().error().code == ErrorCode::unavailable));
    BOOST_TEST(contains(engine->health().error().detail, "disk error"));
    BOOST_TEST(value_of(*engine, "key") == "value");

    engine.reset();
    engine = open();
    BOOST_TEST(engine->health().has_value());
    BOOST_TEST(value_of(*engine, "key") == "value");
    BOOST_TEST(put(*engine, "key", "changed").has_value());
}

BOOST_AUTO_TEST_CASE(after_a_failed_write_of_the_root_health_says_so_and_nothing_is_acknowledged)
{
    auto engine = open();
    BOOST_REQUIRE(put(*engine, "key", "value"));
    small_write_error = EIO;
    BOOST_TEST((put(*engine, "key", "lost").error().code == ErrorCode::unavailable));
    small_write_error = 0;
    BOOST_TEST((put(*engine, "key", "lost").error().code == ErrorCode::unavailable));
    BOOST_TEST(engine->health().has_error());
    auto const read = get(*engine, "key"); // LMDB gives the environment up
    BOOST_TEST((read.has_error() ? read.error().code == ErrorCode::unavailable : **read == "value"));
    engine.reset();
    BOOST_TEST(value_of(*open(), "key") == "value");
}

BOOST_AUTO_TEST_CASE(a_disk_that_was_full_for_the_root_ends_writes_until_the_next_start_and_health_says_so)
{
    for (int const full : {ENOSPC, EDQUOT})
    {
        auto engine = open();
        BOOST_REQUIRE(put(*engine, "key", "value"));
        small_write_error = full;
        auto const refused = put(*engine, "key", "lost");
        BOOST_TEST((refused.error().code == ErrorCode::unavailable));
        BOOST_TEST(contains(refused.error().detail, "disk is full"));
        small_write_error = 0; // LMDB has given the environment up all the same
        auto const again = put(*engine, "key", "lost");
        BOOST_TEST((again.error().code == ErrorCode::unavailable));
        BOOST_TEST(contains(again.error().detail, "opened again"));
        BOOST_REQUIRE(engine->health().has_error());
        BOOST_TEST(contains(engine->health().error().detail, "opened again"));
        engine.reset();
        engine = open();
        BOOST_TEST(engine->health().has_value());
        BOOST_TEST(value_of(*engine, "key") == "value");
        BOOST_TEST(put(*engine, "key", "changed").has_value());
    }
}

BOOST_AUTO_TEST_CASE(after_the_file_was_removed_nothing_is_acknowledged_and_health_says_why)
{
    auto const engine = open();
    BOOST_REQUIRE(put(*engine, "key", "value"));
    std::filesystem::rename(directory / "data.mdb", directory / "data.old");
    BOOST_TEST(engine->health().has_value()); // it has another name, and all is in it
    BOOST_TEST(put(*engine, "key", "kept").has_value());
    std::filesystem::remove(directory / "data.old");

    auto const lost = put(*engine, "key", "lost");
    BOOST_REQUIRE(lost.has_error());
    BOOST_TEST((lost.error().code == ErrorCode::unavailable));
    BOOST_REQUIRE(engine->health().has_error());
    BOOST_TEST(contains(engine->health().error().detail, "removed"));
    BOOST_TEST(value_of(*engine, "key") == "kept");
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_over_when_there_is_room)
{
    auto const engine = open();
    BOOST_REQUIRE(put(*engine, "key", "value"));
    sync_error = ENOSPC;
    auto const refused = put(*engine, "key", "lost");
    BOOST_REQUIRE(refused.has_error());
    BOOST_TEST((refused.error().code == ErrorCode::unavailable));
    BOOST_TEST(contains(refused.error().detail, "disk is full"));
    BOOST_TEST(refused.error().retry_after.count() > 0);
    BOOST_TEST(engine->health().has_value());
    BOOST_TEST(value_of(*engine, "key") == "value");
    sync_error = 0;
    BOOST_TEST(put(*engine, "key", "changed").has_value());
    BOOST_TEST(value_of(*engine, "key") == "changed");
}

BOOST_AUTO_TEST_SUITE_END()
