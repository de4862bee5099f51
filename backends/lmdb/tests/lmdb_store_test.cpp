// open_store(): the engine's refusals and those of the store over it, told with the directory in front.
#include "kv/engine_access.hpp"
#include "lmdb_fixture.hpp"

using namespace scimkit::test;
using scimkit::ErrorCode;
using scimkit::lmdb::open_store;

BOOST_FIXTURE_TEST_SUITE(lmdb_store, LmdbFixture)

BOOST_AUTO_TEST_CASE(the_store_says_what_it_is)
{
    auto const durable = open_store(directory, options);
    BOOST_REQUIRE(durable);
    BOOST_TEST((*durable)->traits().name == "lmdb");
    BOOST_TEST((*durable)->traits().durable);

    directory = temporary.path() / "other";
    options.fsync = false;
    auto const fast = open_store(directory, options);
    BOOST_REQUIRE(fast);
    BOOST_TEST(!(*fast)->traits().durable);
}

BOOST_AUTO_TEST_CASE(closing_the_store_lets_it_be_opened_again)
{
    {
        auto const first = open_store(directory, options);
        BOOST_REQUIRE(first);
        auto const second = open_store(directory, options);
        BOOST_REQUIRE(second.has_error());
        BOOST_TEST((second.error().code == ErrorCode::unavailable));
        BOOST_TEST(second.error().detail.find(directory.native()) == 0U);
    }
    BOOST_TEST(open_store(directory, options).has_value());
}

BOOST_AUTO_TEST_CASE(a_database_of_another_application_is_corrupt)
{
    BOOST_REQUIRE(put(*open(), "somebody's key", "somebody's value"));
    for (int attempt = 0; attempt < 2; ++attempt) // a refusal closes the engine again
    {
        auto const refused = open_store(directory, options);
        BOOST_REQUIRE(refused.has_error());
        BOOST_TEST((refused.error().code == ErrorCode::corrupt));
        BOOST_TEST(refused.error().detail.find(directory.native()) == 0U);
    }
    BOOST_TEST(value_of(*open(), "somebody's key") == "somebody's value");
}

BOOST_AUTO_TEST_SUITE_END()
