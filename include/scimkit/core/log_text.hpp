// Text of others on its way into a log: paths, names and details that a client may have chosen.
#pragma once

#include <scimkit/export.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace scimkit
{

/// Appends `text` in printable ASCII, so that it stays within its line and its quotation marks, ends no JSON reader and
/// means nothing to a terminal: control characters, quotation marks, backslashes and bytes from 0x80 become \xNN; with
/// `bare`, for a field without quotation marks, blanks too. Appends at most `max_bytes`; what is cut off leaves "...".
///
/// Threading: any. Errors: none; any bytes may come. Complexity: linear in what is appended.
SCIMKIT_API void append_log_text(std::string& out, std::string_view text, std::size_t max_bytes, bool bare = false);

} // namespace scimkit
