// Holds memory to what every engine must do; finds two engines that share state, and one that claims to be durable.
#include <scimkit/memory/memory_store.hpp>

#include "kv/engine_access.hpp"
#include "kv/engine_suite.hpp"

std::shared_ptr<scimkit::kv::Engine> scimkit::test::make_engine() { return memory::make_engine(); }

BOOST_AUTO_TEST_SUITE(memory_engine)

BOOST_AUTO_TEST_CASE(memory_is_not_durable)
{
    auto const engine = scimkit::memory::make_engine();
    BOOST_TEST(!engine->durable());
    BOOST_TEST(engine->max_key_size() == 511U);
}

BOOST_AUTO_TEST_CASE(a_writer_hears_who_waits)
{
    BOOST_TEST(scimkit::test::hears_who_waits_to_write(*scimkit::memory::make_engine()));
    BOOST_TEST(scimkit::test::hears_who_waits_to_read(*scimkit::memory::make_engine()));
}

BOOST_AUTO_TEST_CASE(engines_share_nothing)
{
    auto const one = scimkit::memory::make_engine();
    auto const other = scimkit::memory::make_engine();
    BOOST_REQUIRE(scimkit::test::put(*one, "key", "value"));
    BOOST_TEST(scimkit::test::entries_of(*other).value().empty());
}

BOOST_AUTO_TEST_SUITE_END()
