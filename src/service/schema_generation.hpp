// What the schemas of resource types say, in a few bytes: for what a client keeps that stands or falls with them.
#pragma once

#include "state.hpp"

#include <span>
#include <string>

namespace scimkit::service
{

/// The same for the same types with the same attributes, and for no others. Descriptions do not count, nor what decides
/// about writes alone. Complexity: linear in the attributes.
std::string schema_generation(std::span<TypePlan const> plans);

} // namespace scimkit::service
