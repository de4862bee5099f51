// Whoever asks for a token has no credentials of the service yet, so that addresses and rates are looked at before
// anything else.
#include "token_route.hpp"

#include "credentials.hpp"
#include "invalid.hpp"
#include "logging.hpp"
#include "origin.hpp"

#ifdef SCIMKIT_SERVER_OAUTH
#include <scimkit/oauth/jwt.hpp>
#include <scimkit/oauth/token_endpoint.hpp>
#endif

#include <algorithm>
#include <utility>

namespace server
{

using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::result;

#ifdef SCIMKIT_SERVER_OAUTH

/// Opened late, since the directory of the store may not be there before the store is.
class Assertions final : public scimkit::ReplayGuard
{
public:
    explicit Assertions(std::string file)
        : file_(std::move(file))
    {
    }

    result<void> open()
    {
        auto opened = scimkit::replay_file(file_);
        if (!opened)
            return invalid("--assertion-file: " + opened.error().detail);
        guard_ = std::move(*opened);
        return {};
    }

    result<bool> take(std::string_view client, std::string_view jti, scimkit::Instant expires,
                      scimkit::Instant now) override
    {
        if (!guard_)
            return Error{ErrorCode::unavailable, "The file of assertions is not open."};
        return guard_->take(client, jti, expires, now);
    }

private:
    std::string const file_;
    std::shared_ptr<scimkit::ReplayGuard> guard_;
};

namespace
{

constexpr double default_rate = 10; // of the token endpoint, requests a second from one address, unless said otherwise
constexpr char const* protected_resource = "/.well-known/oauth-protected-resource";

std::string assertion_file(Settings const& settings)
{
    constexpr std::string_view lmdb = "lmdb:";
    if (!settings.assertion_file.empty())
        return settings.assertion_file;
    return settings.store.starts_with(lmdb) ? settings.store.substr(lmdb.size()) + "/assertions" : std::string{};
}

scimkit::Response document(std::string text)
{
    return {.status = 200, .headers = {{"Content-Type", "application/json"}}, .body = std::move(text)};
}

/// Addresses as for everybody, and a rate even where there is none for others. A tenant is not known yet; its list
/// counts when the token is used.
result<std::shared_ptr<scimkit::Authenticator>> door(Settings settings)
{
    std::erase_if(settings.allowed_addresses,
                  [](std::string const& each) { return each.find('=') != std::string::npos; });
    settings.rate_per_address = settings.rate_per_address > 0 ? settings.rate_per_address : default_rate;
    settings.rate_per_credential = 0;
    settings.rate_per_tenant = 0;
    return behind_gate(scimkit::no_authentication("token endpoint"), settings, nullptr);
}

void add_pages(Configuration& made, std::shared_ptr<scimkit::Authenticator> entrance, std::string const& origin,
               bool own_resource)
{
    auto& pages = made.server.pages;
    auto const endpoint = made.token_endpoint;
    pages.push_back({.path = "/oauth/token",
                     .answer =
                         [endpoint, entrance = std::move(entrance)](scimkit::Request const& request)
                     {
                         auto const in = entrance->authenticate({.peer_address = request.peer_address});
                         return in ? endpoint->answer(request) : scimkit::error_response(in.error());
                     },
                     .every_method = true});
    pages.push_back({.path = "/.well-known/oauth-authorization-server",
                     .answer = [text = endpoint->metadata()](scimkit::Request const&) { return document(text); }});
    if (!own_resource)
        return;
    // The same for every path, so that nobody finds out which tenants there are.
    pages.push_back({.path = protected_resource,
                     .answer =
                         [origin](scimkit::Request const& request)
                     {
                         auto path = request.target.substr(0, request.target.find('?'));
                         path.remove_prefix(std::string_view{protected_resource}.size());
                         return document(scimkit::protected_resource_metadata(
                             origin + std::string{path}, {origin},
                             {"scim", "scim.read", "users.read", "users.write", "groups.read", "groups.write"}));
                     },
                     .below = true});
}

} // namespace

result<std::shared_ptr<scimkit::Authenticator>> with_token_endpoint(std::shared_ptr<scimkit::Authenticator> inner,
                                                                    Configuration& made, Settings const& settings)
{
    if (!settings.token_endpoint)
        return settings.assertion_file.empty() ? result<std::shared_ptr<scimkit::Authenticator>>{std::move(inner)}
                                               : invalid("--assertion-file needs --token-endpoint.");
    if (settings.admin.empty())
        return invalid("--token-endpoint needs --admin, where its clients are made.");
    auto const origin = origin_of(made.announced);
    if (origin.find("{tenant}") != std::string::npos)
        return invalid("--token-endpoint needs a --base-url whose host is the same for all tenants.");
    auto entrance = door(settings);
    if (!entrance)
        return entrance.error();
    if (!made.tenant_list)
        made.tenant_list = scimkit::tenant_list({}).value();
    if (auto const file = assertion_file(settings); !file.empty())
        made.assertions = std::make_shared<Assertions>(file);
    bool const own_resource = settings.oauth_issuer.empty();
    auto const path = made.announced.substr(origin.size());
    auto endpoint = scimkit::token_endpoint(
        {.issuer = origin,
         .endpoint = origin + "/oauth/token",
         .replays = made.assertions,
         .registry =
             [tenants = made.tenant_list, otherwise = made.service.registry](std::string_view name)
         {
             auto const tenant = tenants->find_named(name);
             return tenant && tenant->registry ? tenant->registry : otherwise;
         },
         .resource_metadata =
             own_resource && path.find('{') == std::string::npos ? origin + protected_resource + path : std::string{},
         .refused = [](std::string_view why) { log(scimkit::LogLevel::info, why); }});
    if (!endpoint)
        return invalid("--token-endpoint: " + endpoint.error().detail);
    made.token_endpoint = std::move(*endpoint);
    add_pages(made, std::move(*entrance), origin, own_resource);
    return made.token_endpoint->authenticator(std::move(inner));
}

result<void> open_assertions(Configuration const& made)
{
    return made.assertions && made.purpose == Purpose::serve ? made.assertions->open() : result<void>{};
}

#else

result<std::shared_ptr<scimkit::Authenticator>> with_token_endpoint(std::shared_ptr<scimkit::Authenticator> inner,
                                                                    Configuration&, Settings const& settings)
{
    if (settings.token_endpoint || !settings.assertion_file.empty())
        return invalid("--token-endpoint: this server is built without libcjose.");
    return inner;
}

result<void> open_assertions(Configuration const&) { return {}; }

#endif

} // namespace server
