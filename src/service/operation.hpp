// What the operations have in common. Each is three steps, in a file named for it:
//
//     prepare(call)                -> Prepared   what the request says, decoded, checked and bound; needs no store
//     apply(transaction, Prepared) -> Outcome    all that needs the store; may run again from the start, and touches
//                                                nothing but the transaction
//     present(Outcome, Prepared)   -> Response   needs no store
//
// Between the first two, look_ahead() hashes secrets on a snapshot, which comes after everything that may refuse them.
// An apply() that turns out to be long stops before it has stored anything: then work_ahead() does its part on a
// snapshot, and apply() is left with a look at the version and the difference (change.hpp). A Prepared is a value and
// is not changed while apply() sees it, but for apply_in_place() of POST. That of a write owns all that it holds; those
// of read and query view the call. What the answer shows and the write did not need is read after the commit
// (complete()).
//
// Several can be applied in one transaction, one after the other, or one and rolled back, or one later: apply() knows
// nothing of the request.
#pragma once

#include <scimkit/service/committed_change.hpp>

#include "../membership/removal.hpp"
#include "precondition.hpp"
#include "preference.hpp"

#include <optional>
#include <string>
#include <vector>

namespace scimkit::service
{

/// The resource that a write is about, and on what conditions.
struct Addressed
{
    std::string id;
    Preconditions conditions;
};

/// What the answer to a write shows.
struct Shown
{
    Projection projection;
    WriteAnswer answer;
};

/// What became of a write: for the answer, and for whoever is told of changes. Of one that was worked out ahead it has
/// type, id and version alone until the transaction is over (take_whole() in change.hpp).
struct Outcome
{
    /// As it was stored; nothing for a new one. Large attributes may be there.
    std::optional<Resource> before{};
    /// As it is stored now, with what is computed where the answer shows it; nothing for one that is gone. Large
    /// attributes are there where the answer needs them.
    std::optional<Resource> after{};
    bool changed = true; ///< something was stored
    /// Nothing was stored, nor refused: the work is too long for a write transaction, or what was worked out ahead is
    /// not true any more. It has to be worked out ahead, and applied again.
    bool undecided = false;
    bool without_large = false;   ///< `after` lacks the large attributes
    bool cannot_be_shown = false; ///< the write is done, but `after` could not be completed for an answer

    std::vector<std::string> paths{}; ///< of the attributes of what was there that changed
    // Only where Scope::observed:
    std::vector<ElementsChanged> elements{};
    std::vector<membership::LeftGroup> left_groups{};
};

/// Of a dry run: the version that nothing was stored with will be that of somebody else's write, so nobody is told it.
inline void forget_version(Outcome& outcome) noexcept
{
    if (outcome.changed && outcome.after)
        outcome.after->version = {};
}

} // namespace scimkit::service
