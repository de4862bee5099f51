// What is unique beyond the schemas. Whoever writes past the service has to say it too, or the keys of a resource are
// lost with the write.
#pragma once

#include <scimkit/schema/registry.hpp>
#include <scimkit/store/unique_keys.hpp>
#include <scimkit/tolerance/tolerance.hpp>

#include <vector>

namespace server
{

/// In services of that registry and tolerance.
std::vector<scimkit::UniqueKeyRules::AlsoUnique> also_unique(scimkit::SchemaRegistry const& registry,
                                                             scimkit::Tolerance const& tolerance);

} // namespace server
