// Files of a directory in which a connector keeps what it knows: read with a limit, and written so that a crash leaves
// the old or the new one.
//
// Threading: any; whoever writes one file is alone. Complexity: linear in the file.
#pragma once

#include <scimkit/client/failure.hpp>
#include <scimkit/core/json.hpp>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

namespace scimkit::connector
{

using client::Failure;
using client::outcome;

/// A failure on this side: a file, a setting, a local store. Kind misuse; the detail is a sentence for the operator.
SCIMKIT_API Failure trouble(std::string detail);

/// The content. Nothing: there is no such file.
///
/// Failure: misuse (it is longer than `max_bytes`, or cannot be read).
SCIMKIT_API outcome<std::optional<std::string>> read_file(std::filesystem::path const& file, std::size_t max_bytes);

/// The same as JSON, at most 256 MiB; an empty object: there is no such file.
///
/// Failure: misuse (it is damaged, or as read_file()).
SCIMKIT_API outcome<json::object> read_json(std::filesystem::path const& file);

/// Beside it first, then on the disk, then in its place. Mode 0600.
///
/// Failure: misuse (it cannot be written).
SCIMKIT_API outcome<void> write_file(std::filesystem::path const& file, std::string const& content);

} // namespace scimkit::connector
