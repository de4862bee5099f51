// PATCH (RFC 7644 section 3.5.2).
#pragma once

#include <scimkit/patch/patch.hpp>

#include "operation.hpp"

namespace scimkit::service
{

/// What the operations make of a resource, worked out before the write transaction.
struct PatchedAhead
{
    Version version = 0; ///< of what they were applied to; only of that it is true
    json::object attributes{};
    bool changed = false;
};

struct PreparedPatch
{
    Addressed resource;
    Shown shown;
    Instant now;
    std::vector<PatchOperation> operations{};
    /// What is wrong with the operations. What is not there cannot be patched, well or badly: the fault is told once a
    /// store has said that the resource is there.
    std::optional<Error> fault{};
    std::optional<SplitPatch> split{}; ///< when the large attributes can be edited in place
    std::optional<PatchedAhead> ahead{};
};

result<PreparedPatch> prepare_patch(Call const& call);
/// Hashes secrets, and works through long messages. Errors besides: `fault`, and all that apply() would refuse.
result<PreparedPatch> look_ahead(Call const& call, PreparedPatch prepared);
/// REQUIRES: what look_ahead() returned.
result<Outcome> apply(WriteTransaction& transaction, PreparedPatch const& prepared, Scope const& scope);
result<Response> present(Outcome outcome, PreparedPatch const& prepared, Call const& call);

} // namespace scimkit::service
