// What a change of a user means for a person: joiner, mover, leaver.
//
// Threading: any. Complexity: linear in the attributes.
#pragma once

#include <scimkit/connector/mirror.hpp>

namespace scimkit::connector
{

enum class Lifecycle
{
    none,   ///< nothing that a person would notice
    joiner, ///< came, or came back
    mover,  ///< another title, user type, department, division, organisation, cost center, manager or entitlement
    leaver  ///< became inactive, or went
};

SCIMKIT_API Lifecycle classify(Change const& change);

/// Whether `active` is there and false.
SCIMKIT_API bool is_inactive(json::object const& attributes);

} // namespace scimkit::connector
