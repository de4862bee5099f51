// Two tenants over one store, and keys of each.
#pragma once

#include <scimkit/security/api_key.hpp>
#include <scimkit/tenants/tenants.hpp>

#include "support/bulk.hpp"
#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <mutex>
#include <string>
#include <vector>

namespace scimkit::test
{

inline constexpr auto acme_key = "key-of-acme-for-tests";
inline constexpr auto globex_key = "key-of-globex-for-tests";
inline constexpr auto nobodys_key = "key-of-no-tenant-for-tests";

inline Tenant tenant(std::string name)
{
    auto url = "https://example.com/" + name + "/scim/v2";
    return {.name = std::move(name), .base_url = std::move(url)};
}

struct House
{
    explicit House(std::vector<Tenant> tenants = {tenant("acme"), tenant("globex")})
        : list(tenant_list(std::move(tenants)).value())
        , services(TenantServices::create(common(), list).value())
    {
    }

    ServiceOptions common()
    {
        auto const key = [](std::string_view text, std::string const& tenant_name)
        { return make_key_record(text, {.subject = "of " + tenant_name, .tenant = tenant_name}).value(); };
        return {.base_url = "https://example.com/nobody",
                .store = store,
                .authenticator =
                    key_authenticator({key(acme_key, "acme"), key(globex_key, "globex"), key(nobodys_key, "")}),
                .environment = std::make_shared<TickingEnvironment>(),
                .password_hasher = std::make_shared<FakeHasher>(),
                .log = [this](LogLevel, std::string_view line)
                {
                    std::scoped_lock const lock{log_mutex};
                    log.emplace_back(line);
                }};
    }

    Reply send(std::string_view key, std::string_view method, std::string const& target,
               json::value const& body = nullptr, std::string_view address = {}) const
    {
        auto const text = body.is_null() ? std::string{} : ServiceFixture::text_of(body);
        auto const authorization = "Bearer " + std::string{key};
        auto const encoded = encode_target(target);
        Request request{.method = method, .target = encoded, .body = text, .peer_address = address};
        if (!key.empty())
            request.headers.push_back({"Authorization", authorization});
        if (!text.empty())
            request.headers.push_back({"Content-Type", "application/scim+json"});
        return Reply{services.handle(request)};
    }

    std::string create(std::string const& name, std::string_view key, std::string const& user_name) const
    {
        return send(key, "POST", "/" + name + "/scim/v2/Users", user(user_name)).id();
    }

    std::shared_ptr<ResourceStore> store = memory::make_store();
    std::mutex log_mutex{};
    std::vector<std::string> log; ///< several threads may write to it
    std::shared_ptr<TenantList> list;
    TenantServices services;
};

/// What an answer says, apart from what names the request.
inline std::string whole(Reply const& reply)
{
    std::string text = std::to_string(reply.status) + "\n" + reply.response.body;
    for (auto const& [name, value] : reply.response.headers)
        text.append("\n").append(name).append(": ").append(value);
    return text;
}

inline std::string refusal(result<std::shared_ptr<TenantList>> const& made)
{
    return made ? "(taken)" : made.error().detail;
}

} // namespace scimkit::test
