// --me: whose resource /Me is.
#pragma once

#include <scimkit/service/service.hpp>

#include <string>

namespace server
{

/// The user whose `attribute` is the subject of the caller; empty: no /Me. After the registry. Error: it is no
/// attribute that callers' names can be looked for in.
scimkit::result<void> configure_me(scimkit::ServiceOptions& service, std::string const& attribute);

} // namespace server
