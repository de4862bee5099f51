// Import and sync: a copy of a source is made, and kept up to date at the cost of what changed.
//
//     Source const source{.name = "hr", .directory = "data/hr", .client = &*client, .discovery = *discover(*client)};
//     auto const taken = import_all(source, open, {}, observer);              // users, then groups
//     auto const later = sync_changes(source, open, {}, observer);
//
// Everything is asked before the copy is touched, so a source that fails, in whichever answer, leaves it as it was;
// what was read until then is taken up by the next import. Nothing is taken for gone because a list lacks it: it is
// asked for by its id first. docs/connector.md says what becomes of sources that do not filter, forget or repeat.
//
// On every function:
//   Threading    One run of one directory at a time, in one process: nothing else holds a second one off. Waits for the
//                network, the disk and the store.
//   Lifetimes    Nothing refers to the arguments afterwards.
//   Failures     Those of the source; misuse for what is wrong on this side. A resource that cannot be kept is an error
//                of the Run, and no failure. What failed has not moved the place from which the next run asks.
//   Complexity   Memory is that of a page, and about forty bytes for each id. What was read is on the disk until it has
//                been taken over.
#pragma once

#include <scimkit/client/discovery.hpp>
#include <scimkit/connector/mapping.hpp>
#include <scimkit/connector/mirror.hpp>
#include <scimkit/connector/observer.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace scimkit::connector
{

/// A server whose users and groups are copied. Lifetimes: `client` outlives the call that gets it.
struct Source
{
    std::string name{};                     ///< for the history and for sentences
    std::filesystem::path directory{};      ///< where what is known of it is kept; it is there, and nobody else's
    client::Client const* client = nullptr; ///< needed
    client::Discovery discovery{};          ///< of that client: what discover() found
    Mapping mapping{};
    std::uint64_t page_size = 100; ///< resources that a page is asked for; the source may give fewer
    bool by_cursor = false;        ///< pages by cursor; also without, where the source has no pages by index
};

/// What became of the resources of one type.
struct Counts
{
    std::uint64_t created = 0;
    std::uint64_t changed = 0; ///< the deactivated ones too
    std::uint64_t unchanged = 0;
    std::uint64_t removed = 0;
    std::uint64_t deactivated = 0; ///< users that were active and are not
    std::uint64_t errors = 0;      ///< could not be kept, or came twice and not the same
    std::uint64_t joiners = 0;     ///< these three: users, by classify() of lifecycle.hpp
    std::uint64_t movers = 0;
    std::uint64_t leavers = 0;
};

/// What one run did, or, dry, would have done. A value.
struct Run
{
    std::map<std::string, Counts> counts{}; ///< by type: "User" and "Group"
    /// meta.lastModified, by type, as a dateTime; none that lies more than a day ahead, which would hide all changes
    /// until then.
    std::map<std::string, std::string> newest{};
    std::vector<std::string> errors{}; ///< the first twenty, a sentence each; Counts::errors has all
    /// By type and attribute, how many resources have one that the copy has no place for: of a source's own, beyond the
    /// core and enterprise schemas. At most a hundred names a type, and "(others)".
    std::map<std::string, std::map<std::string, std::uint64_t>> left_out{};
    bool dry_run = false;
    bool resumed = false;  ///< an import that went on with what was read before
    bool whole = false;    ///< a sync that had to read all of something
    bool by_delta = false; ///< a sync that the source told what has changed
};

/// {"types": {"User": {"created": ...}}, "errors": [...], "leftOut": [{"type", "attribute", "count"}], "dryRun": ...}:
/// what `scimkit-connector --json` says. Threading: any. Complexity: linear in the run.
SCIMKIT_API json::object to_json(Run const& run);

struct ImportOptions
{
    bool dry_run = false; ///< reads and compares all, and writes neither the copy nor the place of the next run
    bool restart = false; ///< does not go on with a read that was cut off
};

/// All users and groups; what the copy has beyond them is removed from it. A read that was cut off less than a day ago
/// goes on where it was, if it asks for the same. After a run with errors the next sync reads everything.
///
/// Failures: misuse too where the mirror cannot be opened, the copy fails, or the state cannot be written; then the
/// copy may have part of what was read, and the next import puts that right.
/// Complexity: linear in what the source has.
SCIMKIT_API outcome<Run> import_all(Source const& source, OpenMirror const& open, ImportOptions const& options,
                                    Observer& observer);

struct SyncOptions
{
    bool dry_run = false;  ///< as for an import
    bool removals = false; ///< looks for what was removed even if the counts agree; then delta queries are not used
};

/// What has changed since the last run: by delta queries, or else by meta.lastModified and the number of resources. A
/// source that does not filter, or finds not even what is known to be there, is read whole, and the observer is told.
///
/// Failures: misuse (nothing was imported yet, and as import_all()).
/// Complexity: linear in what changed; where the numbers differ, in the ids that the source has.
SCIMKIT_API outcome<Run> sync_changes(Source const& source, OpenMirror const& open, SyncOptions const& options,
                                      Observer& observer);

/// One user as she was just read, into the copy, and nothing else: no run, and no place moves. A source without users:
/// nothing happens.
///
/// Failures: malformed (she cannot be understood), misuse (the copy cannot keep her).
/// Complexity: linear in the resource.
SCIMKIT_API outcome<void> refresh_user(Source const& source, Mirror& mirror, client::RemoteResource const& user);

} // namespace scimkit::connector
