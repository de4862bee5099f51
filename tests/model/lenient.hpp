// What the default tolerance takes for something else (docs/tolerance.md, "Values in bodies and PATCH operations").
#pragma once

#include "types.hpp"

namespace scimkit::model
{

/// The only element of an array of one that says something, in place of the array (array-for-single).
json::value unwrapped(json::value value);

/// True, or text that is taken for it (boolean-as-string).
bool says_true(json::value const& value);

/// "" in place of a complex value, or as its `value` with nothing else said (empty-string-clears-complex).
bool says_cleared(json::value const& value, Attribute const& attribute);

} // namespace scimkit::model
