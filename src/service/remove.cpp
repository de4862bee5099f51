// DELETE (RFC 7644 section 3.6). The resource leaves the groups that it was a member of in the same transaction, so
// that no group refers to what is gone.
#include "memberships.hpp"
#include "operations.hpp"
#include "stored_resource.hpp"

namespace scimkit::service
{

result<Response> remove_resource(Call const& call)
{
    Preconditions const conditions{call.request};
    auto const now = call.context.now;
    auto const written =
        run_write(call, conditions.name_versions(),
                  [&](WriteTransaction& transaction) -> result<void>
                  {
                      auto const current = load_for_removal(transaction, call, conditions);
                      if (!current)
                          return current.error();
                      // Groups first: should a store that is not atomic fail between the two, a second DELETE finishes
                      // the work.
                      if (auto removed = remove_from_groups(transaction, current->id, now, call); !removed)
                          return removed;
                      return transaction.remove(call.type(), current->id,
                                                current->version ? std::optional{current->version} : std::nullopt);
                  });
    if (!written)
        return written.error();
    return Response{.status = 204};
}

} // namespace scimkit::service
