// Resource types that the framework keeps for itself in a store, beside those of a registry: requests that were
// accepted and are not carried out yet, and what became of them (service/async_requests.hpp; RFC 9967 section 2.5.1.1).
//
// No client sees them: no registry of a service has them, so they have no endpoint and are in no query. Who looks at a
// store past the service, as exports and readers of a change log do, meets them and passes over what is of such a type.
// A store treats them as any other: it is attached with a registry that has them too. An application gives none of its
// own types such a name.
//
// Threading: any; constants. Lifetimes: static. Complexity: constant.
#pragma once

#include <string_view>

namespace scimkit
{

/// A request that waits. Its text is writeOnly, so that no change log tells it.
inline constexpr std::string_view async_request_type = "ScimkitAsyncRequest";
/// What became of one, or of one operation of a Bulk.
inline constexpr std::string_view async_result_type = "ScimkitAsyncResult";

/// Whether a resource type of that name is the framework's own. Exactly that name: names of types are compared so where
/// they stand in a store.
constexpr bool is_own_type(std::string_view name) noexcept
{
    return name == async_request_type || name == async_result_type;
}

} // namespace scimkit
