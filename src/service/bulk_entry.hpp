// BulkEntry: one operation of a Bulk on its way from the message to its part of the answer. It goes through the same
// prepare and apply as a request of its own.
#pragma once

#include "bulk_references.hpp"
#include "bulk_request.hpp"
#include "create.hpp"
#include "delete.hpp"
#include "patch.hpp"
#include "replace.hpp"

#include <variant>

namespace scimkit::service
{

/// Neither copied nor moved once its Call has been made: that views it.
struct BulkEntry
{
    enum class State
    {
        waiting, ///< nothing has been done
        done,    ///< and committed, or about to be
        failed
    };

    using Prepared = std::variant<std::monostate, PreparedCreate, PreparedReplace, PreparedPatch, PreparedDelete>;

    BulkOperation sent{};
    Target target{};
    std::optional<Route> route{}; ///< nothing where the path cannot be understood
    Request request{};            ///< what it would be as a request: method and preconditions
    BulkPart part{};
    std::string new_id{};            ///< of what a POST makes, if nobody has its bulkId already
    std::vector<std::size_t> uses{}; ///< operations of the Bulk whose resources it refers to, in its data or its path
    std::optional<std::size_t> path_uses{}; ///< the one that makes what its path names
    Prepared prepared{};
    std::optional<Error> refused{}; ///< before anything was applied
    std::size_t place = 0;          ///< in the request
    /// It is done, and so is the result of it, where the Bulk is carried out as an asynchronous request.
    bool settled = false;

    State state = State::waiting;
    std::optional<Error> error{};
    int status = 0; ///< of success
    /// What it was about, without its attributes: enough for location and version. Nothing where it is gone.
    std::optional<Resource> shown{};
    std::string tag{}; ///< of it with its groups, where its type has some; empty: nobody knows

    bool is_create() const noexcept { return sent.method == "POST"; }
    /// Nothing refers to what it makes, and its id is known no sooner than those of group and member.
    bool makes_membership() const noexcept { return is_create() && route && route->plan && route->plan->is_membership; }
    Access::Operation operation() const noexcept;
};

/// One entry as a call of its own. Lives as long as the entry and `bulk` do.
Call call_of(BulkEntry const& entry, Call const& bulk);

/// Finds what the path names, and asks the authoriser. Sets `route`, or `refused`.
void locate(BulkEntry& entry, BulkReferences const& references, Call const& bulk);

/// The first step of its operation. Sets `prepared` and `uses`, or `refused`. REQUIRES: all bulkIds are known.
void prepare(BulkEntry& entry, BulkReferences const& references, Call const& bulk);

/// Error: too_many.
result<std::size_t> count_secrets(BulkEntry& entry, Call const& bulk);

/// Hashes its secrets, which is never done within a transaction. May set `refused`.
void hash_unseen(BulkEntry& entry, Call const& bulk);

/// The second step, within a transaction of several.
result<Outcome> apply(WriteTransaction& transaction, BulkEntry const& entry, Scope const& scope);

/// Remembers of an outcome what the answer says.
void note_done(BulkEntry& entry, Outcome const& outcome);
void note_failed(BulkEntry& entry, Error error);

} // namespace scimkit::service
