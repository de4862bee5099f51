// Writes: insert, replace and remove, with everything that goes with a record. One round trip looks whether the write
// may be done, and gets its version; the writes themselves go out with the next thing that somebody waits for, the
// commit as a rule.
#pragma once

#include "keys.hpp"
#include "session.hpp"

#include <span>

namespace scimkit::postgresql
{

result<Version> insert_resource(Session& session, Resource const& resource, Facts const& facts);

result<Version> replace_resource(Session& session, Resource const& resource, std::optional<Version> expected,
                                 Facts const& facts, LargeAttributes large, std::span<std::string const> changed);

result<void> remove_resource(Session& session, ResourceType const& type, std::string_view id,
                             std::optional<Version> expected);

/// Queues index entries that a resource gets, or loses.
result<void> queue_entries(Session& session, kv::Catalog::Type const& type, std::string_view id,
                           std::span<EntryKey const> entries, bool add);

/// Queues unique keys that a resource gets, or loses.
result<void> queue_unique(Session& session, kv::Catalog::Type const& type, std::string_view id,
                          std::span<std::string const> keys, bool add);

} // namespace scimkit::postgresql
