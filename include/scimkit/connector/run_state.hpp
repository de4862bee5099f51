// RunState: what is remembered of a source between two runs: how far the last one came, and what the runs brought. One
// JSON file, written when a run has succeeded, so that a run that fails is made again from where the last good one was.
//
// Threading: used by one thread at a time; one of a directory at a time, in one process. Lifetimes: a value; reading
// takes place in read(), writing in keep_run(), and what is set until then is in memory.
#pragma once

#include <scimkit/connector/files.hpp>

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

namespace scimkit::connector
{

/// Of one source, in its directory, as "state.json". Types are "User" and "Group".
class SCIMKIT_API RunState
{
public:
    /// What was kept last; an empty one where there is no file.
    ///
    /// Failures: misuse (the file is damaged or cannot be read). Complexity: linear in the file.
    static outcome<RunState> read(std::filesystem::path const& directory);

    /// meta.lastModified of the newest resource of that type; empty: never imported, or the source does not say.
    std::string watermark(std::string const& type) const;
    /// `time`: a dateTime (RFC 7643 section 2.3.5); empty: the next sync reads all of that type.
    void set_watermark(std::string const& type, std::string const& time);
    /// Whether an import was kept: a watermark was set, if only an empty one.
    bool imported() const;

    /// From where on the source tells what has changed; empty: it does not.
    std::string delta_token(std::string const& type) const;
    /// `token` is the source's, and means something to it alone.
    void set_delta_token(std::string const& type, std::string const& token);

    /// The last hundred runs, the oldest first, each as keep_run() made it. A copy.
    json::array history() const;

    /// One that is done, into the history, and all of the state to the disk. `begun`: a dateTime, as time_now().
    /// `result` gets the members command, begun and ended; a member deviations is left out of it.
    ///
    /// Failures: misuse (it cannot be written); then the file is as it was.
    /// Complexity: linear in the state, which is written whole.
    outcome<void> keep_run(std::string_view command, std::string const& begun, json::object result);

private:
    std::string text(std::string_view table, std::string const& type) const;
    void set_text(std::string_view table, std::string const& type, std::string const& text);

    std::filesystem::path file_;
    json::object state_;
};

/// Now by the system's clock, as format_date_time() writes it (core/date_time.hpp). Threading: any.
SCIMKIT_API std::string time_now();
/// The same, some time from now. Two of them compare as text as they do in time, to the millisecond.
SCIMKIT_API std::string time_in(std::chrono::seconds from_now);

} // namespace scimkit::connector
