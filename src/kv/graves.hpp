// Graves: what a large attribute had goes all at once, a group's members with the group, and it may be much. So
// elements and the references back stay where they are, and one key, the grave, says that their owner's generation is
// gone. Who reads passes over what lies in graves. Later writes erase it, a little each, so that nobody waits for it.
#pragma once

#include "session.hpp"

#include <cstddef>
#include <string_view>

namespace scimkit::kv
{

/// Whether what has that owner in its key is gone. Of a transaction the first question is one look at the graves, of
/// which there are nearly always none.
result<bool> is_buried(Session& session, NameNumber attribute, std::string_view owner);

/// The first generation of which nothing lies in a grave.
result<Generation> free_generation(Session& session, NameNumber attribute, std::string_view id);

/// Whether so many elements of a resource are buried; what is few is erased at once, and so is what comes when there
/// are graves enough.
result<bool> are_to_be_buried(Session& session, std::string_view id, std::uint64_t elements);

/// From now on what has that owner in its key is gone.
result<void> bury(Session& session, NameNumber attribute, std::string_view owner);

/// Elements that each write erases from graves: about what a write of its own costs.
inline constexpr std::size_t cleaned_by_a_write = 64;

/// Erases so many elements of a tenant's graves, and graves that are empty. False: nothing is left that can be erased.
/// A grave whose elements are damaged, so that nobody knows their references, stays; check() mends that.
result<bool> clean_graves(Writer& writer, TenantKeys const& keys, std::size_t elements);

/// All of them, in several commits.
result<void> finish_graves(Engine& engine, TenantKeys const& keys, Budget& budget);

} // namespace scimkit::kv
