// ResourceView: a resource as filters see it, wherever its parts are kept.
#pragma once

#include <scimkit/core/date_time.hpp>
#include <scimkit/schema/resource_type.hpp>

#include <cstdint>
#include <string_view>

namespace scimkit
{

/// What a filter can see of a resource. Lifetimes: a view for the length of a call; it cannot be assigned, and nothing
/// keeps one. Threading: it is only read. Complexity: nothing is copied.
struct ResourceView
{
    ResourceType const& type;
    std::string_view id;
    Instant created;
    Instant last_modified;
    std::uint64_t version;          ///< 0: none
    json::object const& attributes; ///< canonical; without id, meta and schemas
    std::string_view location{};    ///< meta.location; may be empty where the filter does not ask for it
};

} // namespace scimkit
