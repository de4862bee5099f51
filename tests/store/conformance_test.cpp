// The conformance kit over every store that comes with scimkit, and over a small store with and without each ability.
#include <scimkit/memory/memory_store.hpp>
#include <scimkit/store/conformance.hpp>

#include "defective_store.hpp"
#include "map_store.hpp"
#include "support/seed.hpp"
#include "temporary_directory.hpp"

#ifdef SCIMKIT_TEST_LMDB
#include <scimkit/lmdb/lmdb_store.hpp>
#endif

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <list>
#include <ostream>

namespace scimkit
{

std::ostream& operator<<(std::ostream& out, ConformanceCase const& one) { return out << one.name; }

namespace
{

/// The kit has the same examples for everybody; here they are new in every run.
struct FreshExamples
{
    FreshExamples() { ::setenv("SCIMKIT_SEED", std::to_string(test::process_seed()).c_str(), 0); }
};
BOOST_TEST_GLOBAL_FIXTURE(FreshExamples);

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

/// A promise that is broken, and the cases of the kit that must notice: those whose name begins so.
struct Broken
{
    Defect defect;
    std::string_view noticed_by;

    friend std::ostream& operator<<(std::ostream& out, Broken const& broken)
    {
        return out << broken.defect << ", by " << broken.noticed_by;
    }
};

Broken const broken_promises[] = {
    {Defect::unique_values_collide, "uniqueness: a duplicate"},
    {Defect::unique_values_collide, "parallel: of many inserts"},
    {Defect::versions_are_ignored, "replace, remove: another version"},
    {Defect::errors_commit, "transactions: an error"},
    {Defect::tenants_are_one, "tenants: do not see"},
    {Defect::totals_are_of_the_page, "page: "},
    {Defect::totals_are_of_the_page, "filter: random filters over users"},
    {Defect::removal_is_forgotten, "remove: "},
    {Defect::an_index_entry_is_lost, "filter: each operator"},
    {Defect::equal_values_are_reversed, "sort: absent values"},
    {Defect::equal_values_are_reversed, "filter: several types"},
    {Defect::equal_values_are_reversed, "filter: random filters over users"},
    {Defect::contains_is_starts_with, "filter: each operator"},
    {Defect::contains_is_starts_with, "filter: random filters over users"},
    {Defect::contains_is_starts_with, "filter: random filters over groups"},
    {Defect::a_member_is_lost, "large attributes: arrays come back"},
    {Defect::a_member_is_lost, "filter: random filters over groups"},
    {Defect::versions_are_stale, "versions: "},
    {Defect::reads_are_stale, "get: returns"},
    {Defect::reads_are_stale, "parallel: compare-and-set"},
};

/// How many of the cases that begin so are there, and how many of them fail.
std::pair<std::size_t, std::size_t> run_cases(Defect defect, std::string_view beginning)
{
    std::size_t found = 0, failed = 0;
    for (ConformanceCase const& one : store_conformance_cases())
        if (one.name.starts_with(beginning) && !one.name.starts_with("size"))
        {
            ++found;
            auto const report =
                one.run([&] { return std::make_shared<test::DefectiveStore>(memory::make_store(), defect); });
            failed += report.passed() ? 0 : 1;
        }
    return {found, failed};
}

BOOST_DATA_TEST_CASE(a_broken_promise_is_noticed, boost::unit_test::data::make(broken_promises), broken)
{
    auto const [found, failed] = run_cases(broken.defect, broken.noticed_by);
    BOOST_TEST(found > 0U);
    BOOST_TEST(failed > 0U);
}

BOOST_AUTO_TEST_CASE(a_wrapper_that_breaks_nothing_is_not_complained_of)
{
    auto const [found, failed] = run_cases(Defect::none, "");
    BOOST_TEST(found > 40U);
    BOOST_TEST(failed == 0U);
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
