// The change log: one entry per committed write, under its version. Attribute paths, never values.
#pragma once

#include "session.hpp"

#include <span>

namespace scimkit::kv
{

struct LoggedChange
{
    std::uint64_t revision = 0; ///< its place, and the version of the resource unless that was removed
    Version previous{};
    Change::Kind kind = Change::Kind::created;
    NameNumber type = 0;
    std::string_view id;
    Instant time;
    std::span<std::string const> changed{};
};

/// The actor is the session's.
result<void> log_change(Session& session, LoggedChange const& change);

result<void> read_changes(Session& session, LogPosition after, std::uint64_t limit, function_ref<bool(Change&&)> sink);

/// The time of the last change of any tenant; nothing in an empty or unkept log. Entries that are damaged are passed
/// over: who reads the log is told.
result<std::optional<Instant>> last_change(Reader& reader, Catalog const& catalog, std::size_t max_key_size);

} // namespace scimkit::kv
