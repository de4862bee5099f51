// A service asks the traits of its store what to rely on: memory must not promise to outlive the process.
#include <scimkit/memory/memory_store.hpp>

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(memory_store)

BOOST_AUTO_TEST_CASE(the_store_says_what_it_is)
{
    auto const traits = scimkit::memory::make_store()->traits();
    BOOST_TEST(traits.name == "memory");
    BOOST_TEST(!traits.durable);
    BOOST_TEST(traits.large_attributes);
}

BOOST_AUTO_TEST_CASE(a_name_of_the_callers_own_is_kept)
{
    scimkit::kv::StoreOptions options;
    options.name = "cache";
    BOOST_TEST(scimkit::memory::make_store(options)->traits().name == "cache");
}

BOOST_AUTO_TEST_SUITE_END()
