// Every operation from its request to its answer: the steps in their order, and nothing else.
#include "operations.hpp"

#include "create.hpp"
#include "delete.hpp"
#include "observer.hpp"
#include "patch.hpp"
#include "query.hpp"
#include "read.hpp"
#include "replace.hpp"

#include <boost/json/monotonic_resource.hpp>

#include <array>

namespace scimkit::service
{
namespace
{

constexpr std::size_t usual_bytes = 12 * 1024; ///< of a user in memory; larger ones take more from the heap

using Operation = Access::Operation;

constexpr Operation operation_of(PreparedCreate const&) noexcept { return Operation::create; }
constexpr Operation operation_of(PreparedReplace const&) noexcept { return Operation::replace; }
constexpr Operation operation_of(PreparedPatch const&) noexcept { return Operation::patch; }
constexpr Operation operation_of(PreparedDelete const&) noexcept { return Operation::remove; }

bool names_versions(PreparedCreate const&) noexcept { return false; }
template <class Prepared>
bool names_versions(Prepared const& prepared) noexcept
{
    return prepared.resource.conditions.name_versions();
}

/// What the body of a dry run ends with, so that the store takes everything back. No other body ends with it.
constexpr auto rolled_back = ErrorCode::conflict;

/// Applies a write and commits it; a dry run is taken back instead. The outcome is that of the last run.
template <class Prepared>
result<Outcome> commit(Call const& call, Prepared const& prepared)
{
    if (call.dry_run && !call.state.traits.atomic)
        return Error{ErrorCode::not_implemented, "This service provider cannot take a write back: no dry runs."};
    std::optional<Outcome> outcome;
    auto const written =
        run_write(call, names_versions(prepared),
                  [&](WriteTransaction& transaction) -> result<void>
                  {
                      outcome.reset();
                      auto applied = apply(transaction, prepared, call);
                      if (!applied)
                          return std::move(applied).error();
                      outcome = std::move(*applied);
                      return call.dry_run ? result<void>{Error{rolled_back, "A dry run."}} : result<void>{};
                  });
    bool const ran_dry = call.dry_run && outcome && !written && written.error().code == rolled_back;
    if (!written && !ran_dry)
        return written.error();
    return std::move(*outcome);
}

template <class Prepared>
result<Response> commit_and_present(Call const& call, Prepared const& prepared)
{
    auto outcome = commit(call, prepared);
    if (!outcome)
        return std::move(outcome).error();
    if (call.observed && outcome->changed)
        tell_observer(call, operation_of(prepared), *outcome);
    return present(std::move(*outcome), prepared, call);
}

template <class Prepared>
result<Response> write(Call const& call, result<Prepared> prepared)
{
    if (!prepared)
        return std::move(prepared).error();
    auto const ready = look_ahead(call, std::move(*prepared));
    if (!ready)
        return ready.error();
    return commit_and_present(call, *ready);
}

result<Response> find(Call const& call, result<PreparedQuery> const& prepared)
{
    if (!prepared)
        return prepared.error();
    std::optional<QueryOutcome> page;
    auto const read = run_read(call,
                               [&](ReadTransaction& transaction) -> result<void>
                               {
                                   auto found = apply(transaction, *prepared, call);
                                   if (!found)
                                       return std::move(found).error();
                                   page = std::move(*found);
                                   return {};
                               });
    if (!read)
        return read.error();
    return present(std::move(*page), *prepared, call);
}

} // namespace

result<Response> create_resource(Call const& call) { return write(call, prepare_create(call)); }
result<Response> replace_resource(Call const& call) { return write(call, prepare_replace(call)); }
result<Response> patch_resource(Call const& call) { return write(call, prepare_patch(call)); }
result<Response> delete_resource(Call const& call) { return commit_and_present(call, prepare_delete(call)); }

result<Response> read_resource(Call const& call)
{
    auto const prepared = prepare_read(call);
    if (!prepared)
        return prepared.error();
    // The resource lives as long as this function: it is built in one piece of memory, and never freed part by part.
    std::array<unsigned char, usual_bytes> buffer;
    json::monotonic_resource memory{buffer.data(), buffer.size()};
    std::optional<Resource> loaded;
    auto const read = run_read(call,
                               [&](ReadTransaction& transaction) -> result<void>
                               {
                                   loaded.reset();
                                   auto found = apply(transaction, *prepared, call, &memory);
                                   if (!found)
                                       return std::move(found).error();
                                   loaded = std::move(*found);
                                   return {};
                               });
    if (!read)
        return read.error();
    return present(std::move(*loaded), *prepared, call);
}

result<Response> query_resources(Call const& call) { return find(call, prepare_query(call)); }
result<Response> search_resources(Call const& call) { return find(call, prepare_search(call)); }

} // namespace scimkit::service
