// Damage: what an entry is, in words for the log of an operator. Values of attributes stay out of them.
#pragma once

#include <scimkit/core/error.hpp>

#include <span>
#include <string>
#include <string_view>

namespace scimkit::kv
{

/// "the record of User '2819c223'", "an element of 'members' of Group 'e9e30dba' (tenant 'acme')", and so on.
/// `names` are CatalogRecord::names; any key will do.
std::string describe_entry(std::string_view key, std::span<std::string const> names);

/// Error: corrupt, naming the entry.
Error damaged_entry(std::string_view key, std::span<std::string const> names);

/// `text` with every byte that is not printable ASCII as \xNN: a damaged id must not damage the log.
SCIMKIT_API std::string printable(std::string_view text);

} // namespace scimkit::kv
