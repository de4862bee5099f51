// A ConformanceProfile at work: what it says of a resource, and how two resources are told apart in words.
#pragma once

#include <scimkit/store/conformance.hpp>

#include <string>
#include <vector>

namespace scimkit::conformance
{

/// That of the profile, or of RFC 7643; without a profile the kit's own.
std::shared_ptr<SchemaRegistry const> registry_of(ConformanceProfile const* profile);

/// The type of that name, or else the first.
ResourceType const& type_or_first(SchemaRegistry const& registry, std::string_view name);

/// Null where the profile does not have it.
/// Of its attributes, in their order.
std::vector<std::string_view> paths_of(KeptType const& type);

KeptType const* find_type(ConformanceProfile const& profile, std::string_view name);

/// A top-level attribute of any text, that is neither required nor unique.
std::optional<std::string> optional_text(ConformanceProfile const& profile, ResourceType const& type);

/// Why the store cannot keep the resource; empty: it can.
std::string why_not_kept(Resource const& resource, ConformanceProfile const& profile);

/// One sentence for each attribute that differs: its name, what was sent, what was found. Versions are not compared.
std::vector<std::string> differences(Resource const& sent, Resource const& found);

/// The same for two values, which may be null pointers.
std::string difference(std::string_view attribute, json::value const* sent, json::value const* found);

} // namespace scimkit::conformance
