// PATCH (RFC 7644 section 3.5.2).
#pragma once

#include "../patch/patch.hpp"
#include "../patch/split.hpp"
#include "change.hpp"

namespace scimkit::service
{

struct PreparedPatch
{
    Addressed resource;
    Shown shown;
    Instant now;
    std::vector<PatchOperation> operations{};
    /// What is wrong with the operations. What is not there cannot be patched, well or badly: the fault is told once a
    /// store has said that the resource is there.
    std::optional<Error> fault{};
    std::optional<SplitPatch> split{};  ///< when the large attributes can be edited in place
    std::optional<ChangeAhead> ahead{}; ///< once it has turned out to be long
};

result<PreparedPatch> prepare_patch(Call const& call);
/// Hashes secrets. Errors besides: `fault`, and all that apply() would refuse.
result<PreparedPatch> look_ahead(Call const& call, PreparedPatch prepared);
/// How many secrets it writes. Error: too_many.
result<std::size_t> count_secrets(Call const& call, PreparedPatch& prepared);
/// What look_ahead() does, without a look at what may refuse the request: for one that is judged by what others of the
/// same transaction have done. Errors: those of hash_secrets().
result<void> hash_unseen(Call const& call, PreparedPatch& prepared);
/// Sets `ahead`. Errors: all that apply() would refuse.
result<PreparedPatch> work_ahead(Call const& call, PreparedPatch prepared);
/// REQUIRES: what look_ahead() returned, or hash_unseen() has seen. Errors besides: `fault`.
result<Outcome> apply(WriteTransaction& transaction, PreparedPatch const& prepared, Scope const& scope);
result<Response> present(Outcome outcome, PreparedPatch const& prepared, Call const& call);

} // namespace scimkit::service
