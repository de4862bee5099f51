// PATCH (RFC 7644 section 3.5.2), one operation after the other on a copy of the resource.
#pragma once

#include "filter.hpp"

namespace scimkit::model
{

/// What a PATCH makes of a resource.
struct Patched
{
    json::object attributes{};
    std::vector<Target> sent{}; ///< what adds and replaces named, for attributes returned on request
};

/// Applies the body of a PATCH. Throws Refusal or Undecided.
Patched apply_patch(World const& world, Resource const& resource, json::value const& body, Mode mode);

} // namespace scimkit::model
