// Writes: insert, replace and remove, with everything that goes with a record: unique keys, index entries, elements,
// version, change log. Every check comes before the first write; what fails later (a budget that is used up) is undone
// by whoever calls these, Session::atomically().
#pragma once

#include "index_entries.hpp"
#include "session.hpp"

#include <span>

namespace scimkit::kv
{

result<Version> insert_resource(Session& session, Resource const& resource, Facts const& facts);

result<Version> replace_resource(Session& session, Resource const& resource, std::optional<Version> expected,
                                 Facts const& facts, LargeAttributes large, std::span<std::string const> changed);

result<void> remove_resource(Session& session, ResourceType const& type, std::string_view id,
                             std::optional<Version> expected);

/// The keys of a resource's index entries, sorted: those of `entries`, and one for "no value" in each index of a
/// single-valued attribute that has none.
std::vector<std::string> index_keys(Session& session, Catalog::Type const& type, std::string_view id,
                                    std::span<IndexEntry const> entries);

} // namespace scimkit::kv
