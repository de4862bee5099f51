// By the path, piece by piece: a tenant "a" must not be found by what begins with "ab", and the longest path wins.
#include <scimkit/tenants/tenants.hpp>

#include <map>
#include <mutex>
#include <shared_mutex>
#include <utility>

namespace scimkit
{
namespace
{

constexpr std::size_t max_tenant_bytes = 64; // of a tenant's name; the directory is refused

using Found = std::shared_ptr<Tenant const>;

struct Entries
{
    std::vector<Found> all;
    std::map<std::string, Found, std::less<>> by_path;
    std::map<std::string, Found, std::less<>> by_name;
};

Error wrong(Tenant const& tenant, std::string_view why)
{
    return {.code = ErrorCode::invalid_value,
            .detail = "The tenant \"" + tenant.name.substr(0, max_tenant_bytes) + "\" " + std::string{why}};
}

/// "/acme/scim/v2"; a tenant at the root of its host has "".
std::string path_of(Tenant const& tenant)
{
    auto path = tenant.path_prefix.value_or(std::string{});
    if (!tenant.path_prefix)
        if (auto const host = tenant.base_url.find("://"); host != std::string::npos)
            if (auto const slash = tenant.base_url.find('/', host + 3); slash != std::string::npos)
                path = tenant.base_url.substr(slash);
    while (path.ends_with('/'))
        path.pop_back();
    return path;
}

result<void> add(Entries& entries, Tenant each)
{
    if (each.name.empty() || each.name.size() > max_tenant_bytes)
        return wrong(each, "needs a name of 1 to 64 bytes.");
    auto path = path_of(each);
    if (!path.empty() && !path.starts_with('/'))
        return wrong(each, "has a path that does not begin with a slash.");
    if (entries.by_name.contains(each.name))
        return wrong(each, "is there twice.");
    if (auto const other = entries.by_path.find(path); other != entries.by_path.end())
        return wrong(each, "has the path of \"" + other->second->name + "\": " + other->first);
    auto const tenant = std::make_shared<Tenant const>(std::move(each));
    entries.by_name.emplace(tenant->name, tenant);
    entries.by_path.emplace(std::move(path), tenant);
    entries.all.push_back(tenant);
    return {};
}

class List final : public TenantList
{
public:
    std::shared_ptr<Tenant const> find(Request const& request) const override
    {
        auto path = request.target.substr(0, request.target.find('?'));
        std::shared_lock const lock{mutex_};
        for (;;)
        {
            if (auto const found = entries_.by_path.find(path); found != entries_.by_path.end())
                return found->second;
            auto const slash = path.rfind('/');
            if (path.empty() || slash == std::string_view::npos)
                return nullptr;
            path = path.substr(0, slash);
        }
    }

    std::shared_ptr<Tenant const> find_named(std::string_view name) const override
    {
        std::shared_lock const lock{mutex_};
        auto const found = entries_.by_name.find(name);
        return found == entries_.by_name.end() ? nullptr : found->second;
    }

    result<void> exchange(std::vector<Tenant> tenants) override
    {
        Entries entries;
        for (Tenant& each : tenants)
            if (auto added = add(entries, std::move(each)); !added)
                return added;
        std::unique_lock const lock{mutex_};
        std::swap(entries_, entries);
        return {};
    }

    std::vector<std::string> exchange_sound(std::vector<Tenant> tenants) override
    {
        Entries entries;
        std::vector<std::string> left_out;
        for (Tenant& each : tenants)
            if (auto const added = add(entries, std::move(each)); !added)
                left_out.push_back(added.error().detail);
        std::unique_lock const lock{mutex_};
        std::swap(entries_, entries);
        return left_out;
    }

    std::vector<std::shared_ptr<Tenant const>> all() const override
    {
        std::shared_lock const lock{mutex_};
        return entries_.all;
    }

private:
    mutable std::shared_mutex mutex_; ///< for entries_
    Entries entries_;
};

} // namespace

result<std::shared_ptr<TenantList>> tenant_list(std::vector<Tenant> tenants)
{
    auto list = std::make_shared<List>();
    if (auto taken = list->exchange(std::move(tenants)); !taken)
        return taken.error();
    return std::shared_ptr<TenantList>{std::move(list)};
}

} // namespace scimkit
