// A gate is made when a tenant is changed and not for each request, since its rates have to remember who came.
#include "tenant_access.hpp"

#include <cmath>
#include <optional>
#include <utility>

namespace server
{

using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::result;

namespace
{

constexpr double max_tenant_rate = 1e6;     // requests a second that a tenant may say; more is refused
constexpr double least_tenant_rate = 0.001; // less is refused: it would be a tenant that is off
constexpr std::size_t max_ranges = 1'000;   // of a tenant's addresses; more are refused

result<void> check_rate(char const* name, double rate)
{
    if (rate == 0 || (std::isfinite(rate) && rate >= least_tenant_rate && rate <= max_tenant_rate))
        return {};
    return Error{ErrorCode::invalid_value, std::string{name} + " has to be from 0.001 to 1000000 requests a second."};
}

std::optional<scimkit::RateLimiter> limiter(double rate, scimkit::RateLimitOptions options = {})
{
    return rate == 0 ? std::nullopt
                     : std::optional<scimkit::RateLimiter>{std::in_place, scimkit::Rate{.per_second = rate}, options};
}

std::shared_ptr<scimkit::TenantGate> make_gate(TenantAccess const& access)
{
    auto gate = std::make_shared<scimkit::TenantGate>();
    gate->allowed = scimkit::AddressList::parse(access.addresses).value();
    gate->per_credential = limiter(access.rate_per_credential);
    gate->in_all = limiter(access.rate, {.max_names = 1});
    return gate;
}

} // namespace

result<void> check_access(TenantAccess const& access, AccessNames const& names)
{
    if (access.addresses.size() > max_ranges)
        return Error{ErrorCode::invalid_value, std::string{names.addresses} + " has more than 1000 ranges."};
    if (auto const list = scimkit::AddressList::parse(access.addresses); !list)
        return Error{ErrorCode::invalid_value, std::string{names.addresses} + ": " + list.error().detail};
    if (auto checked = check_rate(names.rate, access.rate); !checked)
        return checked;
    return check_rate(names.rate_per_credential, access.rate_per_credential);
}

void AccessOfTenants::exchange(Gates& gates, AccessByTenant const& wanted)
{
    Gates made;
    std::lock_guard const lock{mutex_};
    for (auto const& [tenant, access] : wanted)
    {
        auto const known = gates.find(tenant);
        made.emplace(tenant, known != gates.end() && known->second.access == access ? known->second
                                                                                    : Made{access, make_gate(access)});
    }
    gates = std::move(made);
}

void AccessOfTenants::set_files(AccessByTenant const& of_files) { exchange(of_files_, of_files); }
void AccessOfTenants::set_administered(AccessByTenant const& administered) { exchange(administered_, administered); }

std::shared_ptr<scimkit::TenantGate> AccessOfTenants::gate_of(std::string_view tenant) const
{
    std::lock_guard const lock{mutex_};
    for (auto const* const gates : {&of_files_, &administered_})
        if (auto const found = gates->find(tenant); found != gates->end())
            return found->second.gate;
    return nullptr;
}

} // namespace server
