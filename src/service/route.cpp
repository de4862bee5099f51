// From path to operation (RFC 7644 sections 3.2 and 4). A version segment such as `/v2` (section 3.13) is part of the
// base URL, so no route knows of versions.
#include "route.hpp"

#include <scimkit/core/text.hpp>

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

Error nothing_there() { return {ErrorCode::not_found, "There is no such endpoint."}; }

bool same_name(std::string_view a, std::string_view b, bool ignore_case) noexcept
{
    return ignore_case ? equal_ascii_ignoring_case(a, b) : a == b;
}

result<Route> find_discovery(Target const& target, DiscoveryEndpoint const& endpoint)
{
    if (target.segments.size() == 1)
        return Route{.endpoint = endpoint.all, .allowed = "GET, HEAD"};
    if (target.segments.size() == 2 && endpoint.one != endpoint.all)
        return Route{.endpoint = endpoint.one, .name = target.segments[1], .allowed = "GET, HEAD"};
    return nothing_there();
}

} // namespace

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
    auto const& segments = target.segments;
    if (segments.empty())
        return Route{.endpoint = Endpoint::not_offered};

    bool const ignore_case = state.options.tolerance.any_case_endpoints;
    auto const& first = segments.front();
    for (DiscoveryEndpoint const& endpoint : discovery_endpoints)
        if (same_name(first, endpoint.name, ignore_case))
            return find_discovery(target, endpoint);

    if (auto const* type = state.options.registry->find_endpoint("/" + first, ignore_case))
    {
        auto const* plan = &state.plan_of(*type);
        if (segments.size() == 1)
            return Route{.endpoint = Endpoint::collection, .plan = plan, .allowed = "GET, HEAD, POST"};
        if (segments.size() > 2)
            return nothing_there();
        if (segments[1] == ".search")
            return Route{.endpoint = Endpoint::search, .plan = plan, .allowed = "POST"};
        return Route{.endpoint = Endpoint::resource,
                     .plan = plan,
                     .name = segments[1],
                     .allowed = state.options.patch ? "GET, HEAD, PUT, PATCH, DELETE" : "GET, HEAD, PUT, DELETE"};
    }

    if (segments.size() == 1)
    {
        if (same_name(first, "Bulk", ignore_case))
            return state.options.bulk ? Route{.endpoint = Endpoint::bulk, .allowed = "POST"}
                                      : Route{.endpoint = Endpoint::not_offered};
        for (std::string_view const name : {".search", "Me"})
            if (same_name(first, name, ignore_case))
                return Route{.endpoint = Endpoint::not_offered};
        if (state.options.tolerance.empty_list_for_missing_types)
            for (std::string_view const name : {"Users", "Groups"})
                if (same_name(first, name, ignore_case))
                    return Route{.endpoint = Endpoint::missing_type, .allowed = "GET, HEAD"};
    }
    return nothing_there();
}

} // namespace scimkit::service
