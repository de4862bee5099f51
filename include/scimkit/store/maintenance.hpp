// StoreMaintenance: what an operator needs of a store beside requests: to look whether all that is derived agrees with
// the records, to mend it, to copy the database while it is in use, and to fill a store with resources that have a
// past. What works over every store (export, import, copies from store to store) is in scimkit/maintenance.
//
// On every member:
//   Threading    Any number of threads at once, and beside readers and writers; never within a transaction.
//   Lifetimes    As long as the store. Arguments are views and need to live during the call only.
//   Errors       not_implemented where a store has not that part; those of the store; those of the budget.
#pragma once

#include <scimkit/core/function_ref.hpp>
#include <scimkit/store/transaction.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit
{

class Attachment;

/// Something that does not agree with the records.
struct CheckFinding
{
    std::string tenant{};
    std::string what{};      ///< a sentence for the operator: kind of entry, type and id; no values of attributes
    bool repairable = false; ///< it can be made anew from the records
    bool repaired = false;   ///< it was
};

struct CheckReport
{
    std::uint64_t tenants = 0;
    std::uint64_t resources = 0;
    std::uint64_t elements = 0; ///< of large attributes
    std::uint64_t entries = 0;  ///< indexes, unique keys, references and changes that were looked at
    std::uint64_t findings = 0;
    std::uint64_t repaired = 0;

    friend bool operator==(CheckReport const&, CheckReport const&) = default;
};

enum class Repair
{
    no,
    yes ///< what can be made anew from the records is made anew
};

class SCIMKIT_API StoreMaintenance
{
public:
    virtual ~StoreMaintenance() = default;

    /// Compares what is derived (indexes, unique keys, references, counters, the extent of the change log) with the
    /// records of the attachment's resource types, in both directions, tenant by tenant. `sink` is told of each finding
    /// outside all transactions, of at most 10,000 for each tenant, and returns false to hear of no more. With
    /// Repair::yes each tenant is looked at and mended in one transaction: writers wait meanwhile. Damaged records are
    /// not mended, and what belongs to one stays.
    /// Complexity: linear in what the store holds; memory in proportion to what is wrong.
    virtual result<CheckReport> check(Attachment const& attachment, CallContext const& context, Repair repair,
                                      function_ref<bool(CheckFinding const&)> sink);

    /// As ResourceStore::write(), for resources from elsewhere: insert() keeps the version that the resource brings, if
    /// it brings one, and no change log is written; that of the tenant begins behind this write. Versions that are
    /// given out later are others than those that were kept.
    /// Errors: those of write(), and of the body.
    /// Complexity: as write(). Large transactions make others wait: load in batches.
    virtual result<void> load(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                              function_ref<result<void>(WriteTransaction&)> body);

    /// A copy of the whole database as of one moment in `directory`, which must not be there; from which the store can
    /// be opened. Nobody waits for it. It is complete and durable, or `directory` is not there: what an interruption
    /// leaves is called `directory`.partial, and goes at the next attempt. A store may look at deadline and budget
    /// before it begins only.
    /// Errors: conflict (`directory` is there, or is being made), unavailable (it cannot be made, disk full).
    /// Complexity: linear in what the database holds.
    virtual result<void> copy_to(std::filesystem::path const& directory, CallContext const& context);

    /// The resource types of which the tenant has resources, and which the registry of the attachment has not: whoever
    /// copies by that registry leaves them out. The default knows of none. Complexity: a look-up for each type that the
    /// store ever had.
    virtual result<std::vector<std::string>> left_out(Attachment const& attachment, std::string_view tenant,
                                                      CallContext const& context);
};

} // namespace scimkit
