// By the path, piece by piece: a tenant "a" must not be found by what begins with "ab", and the longest path wins. The
// host decides only where a path is that of several: a proxy in front may say any other one.
#include <scimkit/core/text.hpp>
#include <scimkit/tenants/tenants.hpp>

#include <algorithm>
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
    std::map<std::string, std::vector<Found>, std::less<>> by_path; ///< of one path, by host
    std::map<std::string, Found, std::less<>> by_name;
};

Error wrong(Tenant const& tenant, std::string_view why)
{
    return {ErrorCode::invalid_value,
            "The tenant \"" + tenant.name.substr(0, max_tenant_bytes) + "\" " + std::string{why}};
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

/// Of a URL or a Host header. An empty port is the scheme's.
struct Authority
{
    std::string_view name;
    std::string_view port;
};

Authority authority_of(std::string_view text) noexcept
{
    auto const bracket = text.rfind(']'); // of an address of IPv6
    auto const colon = text.rfind(':');
    bool const has_port = colon != std::string_view::npos && (bracket == std::string_view::npos || bracket < colon);
    Authority authority{.name = text.substr(0, has_port ? colon : text.size()),
                        .port = has_port ? text.substr(colon + 1) : std::string_view{}};
    if (authority.name.ends_with('.')) // the same name, said in full
        authority.name.remove_suffix(1);
    return authority;
}

/// Of the base URL; its port is never empty.
Authority authority_of(Tenant const& tenant) noexcept
{
    std::string_view url = tenant.base_url;
    bool const is_plain = url.starts_with("http://");
    auto const scheme = url.find("://");
    if (scheme != std::string_view::npos)
        url.remove_prefix(scheme + 3);
    auto authority = authority_of(url.substr(0, url.find('/')));
    if (authority.port.empty())
        authority.port = is_plain ? "80" : "443";
    return authority;
}

bool same_name(Authority const& a, Authority const& b) noexcept { return equal_ascii_ignoring_case(a.name, b.name); }

bool same(Tenant const& a, Tenant const& b) noexcept
{
    return same_name(authority_of(a), authority_of(b)) && authority_of(a).port == authority_of(b).port;
}

/// That of the host and port; else that of the host, if it is the only one: a proxy may have taken the port away.
Found at_host(std::vector<Found> const& candidates, std::string_view host)
{
    auto const asked = authority_of(host);
    Found of_name;
    bool is_one = true;
    for (auto const& each : candidates)
    {
        auto const own = authority_of(*each);
        if (!same_name(own, asked))
            continue;
        bool const is_default =
            asked.port.empty() && own.port == (each->base_url.starts_with("http://") ? "80" : "443");
        if (is_default || own.port == asked.port)
            return each;
        is_one = !of_name;
        of_name = each;
    }
    return is_one ? of_name : nullptr;
}

/// Whoever vouches for a caller says which tenant it is.
Found pick(std::vector<Found> const& candidates, Request const& request)
{
    if (candidates.size() == 1)
        return candidates.front();
    if (request.principal)
    {
        auto const own = std::ranges::find_if(candidates, [&](Found const& each)
                                              { return each->name == request.principal->tenant; });
        return own == candidates.end() ? nullptr : *own;
    }
    auto const host = std::ranges::find_if(request.headers, [](Header const& header)
                                           { return equal_ascii_ignoring_case(header.name, "Host"); });
    return host == request.headers.end() ? nullptr : at_host(candidates, host->value);
}

result<void> add(Entries& entries, Tenant each)
{
    if (each.name.empty() || each.name.size() > max_tenant_bytes)
        return wrong(each, "needs a name of 1 to 64 bytes.");
    auto const path = path_of(each);
    if (!path.empty() && !path.starts_with('/'))
        return wrong(each, "has a path that does not begin with a slash.");
    if (entries.by_name.contains(each.name))
        return wrong(each, "is there twice.");
    auto& at_path = entries.by_path[path];
    for (auto const& other : at_path)
        if (same(*other, each))
            return wrong(each, "has the path of \"" + other->name + "\": " + path);
    auto const tenant = std::make_shared<Tenant const>(std::move(each));
    entries.by_name.emplace(tenant->name, tenant);
    at_path.push_back(tenant);
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
            if (auto const at_path = entries_.by_path.find(path); at_path != entries_.by_path.end())
                if (auto found = pick(at_path->second, request))
                    return found;
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
