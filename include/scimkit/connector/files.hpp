// Files of a directory in which a connector keeps what it knows: read with a limit, and written so that a crash leaves
// the old or the new one.
//
// On every function:
//   Threading    Any. Two that write one file at once, of this process or another, spoil it: whoever writes is alone.
//                Blocks for as long as the file system does.
//   Lifetimes    Nothing is kept: no file stays open, and no argument is referred to afterwards.
//   Failures     Kind misuse, with the file's name in the detail.
//   Complexity   Linear in the file.
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

/// A failure on this side: a file, a setting, a local store. Kind misuse, code invalid_value, nothing was sent; the
/// detail is a sentence for the operator.
SCIMKIT_API Failure trouble(std::string detail);

/// The content, at most `max_bytes` of it. Nothing: there is no such file.
///
/// Failures: it is longer than `max_bytes`, or cannot be read: a directory, say, or one that may not be looked into.
/// Complexity: memory for `max_bytes` is there from the beginning, however short the file is.
SCIMKIT_API outcome<std::optional<std::string>> read_file(std::filesystem::path const& file, std::size_t max_bytes);

/// The same as a JSON object, at most 256 MiB, 32 levels and 50,000,000 values. An empty one: there is no such file.
///
/// Failures: it is no JSON object, or as read_file(). The detail of a damaged one says to remove it and import anew.
SCIMKIT_API outcome<json::object> read_json(std::filesystem::path const& file);

/// First into a file of that name with ".new" behind it, then to the disk, then in its place. Mode 0600. The directory
/// is there already. A crash right after it may bring the old one back: what is behind the name waits for the file
/// system.
///
/// Failures: it cannot be written; then the old one is still there, and part of the new one may be beside it.
SCIMKIT_API outcome<void> write_file(std::filesystem::path const& file, std::string const& content);

} // namespace scimkit::connector
