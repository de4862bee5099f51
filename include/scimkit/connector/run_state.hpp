// RunState: what is remembered of a source between two runs: how far the last one came, and what the runs brought. One
// JSON file, written when a run has succeeded, so that a run that fails is made again from where the last good one was.
//
// Threading: used by one thread at a time. Lifetimes: a value; reading takes place in read(), writing in keep_run().
#pragma once

#include <scimkit/connector/files.hpp>

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

namespace scimkit::connector
{

/// Of one source, in its directory.
class SCIMKIT_API RunState
{
public:
    /// Failure: misuse (the file is damaged).
    static outcome<RunState> read(std::filesystem::path const& directory);

    /// meta.lastModified of the newest resource of that type; empty: never imported, or the source does not say.
    std::string watermark(std::string const& type) const;
    void set_watermark(std::string const& type, std::string const& time);
    bool imported() const;

    /// From where on the source tells what has changed; empty: it does not.
    std::string delta_token(std::string const& type) const;
    void set_delta_token(std::string const& type, std::string const& token);

    /// The last hundred runs, the oldest first.
    json::array history() const;
    /// One that is done, into the history, and all of the state to the disk. `begun`: a dateTime, as time_now().
    ///
    /// Failure: misuse (it cannot be written).
    outcome<void> keep_run(std::string_view command, std::string const& begun, json::object result);

private:
    std::string text(std::string_view table, std::string const& type) const;
    void set_text(std::string_view table, std::string const& type, std::string const& text);

    std::filesystem::path file_;
    json::object state_;
};

/// Now, and some time from now, as a dateTime.
SCIMKIT_API std::string time_now();
SCIMKIT_API std::string time_in(std::chrono::seconds from_now);

} // namespace scimkit::connector
