// The change log as it is stored: one entry per committed write, under its version. What it means is said in
// store/change_log.hpp.
#pragma once

#include <scimkit/export.hpp>
#include <scimkit/store/change_log.hpp>

#include "record_codec.hpp"
#include "session.hpp"

#include <span>

namespace scimkit::kv
{

/// Behind the first byte, which is the form of the entry:
///     varint(time) varint(operation) varint(type) string(id) varint(version before) string(actor) string(trace)
///     n x (string(path), 0 value | 1)                          values of attributes; 1: not told
///     n x (string(attribute), n x string(element that came), n x string(value of one that went))
///     of a removed resource: string(externalId) string(userName) string(displayName)
///     in the second form alone: 1 given whole | 0          n x (string(path), value)          of what stayed
inline constexpr char log_entry_form = 1;
inline constexpr char log_entry_form_with_kept = 2; ///< where there is anything to say in it

struct LoggedWrite
{
    std::uint64_t revision = 0; ///< its place, and the version of the resource unless that was removed
    Version before{};
    LoggedChange::Operation operation = LoggedChange::Operation::created;
    Catalog::Type const& type;
    Instant time;
    Resource const& resource;                              ///< of a removal as it was
    std::optional<std::span<std::string const>> changed{}; ///< nothing: all that it has
    /// The record that was stored of the resource, and where its values are in that; null: they are encoded anew.
    EncodedValues const* values = nullptr;
    std::string_view record{};
    bool given_whole = false; ///< LoggedChange::given_whole
};

/// The bytes of an entry. `edits`: those of a large attribute of the resource that no entry tells of yet.
SCIMKIT_API result<std::string>
encode_log_entry(LoggedWrite const& write, CallContext const& context,
                 function_ref<std::span<PendingElements::Edit const>(NameNumber)> edits);

/// All but the place, the name of the type and the version after the write. False: it cannot be read.
SCIMKIT_API bool decode_log_entry(std::string_view in, std::uint64_t& type, LoggedChange& change);

/// Does nothing where the session keeps no log. Who wrote it is the session's.
result<void> log_write(Session& session, LoggedWrite const& write);

/// How far a log is trimmed.
struct LogTrimState
{
    std::uint64_t position = 0;
    std::uint64_t bytes = 0;         ///< of LastRevision::logged, gone
    std::optional<Instant> newest{}; ///< the time of the last change that went
};

std::string encode_trimmed(LogTrimState const& state);
result<LogTrimState> read_trimmed(Session& session);

/// As LogExtent; as of the beginning of the transaction.
result<LogExtent> log_extent(Session& session);

result<void> read_log(Session& session, LogPosition after, std::uint64_t limit,
                      function_ref<bool(LoggedChange&&)> sink);

/// Error: that changes behind a place are gone.
SCIMKIT_API Error log_is_trimmed(LogPosition begin);

/// What an entry takes of the log's bytes.
inline std::uint64_t logged_bytes(std::string_view key, std::string_view value) noexcept
{
    return key.size() + value.size();
}

void put_time(std::string& out, Instant time);
bool take_time(std::string_view& in, Instant& time);

/// The time of an entry; nothing if it cannot be read. The first of its fields, so that no more is decoded.
std::optional<Instant> time_of_entry(std::string_view entry);

/// The time of the last change of any tenant; nothing in an empty or unkept log. Entries that are damaged are passed
/// over: who reads the log is told.
result<std::optional<Instant>> last_change(Reader& reader, Catalog const& catalog, std::size_t max_key_size);

/// An entry of a database of format 2, which has names of attributes only, as one of this format. Error: corrupt.
result<std::string> entry_of_format_2(std::string_view entry);

} // namespace scimkit::kv
