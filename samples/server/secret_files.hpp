// Who may read and write the files that decide who comes in.
#pragma once

#include <scimkit/core/error.hpp>

#include <optional>
#include <string>

namespace server
{

/// Whether `file`, given with `option`, is kept from others. Error: every account of this machine may write it, so that
/// every account could let itself in; that is refused. A warning: every account may read what is `secret` in it. A file
/// that cannot be looked at is for whoever reads it to complain of.
scimkit::result<std::optional<std::string>> check_permissions(std::string const& option, std::string const& file,
                                                              bool secret);

} // namespace server
