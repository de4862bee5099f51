// Reads: records, and what of large attributes travels with them.
#pragma once

#include "session.hpp"

#include <span>
#include <string_view>

namespace scimkit::postgresql
{

/// Of records that one statement brings into memory; a single one may be larger.
inline constexpr std::size_t most_record_bytes = 4 << 20;

/// Of one resource.
inline constexpr std::string_view select_record =
    "select record from resource where tenant = $1 and type = $2 and id = $3";

/// A stored record as a resource, without its large attributes. Error: corrupt, naming it.
result<Resource> decode(ResourceType const& type, std::string_view id, std::string_view record,
                        json::storage_ptr memory = {});

/// The same, with its attributes packed.
result<Resource> decode_packed(ResourceType const& type, std::string_view id, std::string_view record);

result<std::optional<Resource>> get_resource(Session& session, ResourceType const& type, std::string_view id,
                                             Wanted const& wanted);

result<void> get_resources(Session& session, ResourceType const& type, std::span<std::string_view const> ids,
                           Wanted const& wanted, function_ref<bool(std::size_t, Resource&&)> sink);

/// Puts these large attributes into resources of one type. Errors: too_many (more bytes than are read at once).
result<void> load_large(Session& session, std::span<Resource* const> resources, std::span<AttributeRef const> wanted);

} // namespace scimkit::postgresql
