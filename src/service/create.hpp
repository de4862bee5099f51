// POST to an endpoint (RFC 7644 section 3.3).
#pragma once

#include "operation.hpp"

namespace scimkit::service
{

struct PreparedCreate
{
    /// With its id, so that others can refer to it before it is stored. Only a store with ids of its own replaces it.
    Resource resource;
    Shown shown;

    /// What apply_in_place() changes of the resource, as the client sent it.
    struct Sent
    {
        Resource identity; ///< without attributes
        std::vector<std::pair<membership::ReferenceAttribute const*, json::value>> references{};
    };
    std::optional<Sent> sent{};
};

result<PreparedCreate> prepare_create(Call const& call);
/// Hashes secrets. Errors besides: uniqueness.
result<PreparedCreate> look_ahead(Call const& call, PreparedCreate prepared);
/// These two as those of PATCH.
result<std::size_t> count_secrets(Call const& call, PreparedCreate& prepared);
result<void> hash_unseen(Call const& call, PreparedCreate& prepared);
result<Outcome> apply(WriteTransaction& transaction, PreparedCreate const& prepared, Scope const& scope);
/// The same without a copy of the resource, for one write in a transaction of its own: the resource stays in `prepared`
/// as it was stored, and the outcome lacks it. It may run again; then it begins with what the client sent.
result<Outcome> apply_in_place(WriteTransaction& transaction, PreparedCreate& prepared, Scope const& scope);
result<Response> present(Outcome outcome, PreparedCreate const& prepared, Call const& call);

} // namespace scimkit::service
