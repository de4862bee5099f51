// "Was ... meant?": the known word that a mistyped one comes closest to.
//
// Threading: any. Errors: none. Complexity: linear in the number of words, of each in the product of both lengths.
#pragma once

#include <scimkit/export.hpp>

#include <span>
#include <string>
#include <string_view>

namespace scimkit
{

/// The one of `known` that becomes `text` with the fewest letters (bytes) put in, left out, changed or exchanged with
/// their neighbour, if those are at most a third of `text`, or a single one; the case of ASCII letters does not count.
/// Of several the first. Empty if none is that close.
///
/// For what people have typed: a `text` of more than 64 bytes is like no word, and no such word is like any text.
/// A copy, so that `known` may be made for the call.
SCIMKIT_API std::string most_similar(std::string_view text, std::span<std::string const> known);

} // namespace scimkit
