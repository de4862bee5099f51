// The conformance kit over every store that comes with scimkit, and over a small store with and without each ability.
#include <scimkit/memory/memory_store.hpp>
#include <scimkit/store/conformance.hpp>

#include "defective_store.hpp"
#include "map_store.hpp"
#include "temporary_directory.hpp"

#ifdef SCIMKIT_TEST_LMDB
#include <scimkit/lmdb/lmdb_store.hpp>
#endif

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <list>
#include <ostream>

namespace scimkit
{

std::ostream& operator<<(std::ostream& out, ConformanceCase const& one) { return out << one.name; }

namespace
{

struct Backend
{
    std::string name;
    StoreFactory make;

    friend std::ostream& operator<<(std::ostream& out, Backend const& backend) { return out << backend.name; }
};

StoreFactory small(test::MapStore::Abilities abilities)
{
    return [abilities] { return adapt_small_store(std::make_shared<test::MapStore>(abilities)); };
}

std::shared_ptr<ResourceStore> without_index()
{
    kv::StoreOptions options;
    options.indexes.clear();
    options.change_log = false;
    return memory::make_store(options);
}

std::vector<Backend> backends()
{
    std::vector<Backend> all{
        {"memory", [] { return memory::make_store(); }},
        {"memory without indexes", without_index},
        {"small store", small({})},
        {"small store with transactions and versions", small({.transactions = true, .versions = true})},
        {"small store with find and its own ids",
         small({.transactions = true, .versions = true, .find = true, .own_ids = true})}};
#ifdef SCIMKIT_TEST_LMDB
    // The directories must outlive the stores, which the kit drops at the end of each case.
    auto const directories = std::make_shared<std::list<test::TemporaryDirectory>>();
    all.push_back({"lmdb", [directories]
                   {
                       directories->clear();
                       directories->emplace_back();
                       return lmdb::open_store(directories->back().path(), {.fsync = false}).value();
                   }});
#endif
    return all;
}

BOOST_AUTO_TEST_SUITE(store_conformance)

BOOST_DATA_TEST_CASE(a_store_conforms,
                     boost::unit_test::data::make(backends()) * boost::unit_test::data::make(store_conformance_cases()),
                     backend, conformance_case)
{
    ConformanceReport const report = conformance_case.run(backend.make);
    BOOST_TEST_INFO(to_string(report));
    BOOST_TEST(report.passed());
    if (!report.skipped.empty())
        BOOST_TEST_MESSAGE(backend.name << ", " << conformance_case.name << ": " << to_string(report));
}

using test::Defect;

BOOST_DATA_TEST_CASE(a_broken_promise_is_noticed,
                     boost::unit_test::data::make({Defect::none, Defect::unique_values_collide,
                                                   Defect::versions_are_ignored, Defect::errors_commit,
                                                   Defect::tenants_are_one, Defect::totals_are_of_the_page,
                                                   Defect::removal_is_forgotten}),
                     defect)
{
    std::size_t failed = 0;
    for (ConformanceCase const& one : store_conformance_cases())
    {
        // Those that take long, or would wait for ever on an update that is never refused.
        if (one.name.starts_with("size") || one.name.starts_with("filter") || one.name.starts_with("parallel"))
            continue;
        auto const report =
            one.run([&] { return std::make_shared<test::DefectiveStore>(memory::make_store(), defect); });
        failed += report.passed() ? 0 : 1;
    }
    BOOST_TEST((failed > 0) == (defect != Defect::none));
}

BOOST_AUTO_TEST_CASE(a_store_that_refuses_every_version_fails_the_kit_and_does_not_hang_it)
{
    auto const cases = store_conformance_cases();
    auto const one = std::ranges::find(cases, "parallel: compare-and-set loses no update", &ConformanceCase::name);
    BOOST_REQUIRE((one != cases.end()));
    auto const report = one->run(
        [] { return std::make_shared<test::DefectiveStore>(memory::make_store(), Defect::every_version_is_refused); });
    BOOST_TEST(!report.passed());
    BOOST_TEST(to_string(report).find("refused again and again") != std::string::npos, to_string(report));
}

BOOST_AUTO_TEST_CASE(full_stores_skip_nothing)
{
    for (ConformanceCase const& one : store_conformance_cases())
    {
        if (one.name.starts_with("size") || one.name.starts_with("filter"))
            continue; // long, and never skipped
        auto const report = one.run([] { return memory::make_store(); });
        BOOST_TEST(report.skipped == "", one.name << " is skipped");
    }
}

BOOST_AUTO_TEST_CASE(cases_that_do_not_apply_say_why)
{
    std::size_t skipped = 0;
    for (ConformanceCase const& one : store_conformance_cases())
        if (one.name.starts_with("change feed") || one.name.starts_with("transactions: an error"))
        {
            auto const report = one.run(small({}));
            skipped += report.skipped.empty() ? 0 : 1;
            BOOST_TEST(report.passed());
        }
    BOOST_TEST(skipped == 3U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit
