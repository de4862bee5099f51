// "Was ... meant?": the known word that a mistyped one comes closest to.
#pragma once

#include <scimkit/export.hpp>

#include <span>
#include <string>
#include <string_view>

namespace scimkit
{

/// The one of `known` that becomes `text` with the fewest letters put in, left out, changed or exchanged with their
/// neighbour, if those are at most a third of it; letter case does not count. Empty if none is that close. For what
/// people have typed: looks at 64 bytes at most. A copy, so that `known` may be made for the call.
SCIMKIT_API std::string most_similar(std::string_view text, std::span<std::string const> known);

} // namespace scimkit
