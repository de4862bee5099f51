// Who may read and write the files that decide who comes in.
#pragma once

#include <scimkit/core/error.hpp>

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace server
{

/// Whether `file`, given with `option`, is kept from others. Error: every account of this machine may write it, so that
/// every account could let itself in; that is refused. A warning: every account may read what is `secret` in it. A file
/// that cannot be looked at is for whoever reads it to complain of.
scimkit::result<std::optional<std::string>> check_permissions(std::string const& option, std::string const& file,
                                                              bool secret);

/// The keys in `file`, one to four, each 64 hexadecimal digits on a line: the one that counts, then those that it was
/// exchanged for. Error: what is wrong with the file, by its name and without what is in it.
scimkit::result<std::vector<std::array<unsigned char, 32>>> read_keys(std::string const& file);

/// Complains of what is no file that can be read to its end, such as a pipe that nobody writes to, or is longer than
/// settings are. Empty: it is fine, or is not there.
std::string readable_settings(std::string const& option, std::string const& file);

} // namespace server
