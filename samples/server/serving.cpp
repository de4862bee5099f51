// A tenant that cannot be served is found out at the start, not by its first request.
#include "serving.hpp"

#include <utility>

namespace server
{

using scimkit::result;

namespace
{

result<void> check_tenants(scimkit::TenantServices const& services, scimkit::TenantList const& tenants)
{
    for (auto const& tenant : tenants.all())
        if (auto const checked = services.check(*tenant); !checked)
            return scimkit::Error{scimkit::ErrorCode::invalid_value,
                                  "the tenant " + tenant->name + " cannot be served: " + checked.error().detail};
    return {};
}

} // namespace

result<Serving> Serving::create(Configuration const& configuration)
{
    Serving serving;
    if (!configuration.tenant_list)
    {
        auto service = scimkit::Service::create(configuration.service);
        if (!service)
            return service.error();
        serving.one_ = std::make_unique<scimkit::Service>(std::move(*service));
        return serving;
    }
    auto services = scimkit::TenantServices::create(configuration.service, configuration.tenant_list);
    if (!services)
        return services.error();
    if (auto checked = check_tenants(*services, *configuration.tenant_list); !checked)
        return checked.error();
    serving.many_ = std::make_unique<scimkit::TenantServices>(std::move(*services));
    serving.forget_tenant_ = configuration.forget_tenant;
    return serving;
}

result<std::unique_ptr<scimkit::http::Server>> Serving::listen(scimkit::http::ServerOptions options) const
{
    return one_ ? scimkit::http::Server::start(std::move(options), *one_)
                : scimkit::http::Server::start(std::move(options), *many_);
}

result<void> Serving::check(scimkit::Tenant const& tenant) const
{
    return many_ ? many_->check(tenant) : result<void>{};
}

result<scimkit::TenantContents> Serving::contents(std::string_view name) const
{
    return many_ ? many_->contents(name) : scimkit::Error{scimkit::ErrorCode::not_implemented, "There are no tenants."};
}

result<scimkit::TenantContents> Serving::remove(std::string_view name) const
{
    if (!many_)
        return scimkit::Error{scimkit::ErrorCode::not_implemented, "There are no tenants."};
    auto removed = many_->remove(name);
    if (removed)
        for (auto const& forget : forget_tenant_)
            forget(name);
    return removed;
}

scimkit::Response Serving::handle(scimkit::Request const& request) const
{
    return one_ ? one_->handle(request) : many_->handle(request);
}

bool Serving::healthy() const noexcept { return (one_ ? one_->health() : many_->health()).has_value(); }

} // namespace server
