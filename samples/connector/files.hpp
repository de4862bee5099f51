// Small files of the connector: JSON, written so that a crash leaves the old or the new one.
#pragma once

#include <scimkit/client/failure.hpp>
#include <scimkit/core/json.hpp>

#include <filesystem>
#include <optional>
#include <string>

namespace connector
{

using scimkit::client::Failure;
using scimkit::client::outcome;

/// A failure of this program's own: a file, a setting. The detail is a sentence for the operator.
Failure trouble(std::string detail);

/// The content, at most `max_bytes`. Nothing: there is no such file.
outcome<std::optional<std::string>> read_file(std::filesystem::path const& file, std::size_t max_bytes);

/// The same as JSON; an empty object: there is no such file.
outcome<scimkit::json::object> read_json(std::filesystem::path const& file);

/// Beside it first, then in its place. Mode 0600.
outcome<void> write_file(std::filesystem::path const& file, std::string const& content);

} // namespace connector
