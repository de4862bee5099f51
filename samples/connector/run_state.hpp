// What the connector remembers of a connection between two runs: how far the last one came, and what the runs brought.
#pragma once

#include "files.hpp"

#include <chrono>
#include <cstdint>
#include <map>

namespace connector
{

/// What became of the resources of one type.
struct Counts
{
    std::uint64_t created = 0;
    std::uint64_t changed = 0;
    std::uint64_t unchanged = 0;
    std::uint64_t removed = 0;
    std::uint64_t deactivated = 0;
    std::uint64_t errors = 0;
    std::uint64_t joiners = 0;
    std::uint64_t movers = 0;
    std::uint64_t leavers = 0;
};

scimkit::json::object to_json(Counts const& counts);

class RunState
{
public:
    static outcome<RunState> read(std::filesystem::path const& directory);

    /// meta.lastModified of the newest resource of that type; empty: never imported, or the server does not say.
    std::string watermark(std::string const& type) const;
    void set_watermark(std::string const& type, std::string const& time);
    bool imported() const;

    /// From where on the source tells what has changed; empty: it does not.
    std::string delta_token(std::string const& type) const;
    void set_delta_token(std::string const& type, std::string const& token);

    /// A run for the history, of which the last hundred are kept.
    void add_run(scimkit::json::object run);
    /// What a command has said of a run that is done, into the history, and all of the state to the disk.
    outcome<void> keep_run(std::string_view command, std::string const& begun, scimkit::json::object result);
    scimkit::json::array history() const;
    outcome<void> write() const;

private:
    std::string text(std::string_view table, std::string const& type) const;
    void set_text(std::string_view table, std::string const& type, std::string const& text);

    std::filesystem::path file_;
    scimkit::json::object state_;
};

/// Now, as a dateTime, and some time from now.
std::string time_now();
std::string time_in(std::chrono::seconds from_now);

} // namespace connector
