// A tenant is an ordinary service: what it may not do is refused by an authenticator and an authoriser around those of
// all, so that no operation has to know of tenants, and none can forget them.
#include "tenant_options.hpp"

#include <scimkit/schema/registry.hpp>
#include <scimkit/tolerance/profile.hpp>

#include "no_deactivation.hpp"

#include <algorithm>
#include <utility>

namespace scimkit::tenants
{
namespace
{

/// Lets in those who belong to the tenant, as long as it is on.
class OwnPrincipals final : public Authenticator
{
public:
    OwnPrincipals(std::shared_ptr<Authenticator> inner, Tenant tenant, std::string default_tenant,
                  std::shared_ptr<TenantDirectory const> directory)
        : inner_(std::move(inner))
        , tenant_(std::move(tenant))
        , default_tenant_(std::move(default_tenant))
        , directory_(std::move(directory))
    {
    }

    result<Principal> authenticate(Credentials const& credentials) override
    {
        auto principal = inner_->authenticate(credentials);
        if (!principal)
        {
            forget_unknown(credentials, *directory_);
            return principal;
        }
        if (principal->tenant.empty())
            principal->tenant = default_tenant_;
        auto entered = enter(tenant_, principal->tenant, *directory_);
        if (entered)
            return principal;
        tell_refused(credentials, std::move(*principal), *directory_);
        return std::move(entered).error();
    }

    bool may_block() const noexcept override { return inner_->may_block(); }
    std::string challenge() const override { return inner_->challenge(); }
    std::vector<AuthenticationScheme> schemes() const override { return inner_->schemes(); }

private:
    std::shared_ptr<Authenticator> inner_;
    Tenant tenant_;
    std::string default_tenant_;
    std::shared_ptr<TenantDirectory const> directory_;
};

/// What the tenant does not offer is nobody's to do, whatever the credentials.
class OfferedAlone final : public Authoriser
{
public:
    OfferedAlone(std::shared_ptr<Authoriser> inner, TenantCapabilities const& offered)
        : inner_(std::move(inner))
        , create_(offered.create)
        , update_(offered.update)
        , remove_(offered.remove)
    {
    }

    result<void> authorise(Principal const& principal, Access const& access) override
    {
        using enum Access::Operation;
        auto const operation = access.operation;
        auto const refused = operation == create && !create_                            ? "creating"
                             : (operation == replace || operation == patch) && !update_ ? "changing"
                             : operation == remove && !remove_                          ? "deleting"
                                                                                        : nullptr;
        if (refused)
            return Error{ErrorCode::forbidden, "This tenant does not offer " + std::string{refused} + " resources."};
        return inner_ ? inner_->authorise(principal, access) : result<void>{};
    }

    bool may_block() const noexcept override { return inner_ && inner_->may_block(); }

private:
    std::shared_ptr<Authoriser> inner_;
    bool create_;
    bool update_;
    bool remove_;
};

/// The registry with these types alone, and the schemas that they need.
result<std::shared_ptr<SchemaRegistry const>> with_types(SchemaRegistry const& whole,
                                                         std::vector<std::string> const& names)
{
    SchemaRegistry::Builder builder;
    std::vector<std::string> schemas;
    for (std::string const& name : names)
    {
        auto const* type = whole.find_resource_type(name);
        if (!type)
            return Error{ErrorCode::invalid_value, "There is no resource type \"" + name + "\"."};
        builder.add(type->definition());
        schemas.push_back(type->definition().schema);
        for (auto const& extension : type->definition().extensions)
            schemas.push_back(extension.schema);
    }
    std::ranges::sort(schemas);
    auto const repeated = std::ranges::unique(schemas);
    schemas.erase(repeated.begin(), repeated.end());
    for (std::string const& uri : schemas)
        if (auto const* schema = whole.find_schema(uri))
            builder.add(*schema);
    return builder.build();
}

} // namespace

result<void> enter(Tenant const& tenant, std::string_view own_tenant, TenantDirectory const& directory)
{
    if (own_tenant != tenant.name)
        return elsewhere(own_tenant, directory);
    if (!tenant.enabled)
        return Error{ErrorCode::forbidden,
                     "Provisioning for " + tenant.name +
                         " is switched off. Its data is kept; an administrator can switch it on again."};
    return {};
}

void forget_unknown(Credentials const& credentials, TenantDirectory const& directory)
{
    if (credentials.known && !directory.find_named(credentials.known->tenant))
        credentials.known->tenant.clear();
}

void tell_refused(Credentials const& credentials, Principal principal, TenantDirectory const& directory)
{
    if (!credentials.known)
        return;
    *credentials.known = std::move(principal);
    forget_unknown(credentials, directory);
}

Error not_from_here() { return {ErrorCode::forbidden, "Requests from this address are not allowed."}; }

Error elsewhere(std::string_view own_tenant, TenantDirectory const& directory)
{
    std::string detail = "There is no SCIM root here for these credentials";
    if (auto const own = directory.find_named(own_tenant))
        detail += "; theirs is " + own->base_url;
    return {ErrorCode::not_found, std::move(detail += '.')};
}

result<ServiceOptions> options_of(Tenant const& tenant, ServiceOptions const& common,
                                  std::shared_ptr<TenantDirectory const> directory)
{
    auto options = common;
    options.base_url = tenant.base_url;
    options.path_prefix = tenant.path_prefix;
    options.default_tenant = tenant.name;
    options.principals_span_tenants = false;
    if (tenant.profile)
    {
        options.profile = tenant.profile;
        options.tolerance = tenant.profile->tolerance;
        auto registry = registry_for(*tenant.profile, common.registry);
        if (!registry)
            return std::move(registry).error();
        options.registry = std::move(*registry);
    }
    if (tenant.tolerance)
        options.tolerance = *tenant.tolerance;
    if (tenant.limits)
        options.limits = *tenant.limits;
    options.atomic_bulk = tenant.atomic_bulk.value_or(options.atomic_bulk);
    if (tenant.registry)
        options.registry = tenant.registry;
    if (tenant.observer)
        options.observer = tenant.observer;

    auto const& offered = tenant.capabilities;
    if (!offered.types.empty())
    {
        auto fewer = with_types(*options.registry, offered.types);
        if (!fewer)
            return fewer.error();
        options.registry = std::move(*fewer);
    }
    if (!offered.deactivate)
        options.store = no_deactivation(options.store);
    options.patch = options.patch && offered.update;
    options.bulk = options.bulk && (offered.create || offered.update || offered.remove);
    options.public_configuration = options.public_configuration && tenant.enabled;
    options.authoriser = std::make_shared<OfferedAlone>(common.authoriser, offered);
    options.authenticator =
        std::make_shared<OwnPrincipals>(common.authenticator, tenant, common.default_tenant, std::move(directory));
    return options;
}

} // namespace scimkit::tenants
