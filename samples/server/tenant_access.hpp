// From where a tenant's clients may come, and how often, where the tenant says so itself.
#pragma once

#include <scimkit/security/gate.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace server
{

/// Of one tenant; nothing of what is not said. On top of what holds for all: nobody gets more than that.
struct TenantAccess
{
    std::vector<std::string> addresses{}; ///< ranges; none: all addresses
    double rate = 0;                      ///< requests a second of all its credentials together; 0: no limit
    double rate_per_credential = 0;

    bool says_nothing() const { return *this == TenantAccess{}; }
    friend bool operator==(TenantAccess const&, TenantAccess const&) = default;
};

using AccessByTenant = std::map<std::string, TenantAccess, std::less<>>;

/// What the three are called where they are said.
struct AccessNames
{
    char const* addresses;
    char const* rate;
    char const* rate_per_credential;
};

/// Whether that can be put into effect. Error: the first that cannot, by its name.
scimkit::result<void> check_access(TenantAccess const& access, AccessNames const& names);

/// What the tenants' file and the administration say; of a tenant of both the file counts.
///
/// Threading: any.
class AccessOfTenants
{
public:
    /// Of tenants that check_access() is content with. Rates of a tenant that says the same as before go on counting.
    void set_files(AccessByTenant const& of_files);
    void set_administered(AccessByTenant const& administered);

    /// Null: the tenant says nothing.
    std::shared_ptr<scimkit::TenantGate> gate_of(std::string_view tenant) const;

private:
    struct Made
    {
        TenantAccess access;
        std::shared_ptr<scimkit::TenantGate> gate;
    };
    using Gates = std::map<std::string, Made, std::less<>>;

    void exchange(Gates& gates, AccessByTenant const& wanted);

    mutable std::mutex mutex_;
    Gates of_files_;
    Gates administered_;
};

} // namespace server
