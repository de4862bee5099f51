// The JSON string of compValue, decoded in one pass (RFC 8259 section 7). Private to the room.
#pragma once

#include "parse_state.hpp"

#include <string>

namespace scimkit::detail
{

/// Reads a string whose opening quotation mark is at `first`; moves `first` behind the closing one and puts the
/// decoded text into `out`. Refuses, with the fault in `state`, what JSON refuses and what UTF-8 cannot say.
bool read_string_literal(char const*& first, char const* last, std::string& out, ParseState& state);

} // namespace scimkit::detail
