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
// Threading: one run of one directory at a time. Lifetimes: nothing refers to the arguments afterwards.
// Failures: those of the source; misuse for what is wrong on this side. A resource that cannot be kept is an error of
// the Run, not a failure. Complexity: an import is linear in what the source has, a sync in what changed (and in the
// ids where something went); memory is that of a page, and about forty bytes for each id.
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

/// A server whose users and groups are copied.
struct Source
{
    std::string name{};                ///< for the history and for sentences
    std::filesystem::path directory{}; ///< where what is known of it is kept; it is there, and nobody else's
    client::Client const* client = nullptr;
    client::Discovery discovery{};
    Mapping mapping{};
    std::uint64_t page_size = 100;
    bool by_cursor = false; ///< also without, where the source has no pages by index
};

/// What became of the resources of one type.
struct Counts
{
    std::uint64_t created = 0;
    std::uint64_t changed = 0;
    std::uint64_t unchanged = 0;
    std::uint64_t removed = 0;
    std::uint64_t deactivated = 0;
    std::uint64_t errors = 0;
    std::uint64_t joiners = 0;
    std::uint64_t movers = 0;
    std::uint64_t leavers = 0;
};

/// What one run did. A value.
struct Run
{
    std::map<std::string, Counts> counts{};      ///< by type
    std::map<std::string, std::string> newest{}; ///< meta.lastModified, by type; none that lies in the future
    std::vector<std::string> errors{};           ///< the first twenty
    /// By type and attribute, how many resources have one that the copy has no place for: of a source's own, beyond the
    /// core and enterprise schemas. At most a hundred names a type, and "(others)".
    std::map<std::string, std::map<std::string, std::uint64_t>> left_out{};
    bool dry_run = false;
    bool resumed = false; ///< an import that went on with what was read before
    bool whole = false;   ///< a sync that had to read all of something
    bool by_delta = false;
};

/// {"types": {"User": {"created": ...}}, "errors": [...], "leftOut": [{"type", "attribute", "count"}]}: what
/// `scimkit-connector --json` says.
SCIMKIT_API json::object to_json(Run const& run);

struct ImportOptions
{
    bool dry_run = false;
    bool restart = false; ///< does not go on with a read that was cut off
};

/// All users and groups. A read that was cut off less than a day ago goes on where it was.
SCIMKIT_API outcome<Run> import_all(Source const& source, OpenMirror const& open, ImportOptions const& options,
                                    Observer& observer);

struct SyncOptions
{
    bool dry_run = false;
    bool removals = false; ///< looks for what was removed even if the counts agree
};

/// What has changed since the last run: by delta queries, or else by meta.lastModified and the number of resources.
///
/// Failure: misuse (nothing was imported yet).
SCIMKIT_API outcome<Run> sync_changes(Source const& source, OpenMirror const& open, SyncOptions const& options,
                                      Observer& observer);

/// One user as she was just read, into the copy. A source without users: nothing happens.
SCIMKIT_API outcome<void> refresh_user(Source const& source, Mirror& mirror, client::RemoteResource const& user);

} // namespace scimkit::connector
