// Tenants: many SCIM service providers behind one address, each with its own root, tolerances, limits and abilities,
// over one store (RFC 7644 section 6).
//
//     auto acme = Tenant{.name = "acme", .base_url = "https://scim.example.com/acme/scim/v2"};
//     auto services = TenantServices::create(common, tenant_list({acme}).value()).value();
//     Response response = services.handle(request);
#pragma once

#include <scimkit/security/address.hpp>
#include <scimkit/service/service.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit
{

/// What a tenant offers. What is off answers 403, but 501 to a PATCH without `update` and to a Bulk of which nothing is
/// left, and 404 where a resource type is not there. It is not announced.
struct TenantCapabilities
{
    std::vector<std::string> types{}; ///< names of resource types ("User"); empty: all of the registry
    bool create = true;               ///< POST
    bool update = true;               ///< PUT and PATCH
    bool deactivate = true;           ///< PUT and PATCH that make `active` false, or take it away
    bool remove = true;               ///< DELETE

    friend bool operator==(TenantCapabilities const&, TenantCapabilities const&) = default;
};

/// One of the service providers. A value; what it does not say is as the common options have it.
struct Tenant
{
    std::string name;     ///< in the store, of principals, and in logs: 1 to 64 bytes
    std::string base_url; ///< as ServiceOptions::base_url; no two tenants have the same host and path
    /// As ServiceOptions::path_prefix: what targets begin with, where a proxy changes it.
    std::optional<std::string> path_prefix{};
    /// Off: whoever has credentials gets 403 with the reason, and all data is kept.
    bool enabled = true;
    /// Whom it answers: others get 403 whatever they ask for, with credentials or without, before anything of the
    /// tenant is looked at. Empty: all. A request whose principal an application vouches for is not asked.
    AddressList allowed{};
    TenantCapabilities capabilities{};
    /// Its own: `tolerance` is then the profile's unless it is given, and `registry` the common one as registry_for()
    /// makes it.
    std::shared_ptr<Profile const> profile{};
    std::optional<Tolerance> tolerance{};
    std::optional<ServiceLimits> limits{};
    /// Whether its Bulks are all or nothing where a request does not say (ServiceOptions::atomic_bulk).
    std::optional<bool> atomic_bulk{};
    std::shared_ptr<SchemaRegistry const> registry{}; ///< agrees with others of the store on what is keyed
    /// As ServiceOptions::observer, with what it says there of threads and order; instead of the common one. Empty: the
    /// common one is told.
    std::function<void(CommittedChange const&)> observer{};
};

/// The plug-in point: which tenant a request is for, by its path, its host, or by who an application says it is.
///
/// Threading: all functions from any number of threads at once.
class SCIMKIT_API TenantDirectory
{
public:
    virtual ~TenantDirectory() = default;

    /// Null: of none that there is. One tenant has one object until something of it changes: then the next request is
    /// served by a new service. Called for each request, before anything is known of the caller; must not wait, and
    /// must not throw.
    virtual std::shared_ptr<Tenant const> find(Request const& request) const = 0;

    /// The tenant of that name, for whoever came to the wrong place. Null: there is none. As find() it must not wait,
    /// and must not throw: requests ask it, and now and then one asks it of all tenants that are served.
    virtual std::shared_ptr<Tenant const> find_named(std::string_view name) const = 0;
};

/// A directory of tenants, which may be exchanged while in use. A tenant is found by the path of its base URL (or
/// path_prefix), whatever the host; where several have the same path, by the host of their base URLs, without regard to
/// letter case, as the header Host has it (with its port, or without one where that tells them apart). A request whose
/// principal somebody vouches for is that principal's tenant's there.
class SCIMKIT_API TenantList : public TenantDirectory
{
public:
    /// From now on these are the tenants. One that is left out is as one that never was; its data stays in the store.
    /// Errors, and then nothing has changed: invalid_value (a name or a path that is none, or of two).
    /// Complexity: linear in the tenants; find() takes a look-up for each segment of the path.
    virtual result<void> exchange(std::vector<Tenant> tenants) = 0;

    /// As exchange(), but what is wrong with a tenant, or with it beside those before it, costs only this one: it is
    /// left out. Returns why, a sentence for each that was. For lists whose entries come one by one from somebody else.
    virtual std::vector<std::string> exchange_sound(std::vector<Tenant> tenants) = 0;

    /// In the order in which they were given.
    virtual std::vector<std::shared_ptr<Tenant const>> all() const = 0;
};

/// A list of these. Threading: its functions, exchange() among them, by any number of threads at once; a request keeps
/// the tenant that it found. Lifetimes: it has copies. Errors, complexity: as TenantList::exchange().
SCIMKIT_API result<std::shared_ptr<TenantList>> tenant_list(std::vector<Tenant> tenants);

/// How much a tenant has in a store, by resource type: what its removal would remove.
struct TenantContents
{
    struct Count
    {
        std::string type;
        std::uint64_t resources = 0;
    };
    std::vector<Count> counts{};

    /// "3 User, 1 Group"; "nothing".
    SCIMKIT_API std::string text() const;
};

/// A Service for each tenant, made when its first request comes.
///
/// Threading: as Service. Lifetimes: shares the directory and what the options share; a server that refers to it must
/// not be running when it is moved. A request keeps the service and the tenant that it began with.
class SCIMKIT_API TenantServices
{
public:
    /// `common` is what tenants have unless they say otherwise; its base URL is that of answers to nobody's requests.
    /// Its authenticator serves all: a principal is let in only where its tenant is served. Its `default_tenant` is
    /// that of principals that name none, and principals_span_tenants has to be off. Errors: as Service::create().
    /// Complexity: as Service::create() once, however many tenants there are.
    static result<TenantServices> create(ServiceOptions common, std::shared_ptr<TenantDirectory const> directory);

    TenantServices(TenantServices&&) noexcept;
    TenantServices& operator=(TenantServices&&) noexcept;
    ~TenantServices();

    /// As Service::handle(). A request for no tenant, or with the credentials of another one, is 401 without
    /// credentials and else 404, in the same words, which tell the root of the caller's own tenant: so nobody finds out
    /// which tenants there are; but one that has a list of addresses (Tenant::allowed) says so to whoever is not on it.
    /// A tenant that cannot be served as it says is 503, and the common log has the reason (check() finds it before);
    /// it is tried again after ten seconds.
    Response handle(Request const& request) const;

    /// As those of Service.
    std::optional<Response> admit(Request& request) const;
    bool admission_may_block() const noexcept;
    bool reads_may_block() const noexcept;
    result<void> health() const noexcept;
    /// The common one.
    SchemaRegistry const& registry() const noexcept;
    ServiceOptions const& options() const noexcept;

    /// Counts what a tenant has, in the types of the common registry. A name that nobody has is an empty tenant's.
    /// Errors: those of the store and of a query. Complexity: a query for each type, within the common limits.
    result<TenantContents> contents(std::string_view name) const;

    /// Removes all that a tenant has in the store, whether the directory knows it or not, and says what that was. Take
    /// it out of the directory first: what is written meanwhile may stay. Errors: those of contents(), and of
    /// ResourceStore::remove_tenant(), which has ten minutes; what is left then goes when it is called again.
    result<TenantContents> remove(std::string_view name) const;

    /// Whether a tenant can be served as it says: what would be wrong at its first request. For whoever takes tenants
    /// from somebody else. Errors: invalid_value; those of the store's attach(). Complexity: as Service::create(),
    /// since it makes one, which then goes.
    result<void> check(Tenant const& tenant) const;

private:
    struct State;
    explicit TenantServices(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace scimkit
