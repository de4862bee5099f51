// Names of members are without regard to case (RFC 7643 section 2.1), so that a message has none twice in two
// spellings.
#pragma once

#include <scimkit/core/json.hpp>

namespace scimkit
{

/// Error: invalid_syntax that names a member which is there twice, ignoring the case of ASCII letters; which of the two
/// is meant nobody can tell. Complexity: n log n in the number of members.
result<void> check_repeated_names(json::object const& object);

} // namespace scimkit
