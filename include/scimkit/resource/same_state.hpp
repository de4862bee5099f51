// same_state: whether two canonical values, or all attributes of two resources, say the same: for tests of stores, for
// mirrors, and for whoever writes only what has changed.
//
// Threading: any. Errors: none. Complexity: linear in the values, if objects are small: a member is looked up in the
// other object by its name.
#pragma once

#include <scimkit/core/json.hpp>

namespace scimkit
{

/// Equal states: object members in any order, `primary: false` of an element the same as absent, null and absent
/// the same.
SCIMKIT_API bool same_state(json::object const& a, json::object const& b);

/// The same for one attribute's value. Elements of a multi-valued attribute count in their order.
SCIMKIT_API bool same_state(json::value const& a, json::value const& b);

} // namespace scimkit
