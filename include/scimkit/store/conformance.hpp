// The store conformance kit (library scimkit::conformance): what every ResourceStore has to fulfil, as cases that run
// under any test framework, or under none.
//
//     for (ConformanceCase const& c : store_conformance_cases())
//     {
//         ConformanceReport const report = c.run(make_empty_store);
//         CHECK_MESSAGE(report.passed(), to_string(report));
//     }
#pragma once

#include <scimkit/store/store.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace scimkit
{

/// Makes an empty store. The kit attaches it, to a registry of its own: User and Group of RFC 7643, with an extension
/// that has an attribute of every type. Called at least once per case.
using StoreFactory = std::function<std::shared_ptr<ResourceStore>()>;

/// One expectation that was not met.
struct ConformanceFailure
{
    std::string text; ///< what was expected, and what came instead
};

struct ConformanceReport
{
    std::vector<ConformanceFailure> failures{};
    std::string skipped{};  ///< why the case does not apply to this store; empty: it ran
    std::uint32_t seed = 0; ///< ConformanceOptions::seed of the run

    bool passed() const noexcept { return failures.empty(); }
};

/// For humans: one line per failure, and the seed by which it comes again.
SCIMKIT_API std::string to_string(ConformanceReport const& report);

struct ConformanceCase
{
    std::string name; ///< "remove: a removed resource is in no answer"

    /// Never throws; what the store throws becomes a failure, and so does a store that makes no progress for seconds,
    /// or for which a case takes longer than it may (a call that does not return is its own). Some cases use up to
    /// eight threads.
    std::function<ConformanceReport(StoreFactory const&)> run;
};

struct ConformanceOptions
{
    /// What random data is made of: the same number, the same data. Another one in each run finds more.
    std::uint32_t seed = 7'643;
    /// What one case may take; then it fails, in words, with its next call of the store. The calls have it as deadline.
    std::chrono::seconds longest{300};
    /// Closes the store, which nobody else holds, and opens what it has kept again. Empty: what outlives a store object
    /// is not tried.
    std::function<std::shared_ptr<ResourceStore>(std::shared_ptr<ResourceStore>)> reopen{};
};

/// All cases, in a sensible order. Each is independent of the others.
SCIMKIT_API std::vector<ConformanceCase> store_conformance_cases(ConformanceOptions const& options = {});

} // namespace scimkit
