// The conformance kit over every store that comes with scimkit, and over a small store with and without each ability.
#include <scimkit/memory/memory_store.hpp>
#include <scimkit/store/conformance.hpp>
#include <scimkit/store/fault_injection.hpp>

#include "defective_store.hpp"
#include "kv/counting_engine.hpp"
#include "map_store.hpp"
#include "support/memory_directory.hpp"
#include "support/seed.hpp"
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

using Reopen = decltype(ConformanceOptions::reopen);

/// The kit has the same examples for everybody; here they are new in every run.
std::vector<ConformanceCase> cases(Reopen reopen = {})
{
    return scimkit::store_conformance_cases(
        {.seed = static_cast<std::uint32_t>(test::process_seed()), .reopen = std::move(reopen)});
}

struct Backend
{
    std::string name;
    StoreFactory make;
    Reopen reopen{};
    bool full = false; ///< it skips no case

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

/// What a store over the memory engine has kept, for as long as this lives.
struct Kept
{
    std::shared_ptr<kv::Engine> engine;

    std::shared_ptr<ResourceStore> open() const
    {
        return kv::make_store(std::make_unique<test::CountingEngine>(engine, std::make_shared<test::EngineCounts>()))
            .value();
    }
};

Backend memory_that_is_kept()
{
    auto const kept = std::make_shared<Kept>();
    return {"memory",
            [kept]
            {
                kept->engine = memory::make_engine();
                return kept->open();
            },
            [kept](std::shared_ptr<ResourceStore> store)
            {
                store.reset();
                return kept->open();
            },
            true};
}

#ifdef SCIMKIT_TEST_LMDB
/// With commits that are shared, as in service, where they wait for the disk.
Backend lmdb_backend(std::string name, bool shares_commits)
{
    // The directories must outlive the stores, which the kit drops at the end of each case.
    auto const directories = std::make_shared<std::list<test::TemporaryDirectory>>();
    auto const open = [directories, shares_commits]
    { return lmdb::open_store(directories->back().path(), {.fsync = shares_commits}).value(); };
    return {std::move(name),
            [directories, shares_commits, open]
            {
                directories->clear();
                directories->emplace_back(shares_commits ? test::memory_directory()
                                                         : std::filesystem::temp_directory_path());
                return open();
            },
            [open](std::shared_ptr<ResourceStore> store)
            {
                store.reset();
                return open();
            },
            true};
}
#endif

std::vector<Backend> backends()
{
    std::vector<Backend> all{
        memory_that_is_kept(),
        {"memory without indexes", without_index},
        {"memory behind what could fail it",
         [] { return std::make_shared<FaultInjectingStore>(memory::make_store()); }},
        {"small store", small({})},
        {"small store with transactions and versions", small({.transactions = true, .versions = true})},
        {"small store with find and its own ids",
         small({.transactions = true, .versions = true, .find = true, .own_ids = true})},
        {"small store with savepoints", small({.transactions = true, .versions = true, .savepoints = true})}};
#ifdef SCIMKIT_TEST_LMDB
    all.push_back(lmdb_backend("lmdb", false));
    all.push_back(lmdb_backend("lmdb, shared commits", true));
#endif
    return all;
}

BOOST_AUTO_TEST_SUITE(store_conformance)

BOOST_DATA_TEST_CASE(a_store_conforms, boost::unit_test::data::make(backends()) * boost::unit_test::data::make(cases()),
                     backend, conformance_case)
{
    auto const all = cases(backend.reopen);
    auto const one = std::ranges::find(all, conformance_case.name, &ConformanceCase::name);
    BOOST_REQUIRE((one != all.end()));
    ConformanceReport const report = one->run(backend.make);
    BOOST_TEST_INFO(to_string(report));
    BOOST_TEST(report.passed());
    BOOST_TEST((!backend.full || report.skipped.empty()), conformance_case.name << " is skipped");
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
    {Defect::ids_are_of_all_tenants, "tenants: ids of another"},
    {Defect::totals_are_of_the_page, "page: skip"},
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
    {Defect::totals_stop_early, "page: skip"},
    {Defect::pages_back_begin_at_the_start, "cursors: go on"},
    {Defect::pages_back_begin_at_the_start, "cursors: a page back"},
    {Defect::pages_back_begin_at_the_start, "cursors: outlive"},
    {Defect::cursors_skip, "cursors: go on"},
    {Defect::cursors_skip, "cursors: outlive"},
    {Defect::cursors_skip, "cursors: writes"},
    {Defect::a_batch_loses_its_last, "get: many"},
    {Defect::everything_exists, "get: existence"},
    {Defect::everything_exists, "get: many"},
    {Defect::refusals_leave_something, "failure: refused"},
    {Defect::inserts_are_two_steps, "failure: a budget"},
    {Defect::inserts_are_two_steps, "failure: refused"},
    {Defect::savepoints_keep, "savepoints: an undone"},
    {Defect::savepoints_keep, "savepoints: nest"},
    {Defect::savepoints_keep, "savepoints: an exception"},
    {Defect::savepoints_keep, "savepoints: undone parts"},
    {Defect::reads_have_no_snapshot, "parallel: a reader"},
    {Defect::removals_have_no_time, "change log: every write"},
    {Defect::errors_commit, "change log: what was rolled back"},
    {Defect::refusals_leave_something, "change log: what failed"},
    {Defect::log_loses_a_change, "change log: every write"},
    {Defect::log_loses_a_change, "change log: replayed"},
    {Defect::log_loses_a_change, "change log: parallel"},
    {Defect::log_swaps_changes, "change log: every write"},
    {Defect::log_swaps_changes, "change log: replayed"},
    {Defect::log_swaps_changes, "change log: parallel"},
    {Defect::log_has_no_values, "change log: values"},
    {Defect::log_has_no_values, "change log: replayed"},
    {Defect::log_tells_secrets, "change log: secrets"},
    {Defect::log_loses_what_went, "change log: elements"},
    {Defect::log_loses_what_went, "change log: replayed"},
    {Defect::log_has_no_names, "change log: what is removed"},
    {Defect::log_tells_too_early, "change log: a transaction"},
    {Defect::log_reads_elsewhere, "change log: it is read outside"},
    {Defect::log_is_never_trimmed, "change log: what is old"},
    {Defect::log_trims_under_readers, "change log: readers keep back"},
    {Defect::log_is_silent, "change log: who is left behind"},
    {Defect::log_is_never_short, "change log: a short trim"},
    {Defect::log_forgets_places, "change log: named readers"},
    {Defect::log_loses_places, "change log: places"},
    {Defect::log_sleeps, "change log: waiting"},
    {Defect::attachments_are_one, "attachments: two"},
    {Defect::tenants_stay, "tenants: one is removed"},
    {Defect::tenants_are_forgotten, "tenants: all"},
    {Defect::tenants_are_never_empty, "tenants: an unknown"},
    {Defect::a_second_registry_is_refused, "attachments: "},
    {Defect::an_empty_total_is_one, "filter: an empty store"},
    {Defect::keep_is_ignored, "large attributes: replace can keep"},
    {Defect::members_come_unasked, "large attributes: stay away"},
    {Defect::elements_are_miscounted, "large attributes: elements are added"},
    {Defect::element_pages_skip, "large attributes: are read in pages"},
    {Defect::elements_hide_in_a_batch, "large attributes: many are looked for"},
    {Defect::references_are_forgotten, "large attributes: references"},
    {Defect::errors_commit, "large attributes: are part"},
    {Defect::hinted_references_hide, "hints: references"},
    {Defect::hinted_existence_is_old, "hints: existence"},
    {Defect::ids_ignore_case, "get: ids"},
    {Defect::replaces_merge, "replace: overwrites"},
    {Defect::removal_is_forgotten, "replace, remove: need"},
    {Defect::values_are_cut, "values: long"},
    {Defect::packed_is_less, "get, query: packed"},
    {Defect::values_are_cut, "sort: long"},
    {Defect::ids_descend, "order: "},
    {Defect::long_skips_find_nothing, "size: "},
    {Defect::far_pages_begin_early, "page: by position"},
    {Defect::exceptions_commit, "transactions: an exception"},
    {Defect::writers_are_blind, "transactions: a writer"},
    {Defect::reads_swallow_errors, "transactions: reads"},
    {Defect::bodies_run_elsewhere, "threads: "},
    {Defect::late_reads_are_faults, "deadline: "},
    {Defect::late_writes_stay, "deadline: "},
    {Defect::abilities_are_missing, "abilities: "},
    {Defect::unique_keys_ignore_case, "uniqueness: case-exact"},
    {Defect::unique_values_collide, "uniqueness: Unicode"},
    {Defect::unique_values_collide, "uniqueness: values of"},
    {Defect::own_values_conflict, "uniqueness: a resource's own"},
    {Defect::unique_values_collide, "uniqueness: replace"},
    {Defect::removal_is_forgotten, "uniqueness: values are released"},
    {Defect::refusals_leave_something, "uniqueness: a refused write"},
};

/// How many of the cases that begin so are there, and how many of them fail.
std::pair<std::size_t, std::size_t> run_cases(Defect defect, std::string_view beginning)
{
    std::size_t found = 0, failed = 0;
    std::shared_ptr<ResourceStore> kept;
    ConformanceOptions options; // its usual data: each finds the defect
    options.reopen = [&](std::shared_ptr<ResourceStore> store) -> std::shared_ptr<ResourceStore>
    {
        store.reset();
        if (defect == Defect::log_loses_places)
            kept->change_log()->forget("tenant", {}, "audit").value();
        return std::make_shared<test::DefectiveStore>(kept, defect);
    };
    for (ConformanceCase const& one : store_conformance_cases(options))
        if (one.name.starts_with(beginning))
        {
            ++found;
            auto const report = one.run(
                [&]
                {
                    kept = memory::make_store();
                    return std::make_shared<test::DefectiveStore>(kept, defect);
                });
            failed += report.passed() ? 0 : 1;
        }
    return {found, failed};
}

BOOST_DATA_TEST_CASE(a_broken_promise_is_noticed, boost::unit_test::data::make(broken_promises), broken)
{
    auto const [found, failed] = run_cases(broken.defect, broken.noticed_by);
    BOOST_TEST(found > 0U);
    BOOST_TEST(failed == found);
}

BOOST_AUTO_TEST_CASE(each_case_has_a_store_that_fails_it)
{
    for (ConformanceCase const& one : cases())
        BOOST_TEST(std::ranges::any_of(broken_promises,
                                       [&](Broken const& broken) { return one.name.starts_with(broken.noticed_by); }),
                   one.name);
}

BOOST_AUTO_TEST_CASE(a_wrapper_that_breaks_nothing_is_not_complained_of)
{
    auto const [found, failed] = run_cases(Defect::none, "");
    BOOST_TEST(found > 40U);
    BOOST_TEST(failed == 0U);
}

BOOST_AUTO_TEST_CASE(a_store_that_refuses_every_version_fails_the_kit_and_does_not_hang_it)
{
    auto const all = cases();
    auto const one = std::ranges::find(all, "parallel: compare-and-set loses no update", &ConformanceCase::name);
    BOOST_REQUIRE((one != all.end()));
    auto const report = one->run(
        [] { return std::make_shared<test::DefectiveStore>(memory::make_store(), Defect::every_version_is_refused); });
    BOOST_TEST(!report.passed());
    BOOST_TEST(to_string(report).find("refused again and again") != std::string::npos, to_string(report));
}

BOOST_AUTO_TEST_CASE(a_failure_names_the_seed_by_which_it_comes_again)
{
    auto const failing = [](std::uint32_t seed)
    {
        auto const all = store_conformance_cases({.seed = seed});
        auto const one = std::ranges::find(all, "filter: random filters over users agree with the reference",
                                           &ConformanceCase::name);
        BOOST_REQUIRE((one != all.end()));
        return to_string(one->run(
            []
            { return std::make_shared<test::DefectiveStore>(memory::make_store(), Defect::contains_is_starts_with); }));
    };
    std::string const first = failing(7);
    BOOST_TEST(first.find("(seed 7)") != std::string::npos, first);
    BOOST_TEST(failing(7) == first);
    BOOST_TEST(failing(8) != first);
}

BOOST_AUTO_TEST_CASE(cases_that_do_not_apply_say_why)
{
    std::size_t skipped = 0;
    for (ConformanceCase const& one : cases())
        if (one.name.starts_with("change log") || one.name.starts_with("transactions: an error"))
        {
            auto const report = one.run(small({}));
            skipped += report.skipped.empty() ? 0 : 1;
            BOOST_TEST(report.passed());
        }
    BOOST_TEST(skipped == 19U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit
