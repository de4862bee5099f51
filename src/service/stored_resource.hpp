// What the writing operations have in common: reading what is stored under preconditions, and storing what has become
// of it.
#pragma once

#include "call.hpp"

#include <optional>

namespace scimkit::service
{

/// The stored resource that the route names, if its version is one that the client's If-Match names. Errors:
/// not_found, precondition_failed.
result<Resource> load_for_write(ReadTransaction& transaction, Call const& call, EntityTags const& if_match,
                                Wanted const& wanted);

/// Stores `changed` in place of a resource that has the version of `changed`, and puts the new version into it.
result<void> store_changed(WriteTransaction& transaction, Resource& changed, LargeAttributes large,
                           std::span<std::string const> paths, ServiceState const& state);

/// Paths of the top-level attributes in which two states differ, for the change feed.
std::vector<std::string> changed_paths(json::object const& before, json::object const& after, ResourceType const& type);

/// `uniqueness` in words for the client; every other error as it is.
Error explain(Error error);

} // namespace scimkit::service
