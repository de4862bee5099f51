// What the server serves: one service, or one for each tenant of --tenants.
#pragma once

#include "configuration.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace server
{

class Serving
{
public:
    /// Checks all options, of every tenant too. Errors: one sentence for the operator.
    static scimkit::result<Serving> create(Configuration const& configuration);

    scimkit::result<std::unique_ptr<scimkit::http::Server>> listen(scimkit::http::ServerOptions options) const;
    scimkit::Response handle(scimkit::Request const& request) const;
    bool healthy() const noexcept;

    /// As TenantServices::check(); without tenants there is nothing to check.
    scimkit::result<void> check(scimkit::Tenant const& tenant) const;

    /// As TenantServices::contents() and remove(), with what else is kept in memory of a tenant. Error without tenants.
    scimkit::result<scimkit::TenantContents> contents(std::string_view name) const;
    scimkit::result<scimkit::TenantContents> remove(std::string_view name) const;

private:
    Serving() = default;

    std::unique_ptr<scimkit::Service> one_;
    std::unique_ptr<scimkit::TenantServices> many_;
    std::vector<std::function<void(std::string_view)>> forget_tenant_; ///< Configuration::forget_tenant
};

} // namespace server
