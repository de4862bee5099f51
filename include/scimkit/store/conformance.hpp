// The store conformance kit (library scimkit::conformance): what every ResourceStore has to fulfil, as cases that run
// under any test framework, or under none.
//
//     for (ConformanceCase const& c : store_conformance_cases())
//     {
//         ConformanceReport const report = c.run(make_empty_store);
//         CHECK_MESSAGE(report.passed(), to_string(report));
//     }
//
// A store over tables of an application keeps what it has columns for, and no more. A ConformanceProfile tells the kit
// what that is; then the cases that need more are skipped, and others look at each attribute of the profile by itself:
//
//     ConformanceProfile const profile{
//         .registry = registry,
//         .types = {{"User", {{"userName"}, {"active", true}}}, {"Group", {{"displayName"}}}},
//         .tenants = {"default"}};
//     for (ConformanceCase const& c : profile_conformance_cases(profile))
//
// Threading: all functions from any thread; one case at a time over one store. Lifetimes: cases keep what they were
// made of. Errors: an expectation that is not met is a value (ConformanceReport); nothing here throws. Complexity: the
// whole kit takes seconds over a store in memory; of a store that is slower it is some ten thousand transactions.
#pragma once

#include <scimkit/store/store.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace scimkit
{

/// Makes an empty store. The kit attaches it, to the registry of the profile, or to one of its own: User and Group of
/// RFC 7643, with an extension that has an attribute of every type. Called at least once per case.
using StoreFactory = std::function<std::shared_ptr<ResourceStore>()>;

/// One expectation that was not met.
struct ConformanceFailure
{
    std::string text; ///< what was expected, and what came instead
};

/// What became of one case.
struct ConformanceReport
{
    std::vector<ConformanceFailure> failures{};
    std::string skipped{};  ///< why the case does not apply to this store; empty: it ran
    std::uint32_t seed = 0; ///< ConformanceOptions::seed of the run

    bool passed() const noexcept { return failures.empty(); }
};

/// For humans: one line per failure, and the seed by which it comes again.
SCIMKIT_API std::string to_string(ConformanceReport const& report);

/// One promise of the contract. A value; may be run any number of times.
struct ConformanceCase
{
    std::string name; ///< "remove: a removed resource is in no answer"

    /// Never throws; what the store throws becomes a failure, and so does a store that makes no progress for seconds,
    /// or for which a case takes longer than it may (a call that does not return is its own). Some cases use up to
    /// eight threads.
    std::function<ConformanceReport(StoreFactory const&)> run;
};

/// How the kit works; the same for all cases made of it.
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

/// A single simple value that a store keeps.
struct KeptAttribute
{
    /// A PATCH path as AttributeMap takes it: `userName`, `emails[type eq "work"].value`, `urn:...:User:department`.
    std::string path;
    /// What the store gives where nothing was stored: a column's default. Null: nothing.
    json::value if_absent{};
    /// What to store, at least two that differ; without any the kit has its own, some of them nasty. Of an attribute
    /// that is limited to its canonical values it takes those.
    std::vector<json::value> examples{};
};

/// A resource type, by its name, and all that is kept of its resources beside id and times.
struct KeptType
{
    std::string name;
    std::vector<KeptAttribute> attributes; ///< those that are required among them
};

/// A multi-valued reference that a store keeps: its values at least, in any order.
struct KeptMembers
{
    std::string type = "Group";
    std::string attribute = "members";
    std::vector<std::string> of{"User"}; ///< the types of resources that a value may name
    /// A value that names no resource of these types is left out or refused; else it is kept as it is.
    bool must_exist = false;
};

/// What a store keeps that does not keep everything. What is wrong with a profile (a type, a path or a required
/// attribute that it lacks) is a failure of each case, in words.
struct ConformanceProfile
{
    /// The definitions that the store is written for, with keep_only() as in your service. Null: those of RFC 7643.
    std::shared_ptr<SchemaRegistry const> registry{};
    std::vector<KeptType> types;
    std::vector<KeptMembers> members{};
    /// The tenants that there are; one, where the store does not tell them apart. None: any name is one.
    std::vector<std::string> tenants{};
    /// Bytes of the longest text that every attribute of type string can keep.
    std::size_t longest_text = 4'000;
};

/// The cases for a store with that profile: those that look at each of its attributes, at its members and tenants, and
/// of the others those that need no more than a User with `userName` and a Group with `displayName`. A failure names
/// the attribute, what was sent, and what was found.
SCIMKIT_API std::vector<ConformanceCase> profile_conformance_cases(ConformanceProfile profile,
                                                                   ConformanceOptions const& options = {});

} // namespace scimkit
