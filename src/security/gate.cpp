// The cheapest question comes first: an address costs nothing to look at, credentials cost a hash or a signature.
#include <scimkit/security/gate.hpp>

#include "credential.hpp"

#include <stdexcept>
#include <utility>

namespace scimkit
{
namespace
{

/// Whoever has one address of IPv6 has its whole /64.
std::string name_of_address(std::string_view address)
{
    auto const parsed = IpAddress::parse(address.substr(0, address.find('%')));
    if (!parsed || parsed->is_v4())
        return std::string{address};
    auto const bytes = parsed->bytes();
    return {reinterpret_cast<char const*>(bytes.data()), 8};
}

std::optional<RateLimiter> limiter(std::optional<Rate> const& rate)
{
    return rate ? std::optional<RateLimiter>{std::in_place, *rate} : std::nullopt;
}

class Gate final : public Authenticator
{
public:
    Gate(std::shared_ptr<Authenticator> inner, GateOptions options)
        : inner_(std::move(inner))
        , options_(std::move(options))
        , addresses_(limiter(options_.per_address))
        , credentials_(limiter(options_.per_credential))
        , tenants_(limiter(options_.per_tenant))
    {
    }

    result<Principal> authenticate(Credentials const& credentials) override
    {
        auto const address = credentials.peer_address;
        if (!options_.allowed.empty() && !options_.allowed.contains(address))
            return not_from_here(address, {});
        if (addresses_)
            if (auto const wait = addresses_->take(name_of_address(address)))
                return too_many(*wait, "this address", address);
        auto principal = inner_->authenticate(credentials);
        if (!principal)
            return principal;
        auto const& tenant = principal->tenant.empty() ? options_.default_tenant : principal->tenant;
        auto let_in = enter(address, *principal, tenant);
        if (let_in)
            return principal;
        if (credentials.known)
            *credentials.known = {.subject = principal->subject, .tenant = tenant};
        return std::move(let_in).error();
    }

    std::string challenge() const override { return inner_->challenge(); }
    bool may_block() const noexcept override { return inner_->may_block(); }
    std::vector<AuthenticationScheme> schemes() const override { return inner_->schemes(); }

private:
    /// What is looked at once it is known who asks.
    result<void> enter(std::string_view address, Principal const& principal, std::string const& tenant)
    {
        if (auto const list = options_.allowed_of.find(tenant);
            list != options_.allowed_of.end() && !list->second.contains(address))
            return not_from_here(address, tenant);
        if (credentials_)
            if (auto const wait = credentials_->take(detail::credential_of(principal) + '\n' + tenant))
                return too_many(*wait, "these credentials", principal.subject);
        if (tenants_)
            if (auto const wait = tenants_->take(tenant))
                return too_many(*wait, "this tenant", tenant);
        if (auto const own = options_.of_tenant ? options_.of_tenant(tenant) : nullptr)
            return enter(*own, address, principal, tenant);
        return {};
    }

    result<void> enter(TenantGate& own, std::string_view address, Principal const& principal,
                       std::string_view tenant) const
    {
        if (!own.allowed.empty() && !own.allowed.contains(address))
            return not_from_here(address, tenant);
        if (own.per_credential)
            if (auto const wait = own.per_credential->take(detail::credential_of(principal)))
                return too_many(*wait, "these credentials", principal.subject);
        if (own.in_all)
            if (auto const wait = own.in_all->take(tenant))
                return too_many(*wait, "this tenant", tenant);
        return {};
    }

    Error not_from_here(std::string_view address, std::string_view tenant) const
    {
        if (options_.refused)
            options_.refused("the address " + std::string{address} + " is on no list of addresses that may come in" +
                             (tenant.empty() ? std::string{} : " for tenant " + std::string{tenant}));
        return {ErrorCode::forbidden, "Requests from this address are not allowed."};
    }

    Error too_many(std::chrono::seconds wait, std::string_view what, std::string_view who) const
    {
        if (options_.refused)
            options_.refused("too many requests of " + std::string{what} + ": " + std::string{who});
        return {.code = ErrorCode::too_many_requests,
                .detail = "There are too many requests of " + std::string{what} + ".",
                .retry_after = wait};
    }

    std::shared_ptr<Authenticator> inner_;
    GateOptions options_;
    std::optional<RateLimiter> addresses_;
    std::optional<RateLimiter> credentials_;
    std::optional<RateLimiter> tenants_;
};

} // namespace

std::shared_ptr<Authenticator> gate(std::shared_ptr<Authenticator> inner, GateOptions options)
{
    if (!inner)
        throw std::invalid_argument("gate: there is no authenticator");
    return std::make_shared<Gate>(std::move(inner), std::move(options));
}

} // namespace scimkit
