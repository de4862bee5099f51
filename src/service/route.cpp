// From path to operation (RFC 7644 sections 3.2 and 4). A version segment such as `/v2` (section 3.13) is part of the
// base URL, so no route knows of versions.
#include "route.hpp"

#include <scimkit/core/text.hpp>
#include <scimkit/schema/registry.hpp>

#include <algorithm>
#include <optional>
#include <span>

namespace scimkit::service
{
namespace
{

struct DiscoveryEndpoint
{
    std::string_view name;
    Endpoint all;
    Endpoint one; ///< with a second segment; the same as `all` where there is none such
};

constexpr DiscoveryEndpoint discovery_endpoints[] = {
    {"ServiceProviderConfig", Endpoint::service_provider_config, Endpoint::service_provider_config},
    {"ResourceTypes", Endpoint::resource_types, Endpoint::resource_type},
    {"Schemas", Endpoint::schemas, Endpoint::schema},
};

Error nothing_there() { return Error{ErrorCode::not_found, "There is no such endpoint."}.against("7644-3.2-k"); }

bool same_name(std::string_view a, std::string_view b, bool ignore_case) noexcept
{
    return ignore_case ? equal_ascii_ignoring_case(a, b) : a == b;
}

using Segments = std::span<std::string const>;

result<Route> find_discovery(Segments segments, DiscoveryEndpoint const& endpoint)
{
    if (segments.size() == 1)
        return Route{.endpoint = endpoint.all, .allowed = "GET, HEAD"};
    if (segments.size() == 2 && endpoint.one != endpoint.all)
        return Route{.endpoint = endpoint.one, .name = segments[1], .allowed = "GET, HEAD"};
    return nothing_there();
}

/// draft-sehgal-scim-delta-query-01; `plan` is null at the root.
std::optional<Route> find_delta(std::string_view name, TypePlan const* plan, ServiceOptions const& options)
{
    if (options.delta_query && name == ".deltaToken")
        return Route{.endpoint = Endpoint::delta_token, .plan = plan, .allowed = "GET, HEAD"};
    if (options.delta_query && name == ".delta")
        return Route{.endpoint = Endpoint::delta, .plan = plan, .allowed = "POST"};
    return std::nullopt;
}

/// Memberships are written where their groups are.
bool is_read_only(TypePlan const& plan, ServiceState const& state)
{
    ResourceType const& written = plan.is_membership ? *state.memberships.memberships->group : *plan.type;
    return written.definition().read_only || plan.type->definition().read_only;
}

result<Route> find_in_type(Segments segments, TypePlan const& plan, ServiceState const& state)
{
    auto const& options = state.options;
    bool const read_only = is_read_only(plan, state);
    if (segments.size() == 1)
        return Route{
            .endpoint = Endpoint::collection, .plan = &plan, .allowed = read_only ? "GET, HEAD" : "GET, HEAD, POST"};
    if (segments.size() > 2)
        return nothing_there();
    if (segments[1] == ".search")
        return Route{.endpoint = Endpoint::search, .plan = &plan, .allowed = "POST"};
    // The log of the store has no memberships, but groups that have changed.
    if (auto const delta = find_delta(segments[1], &plan, options); delta && !plan.is_membership)
        return *delta;
    return Route{.endpoint = Endpoint::resource,
                 .plan = &plan,
                 .name = segments[1],
                 .allowed = read_only            ? "GET, HEAD"
                            : plan.is_membership ? "GET, HEAD, DELETE"
                            : options.patch      ? "GET, HEAD, PUT, PATCH, DELETE"
                                                 : "GET, HEAD, PUT, DELETE"};
}

bool is_endpoint_in_another_case(std::string_view name, SchemaRegistry const& registry)
{
    return registry.find_endpoint("/" + std::string{name}, true) ||
           std::ranges::any_of(discovery_endpoints, [&](DiscoveryEndpoint const& endpoint)
                               { return equal_ascii_ignoring_case(name, endpoint.name); });
}

/// What stands at the root beside types and discovery.
result<Route> find_at_root(std::string_view name, ServiceOptions const& options)
{
    auto const is = [&](std::string_view known)
    { return same_name(name, known, options.tolerance.any_case_endpoints); };
    if (is(".search"))
        return Route{.endpoint = Endpoint::root_search, .allowed = "POST"};
    if (auto const delta = find_delta(name, nullptr, options))
        return *delta;
    if (is("Bulk"))
        return options.bulk ? Route{.endpoint = Endpoint::bulk, .allowed = "POST"}
                            : Route{.endpoint = Endpoint::not_offered, .name = "Bulk"};
    if (is("Me") && !options.me)
        return Route{.endpoint = Endpoint::not_offered, .name = "Me"};
    if (is("Me"))
        return Route{.endpoint = Endpoint::me,
                     .allowed = options.patch ? "GET, HEAD, PUT, PATCH, DELETE" : "GET, HEAD, PUT, DELETE"};
    if (options.tolerance.empty_list_for_missing_types && (is("Users") || is("Groups")))
        return Route{.endpoint = Endpoint::missing_type, .allowed = "GET, HEAD"};
    return nothing_there().allowed_by(is("Users") || is("Groups") ? "empty-list-for-missing-types=on" : "");
}

/// What says, better than what there is of 405 in general, that this endpoint does not take the method.
std::string_view row_of_method(Endpoint endpoint, std::string_view method) noexcept
{
    bool const is_discovery = operation_of({.endpoint = endpoint}, method) == Access::Operation::discover;
    if (endpoint == Endpoint::collection)
        return method == "PUT" ? "7644-3.2-h" : "";
    if (endpoint == Endpoint::resource)
        return method == "POST" ? "7644-3.2-m" : "";
    return is_discovery ? "7644-4-l" : "";
}

/// "v2", "v1", "v10": RFC 7644 section 3.13.
bool is_version(std::string_view segment) noexcept
{
    return segment.size() > 1 && segment.front() == 'v' &&
           segment.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

} // namespace

bool Route::queries_root() const noexcept
{
    bool const either = endpoint == Endpoint::delta || endpoint == Endpoint::delta_token;
    return endpoint == Endpoint::root || endpoint == Endpoint::root_search || (either && !plan);
}

bool Route::allows(std::string_view method) const noexcept
{
    for (auto list = allowed; !list.empty();)
    {
        auto const end = list.find(", ");
        if (list.substr(0, end) == method)
            return true;
        list = end == std::string_view::npos ? std::string_view{} : list.substr(end + 2);
    }
    return false;
}

result<Route> find_route(Target const& target, ServiceState const& state)
{
    Segments segments = target.segments;
    if (state.options.version_segment && !segments.empty() && is_version(segments.front()))
    {
        if (segments.front() != "v2")
            return Error{ErrorCode::invalid_version, "The protocol version is v2, not " + segments.front() + "."};
        segments = segments.subspan(1);
    }
    if (segments.empty())
        return Route{.endpoint = Endpoint::root, .allowed = "GET, HEAD"};
    bool const ignore_case = state.options.tolerance.any_case_endpoints;
    auto const& first = segments.front();
    for (DiscoveryEndpoint const& endpoint : discovery_endpoints)
        if (same_name(first, endpoint.name, ignore_case))
            return find_discovery(segments, endpoint);
    if (auto const* type = state.options.registry->find_endpoint("/" + first, ignore_case))
        return find_in_type(segments, state.plan_of(*type), state);
    if (state.options.async_requests && segments.size() == 2 && same_name(first, async_endpoint, ignore_case))
        return Route{.endpoint = Endpoint::async_result, .name = segments[1], .allowed = "GET, HEAD"};
    auto at_root = segments.size() == 1 ? find_at_root(first, state.options) : nothing_there();
    if (!at_root && !ignore_case && is_endpoint_in_another_case(first, *state.options.registry))
        return std::move(at_root).error().allowed_by("any-case-endpoints=on");
    return at_root;
}

result<void> takes_method(Route const& route, std::string_view method, ServiceOptions const& options)
{
    bool const is_resource = route.endpoint == Endpoint::resource || route.endpoint == Endpoint::me;
    if (is_resource && method == "PATCH" && !options.patch)
        return Error{ErrorCode::not_implemented, "This service provider does not offer PATCH."}.against("7644-3.5.2-a");
    if (!route.allows(method))
        return Error{ErrorCode::method_not_allowed, "This endpoint takes " + std::string{route.allowed} + "."}.against(
            row_of_method(route.endpoint, method));
    return {};
}

std::optional<Access::Operation> operation_of(Route const& route, std::string_view method) noexcept
{
    using enum Access::Operation;
    switch (route.endpoint)
    {
    case Endpoint::service_provider_config:
    case Endpoint::resource_types:
    case Endpoint::resource_type:
    case Endpoint::schemas:
    case Endpoint::schema:
    case Endpoint::missing_type:
        return discover;
    case Endpoint::collection:
        return method == "POST" ? create : query;
    case Endpoint::search:
    case Endpoint::root:
    case Endpoint::root_search:
    case Endpoint::delta_token:
    case Endpoint::delta:
        return query;
    case Endpoint::resource:
    case Endpoint::me:
        return method == "GET" || method == "HEAD" ? read
               : method == "PUT"                   ? replace
               : method == "PATCH"                 ? patch
               : method == "DELETE"                ? std::optional{remove}
                                                   : std::nullopt;
    case Endpoint::bulk:
    case Endpoint::async_result:
    case Endpoint::not_offered:
        break;
    }
    return std::nullopt;
}

} // namespace scimkit::service
