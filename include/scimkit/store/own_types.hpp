// Resource types that the framework keeps for itself in a store, beside those of a registry: requests that were
// accepted and are not carried out yet, and what became of them (service/async_requests.hpp). No client sees them; who
// looks at a store past the service, as readers of a change log do, passes over what is of such a type.
//
// Threading: any. Complexity: constant.
#pragma once

#include <string_view>

namespace scimkit
{

inline constexpr std::string_view async_request_type = "ScimkitAsyncRequest";
inline constexpr std::string_view async_result_type = "ScimkitAsyncResult";

/// Whether a resource type of that name is the framework's own.
constexpr bool is_own_type(std::string_view name) noexcept
{
    return name == async_request_type || name == async_result_type;
}

} // namespace scimkit
