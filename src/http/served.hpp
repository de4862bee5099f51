// Served: what a server serves, one service or one for each tenant, through the functions that both have.
#pragma once

#include <scimkit/tenants/tenants.hpp>

namespace scimkit::http
{

/// Refers to what the server was started with.
class Served
{
public:
    explicit Served(Service const& one) noexcept
        : one_(&one)
    {
    }
    explicit Served(TenantServices const& many) noexcept
        : many_(&many)
    {
    }

    Response handle(Request const& request) const { return one_ ? one_->handle(request) : many_->handle(request); }
    std::optional<Response> admit(Request& request) const
    {
        return one_ ? one_->admit(request) : many_->admit(request);
    }
    bool admission_may_block() const noexcept
    {
        return one_ ? one_->admission_may_block() : many_->admission_may_block();
    }
    bool reads_may_block() const noexcept { return one_ ? one_->reads_may_block() : many_->reads_may_block(); }
    result<void> health() const noexcept { return one_ ? one_->health() : many_->health(); }
    SchemaRegistry const& registry() const noexcept { return one_ ? one_->registry() : many_->registry(); }

private:
    Service const* one_ = nullptr;
    TenantServices const* many_ = nullptr;
};

} // namespace scimkit::http
