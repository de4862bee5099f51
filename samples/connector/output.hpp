// What the connector says: lines for a human or JSON for a program on stdout, progress and complaints on stderr.
#pragma once

#include <scimkit/connector/observer.hpp>

#include "library.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace connector
{

/// Exit codes; docs/connector.md lists them.
enum class Exit
{
    good = 0,
    failed = 1,       ///< the server refused, or something else went wrong
    usage = 2,        ///< command line, configuration or local files
    refused = 3,      ///< the connection is read-only
    unreachable = 4,  ///< no connection, no trust, no answer in time
    unauthorised = 5, ///< 401, 403, no credentials
    no_scim = 6,      ///< no SCIM root there, or no users that can be used
    wrong_answers = 7 ///< answers that are malformed, too large or contradict each other
};

Exit exit_of(scimkit::client::Failure const& failure) noexcept;

class Output final : public Observer
{
public:
    Output(bool as_json, bool progress)
        : as_json_(as_json)
        , progress_(progress)
    {
    }

    bool as_json() const noexcept { return as_json_; }

    /// A line for a human; nothing with --json.
    void say(std::string_view line) override;
    /// Rows in columns; nothing with --json.
    void table(std::vector<std::string> const& head, std::vector<std::vector<std::string>> const& rows);
    /// The one JSON object of a command; nothing without --json.
    void finish(scimkit::json::object const& result);
    /// How far a long work has come, at most five times a second.
    void progress(std::string_view what, std::uint64_t done, std::optional<std::uint64_t> total) override;
    void end_progress() override;
    /// One line on stderr; with --json an object on stdout besides.
    Exit complain(scimkit::client::Failure const& failure);

private:
    bool as_json_;
    bool progress_;
    bool under_way_ = false;
    std::chrono::steady_clock::time_point last_{};
};

/// A field of CSV (RFC 4180), which no spreadsheet takes for a formula.
std::string csv_field(std::string_view text);
/// Text within HTML.
std::string html_text(std::string_view text);

} // namespace connector
