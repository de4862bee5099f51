// Which operation a request asks for: endpoints and methods of RFC 7644 section 3.2, table 1 and 2.
#pragma once

#include <scimkit/security/authentication.hpp>

#include "state.hpp"
#include "target.hpp"

#include <optional>
#include <string_view>

namespace scimkit::service
{

enum class Endpoint
{
    service_provider_config,
    resource_types, ///< all of them
    resource_type,  ///< one: name
    schemas,
    schema,
    collection,   ///< "/Users"
    search,       ///< "/Users/.search"
    resource,     ///< "/Users/{id}"
    bulk,         ///< "/Bulk"
    root,         ///< all resources of all types
    root_search,  ///< "/.search"
    delta_token,  ///< "/Users/.deltaToken", "/.deltaToken": without a plan
    delta,        ///< "/Users/.delta", "/.delta": without a plan
    me,           ///< "/Me"
    async_result, ///< "/Async/{txn}": name
    missing_type, ///< "/Groups" of a service without groups, where that is tolerated
    not_offered,  ///< "/Bulk" and "/Me" where they are off
};

/// What became of asynchronous requests (RFC 9967 section 2.5.1.1); a resource type of that endpoint hides it.
inline constexpr std::string_view async_endpoint = "Async";

struct Route
{
    Endpoint endpoint;
    TypePlan const* plan = nullptr; ///< of collection, search and resource
    std::string_view name{};        ///< the resource's id, or what discovery resource is meant; views the target. Of
                                    ///< what is not offered its name
    std::string_view allowed{};     ///< for the Allow header

    bool allows(std::string_view method) const noexcept;

    /// It asks about all types that the caller may query.
    bool queries_root() const noexcept;
};

/// Errors: not_found, invalid_version.
result<Route> find_route(Target const& target, ServiceState const& state);

/// Whether the endpoint takes the method. Errors: not_implemented (PATCH that is not offered), method_not_allowed.
result<void> takes_method(Route const& route, std::string_view method, ServiceOptions const& options);

/// What the request does, where it is one operation: nothing of a Bulk, and of what became of a request. HEAD is a GET.
std::optional<Access::Operation> operation_of(Route const& route, std::string_view method) noexcept;

} // namespace scimkit::service
