// Text without letter case, as keys of elements in databases have had it since the first format: what is looked up by
// it is compared once more, by the whole rule.
#pragma once

#include <scimkit/export.hpp>

#include <string>
#include <string_view>

namespace scimkit
{

/// NFC and full case folding. Texts that are the same by comparison_key() differ in it, if at all, in their width;
/// those that comparison_key() tells apart may be the same here (sharp s and ss).
SCIMKIT_API std::string case_folded(std::string_view text);

} // namespace scimkit
