// The OpaqueString profile of PRECIS (RFC 8265 section 4.2): one form for a secret, however a keyboard wrote it.
#pragma once

#include <scimkit/core/error.hpp>

#include "sodium.hpp"

#include <string_view>

namespace scimkit::detail
{

/// Non-ASCII spaces become U+0020, then NFC; letter case and width stay. Errors: invalid_value (empty, not UTF-8,
/// control characters).
result<SecretBytes> prepare_opaque_string(std::string_view secret);

} // namespace scimkit::detail
