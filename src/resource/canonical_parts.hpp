// Parts of canonicalisation that PATCH is made of, and nobody else needs.
#pragma once

#include "canonical.hpp"

#include <string_view>

namespace scimkit
{

/// What to do with a member that find_member does not know: success means to pass over it. Error: invalid_syntax.
SCIMKIT_API result<void> pass_unknown_member(std::string_view name, ResourceType const& type,
                                             CanonicalOptions const& options);

/// As canonicalise_value() for one value of a complex attribute, but sub-attributes that come to nothing stay as null:
/// what PATCH merges into a value that is there.
SCIMKIT_API result<json::object> canonicalise_members(json::value const& complex, AttributeRef const& attribute,
                                                      CanonicalOptions const& options = {});

/// The part of merge_for_replace for one multi-valued complex attribute, also for PATCH.
SCIMKIT_API void keep_unsent(json::array& incoming, json::array const& current, Attribute const& attribute);

} // namespace scimkit
