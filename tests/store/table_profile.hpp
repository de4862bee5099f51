// A profile as the author of a store over tables writes it: some attributes of users, groups with members, two tenants.
#pragma once

#include <scimkit/schema/registry.hpp>
#include <scimkit/store/attribute_map.hpp>
#include <scimkit/store/conformance.hpp>

#include <string>
#include <string_view>

namespace scimkit::test
{

inline constexpr std::string_view user_paths[] = {"userName", "title", "active", "name.givenName",
                                                  "emails[type eq \"work\"].value"};
inline constexpr std::string_view group_paths[] = {"displayName"};

inline ConformanceProfile profile()
{
    auto const registry = SchemaRegistry::Builder{}
                              .add_rfc7643()
                              .keep_only("User", attributes_of(user_paths).value())
                              .keep_only("Group", attributes_of(group_paths, {"members"}).value())
                              .build()
                              .value();
    ConformanceProfile profile{.registry = registry,
                               .types = {{"User", {}}, {"Group", {}}},
                               .members = {{.of = {"User"}}},
                               .tenants = {"one", "two"}};
    for (std::string_view path : user_paths)
        profile.types[0].attributes.push_back({.path = std::string{path}});
    for (std::string_view path : group_paths)
        profile.types[1].attributes.push_back({.path = std::string{path}});
    return profile;
}

} // namespace scimkit::test
