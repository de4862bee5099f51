// What a change of a user means for a person: joiner, mover, leaver. For changes of a copy (mirror.hpp); what a service
// commits is told by events/lifecycle.hpp.
//
// Threading: any. Lifetimes: nothing is kept. Failures: none. Complexity: linear in the attributes.
#pragma once

#include <scimkit/connector/mirror.hpp>

namespace scimkit::connector
{

/// What happened to somebody. Who is not active is nobody: to come or go as such is `none`.
enum class Lifecycle
{
    none,   ///< nothing that a person would notice
    joiner, ///< came, or came back: is active and was not, or was not there
    mover,  ///< another title, user type, department, division, organisation, cost center, manager or entitlement
    leaver  ///< became inactive, or went
};

/// `change` is one of a user, as Mirror::put() and Mirror::remove() give it.
SCIMKIT_API Lifecycle classify(Change const& change);

/// Whether `active` is there and false (RFC 7643 section 4.1.1). Without one a user is active. `attributes` are
/// canonical, or a resource as a server shows it.
SCIMKIT_API bool is_inactive(json::object const& attributes);

} // namespace scimkit::connector
