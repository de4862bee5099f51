// Which tenants have accounts that SCIM does not manage, by what they are marked, and how an administrator hands one
// over to a client or takes it back.
#pragma once

#include <scimkit/schema/registry.hpp>
#include <scimkit/store/managed_guard.hpp>
#include <scimkit/store/store.hpp>
#include <scimkit/store/unique_keys.hpp>
#include <scimkit/tenants/tenants.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace server
{

/// Names of attributes, by tenant.
using MarkByTenant = std::map<std::string, std::string, std::less<>>;

/// Whether that can be a mark: a boolean attribute, which clients cannot write, of some type. Empty is fine: there is
/// no mark. Error: what is wrong, without the setting's name.
scimkit::result<void> check_mark(scimkit::SchemaRegistry const& registry, std::string const& name);

/// What the server, the tenants' file and the administration say; the first of the last two that does counts.
///
/// Threading: any.
class ManagedOfTenants
{
public:
    /// Of tenants that do not say. Before it is used.
    void set_otherwise(std::string name) { otherwise_ = std::move(name); }
    void set_files(MarkByTenant of_files);
    void set_administered(MarkByTenant administered);

    /// Empty: SCIM manages everything.
    std::string attribute_of(std::string_view tenant) const;

private:
    std::string otherwise_;
    mutable std::mutex mutex_;
    MarkByTenant of_files_;
    MarkByTenant administered_;
};

/// A guard over `store` for the tenants that have a mark; the others pay nothing for it.
std::shared_ptr<scimkit::ResourceStore> guard_marked(std::shared_ptr<scimkit::ResourceStore> store,
                                                     std::shared_ptr<ManagedOfTenants const> managed);

/// An account that is handed over, or taken back.
struct HandOver
{
    std::string tenant{};
    std::string type{}; ///< "User"
    std::string id{};
    bool managed = true; ///< by SCIM from now on
    /// Of the tenant, as its service has it.
    std::vector<scimkit::UniqueKeyRules::AlsoUnique> also_unique{};
};

/// Sets the mark, in the store behind the guard, as a change of `actor`. Nothing happens where it is so already.
/// Errors: invalid_value (the tenant has no mark, or the type has not that attribute), not_found, those of the store.
scimkit::result<void> hand_over(scimkit::ResourceStore& unguarded, scimkit::Attachment const& attachment,
                                std::string const& mark, HandOver const& what, std::string_view actor,
                                scimkit::Instant now);

/// How many accounts of a tenant SCIM manages, by type: what take_back() would take. Errors: invalid_value (the tenant
/// has no mark), those of the store.
scimkit::result<scimkit::TenantContents> count_managed(scimkit::ResourceStore& store,
                                                       scimkit::Attachment const& attachment, std::string const& mark,
                                                       std::string_view tenant, scimkit::Instant now);

/// Takes at most `most` of them from SCIM, in one transaction and as changes of `actor`; returns how many it were.
/// Those that are left are the others: so whoever is interrupted goes on.
/// Errors: as count_managed().
scimkit::result<std::uint64_t> take_back(scimkit::ResourceStore& unguarded, scimkit::Attachment const& attachment,
                                         std::string const& mark, std::string_view tenant,
                                         std::vector<scimkit::UniqueKeyRules::AlsoUnique> const& also_unique,
                                         std::uint64_t most, scimkit::CallContext const& context);

} // namespace server
