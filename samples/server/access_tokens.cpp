// What is not said is not guessed: an issuer without keys, or tenants without a claim, would let in nobody, or too
// many.
#include "access_tokens.hpp"

#include "invalid.hpp"
#include "logging.hpp"

#ifdef SCIMKIT_SERVER_OAUTH
#include <scimkit/oauth/jwt.hpp>
#endif

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace server
{

using scimkit::result;

namespace
{

#ifdef SCIMKIT_SERVER_OAUTH
/// "https://host" and "/path".
std::pair<std::string, std::string> split_url(std::string const& url)
{
    auto const scheme = url.find("://");
    auto const slash = scheme == std::string::npos ? scheme : url.find('/', scheme + 3);
    return slash == std::string::npos ? std::pair{url, std::string{}}
                                      : std::pair{url.substr(0, slash), url.substr(slash)};
}

result<std::shared_ptr<scimkit::KeySource>> key_source(std::string const& where)
{
    if (where.find("://") == std::string::npos)
        return scimkit::jwks_file(where);
    auto url = scimkit::jwks_url(where);
    return url ? url : result<std::shared_ptr<scimkit::KeySource>>{invalid("--oauth-jwks: " + url.error().detail)};
}

/// A file that has no key would let in nobody, and say so only then. An issuer that cannot be reached may come back, so
/// it does not stop the start.
result<void> check_keys(scimkit::KeySource& source)
{
    if (source.may_block())
        return {};
    auto const text = source.fetch();
    auto const checked = text ? scimkit::check_jwks(*text) : result<void>{text.error()};
    return checked ? checked : result<void>{invalid("--oauth-jwks: " + checked.error().detail)};
}

/// Of tenants by name, as they are when tokens come: configure_tenants() puts the first into the list, later on.
std::function<std::string(std::string_view)> base_urls(Configuration& made)
{
    made.tenant_list = scimkit::tenant_list({}).value();
    return [tenants = made.tenant_list](std::string_view name)
    {
        auto const tenant = tenants->find_named(name);
        return tenant ? tenant->base_url : std::string{};
    };
}

constexpr std::string_view well_known = "/.well-known/oauth-protected-resource";

/// What the documents say. `audience` is the resource of `path`, that of tokens.
struct Resources
{
    std::string host;
    std::string path;
    std::string audience;
    std::vector<std::string> issuers;
};

/// Of the base URL alone; with tenants of every path, so that nobody finds out which tenants there are.
scimkit::http::ServerPage metadata_page(Resources of, bool has_tenants)
{
    auto path = std::string{well_known} + (has_tenants ? std::string{} : of.path);
    auto answer = [of = std::move(of)](scimkit::Request const& request)
    {
        auto asked = request.target.substr(0, request.target.find('?'));
        asked.remove_prefix(well_known.size());
        return scimkit::Response{
            .status = 200,
            .headers = {{"Content-Type", "application/json"}},
            .body = scimkit::protected_resource_metadata(
                asked == of.path ? of.audience : of.host + std::string{asked}, of.issuers,
                {"scim", "scim.read", "users.read", "users.write", "groups.read", "groups.write"})};
    };
    return {.path = std::move(path), .answer = std::move(answer), .below = has_tenants};
}
#endif

} // namespace

result<std::shared_ptr<scimkit::Authenticator>> with_access_tokens(std::shared_ptr<scimkit::Authenticator> tokens,
                                                                   Configuration& made, Settings const& settings)
{
    if (settings.oauth_issuer.empty())
    {
        if (!settings.oauth_jwks.empty() || !settings.oauth_audience.empty() || !settings.oauth_tenant_claim.empty() ||
            !settings.oauth_subject_claim.empty())
            return invalid("--oauth-jwks, --oauth-audience, --oauth-tenant-claim and --oauth-subject-claim need "
                           "--oauth-issuer.");
        return tokens;
    }
#ifdef SCIMKIT_SERVER_OAUTH
    if (settings.oauth_jwks.empty())
        return invalid("--oauth-issuer needs --oauth-jwks, a file or URL with the issuer's keys.");
    bool const has_tenants = !settings.tenants_file.empty() || !settings.admin.empty();
    if (has_tenants && settings.oauth_tenant_claim.empty())
        return invalid("with tenants --oauth-issuer needs --oauth-tenant-claim: of which one is a token?");
    if (settings.oauth_audience.empty() && made.announced.find("{tenant}") != std::string::npos)
        return invalid("--oauth-issuer needs --oauth-audience, since --base-url is not one URL.");
    scimkit::JwtOptions options;
    options.issuer = settings.oauth_issuer;
    options.audience = settings.oauth_audience.empty() ? made.announced : settings.oauth_audience;
    auto keys = key_source(settings.oauth_jwks);
    if (!keys)
        return keys.error();
    options.keys = std::move(*keys);
    options.tenant_claim = settings.oauth_tenant_claim;
    if (has_tenants)
        options.audience_of_tenant = base_urls(made);
    options.subject_claim = settings.oauth_subject_claim;
    options.refused = [](std::string_view why) { log(scimkit::LogLevel::info, why); };
    if (auto const checked = check_keys(*options.keys); !checked)
        return checked.error();

    auto const [host, path] = split_url(made.service.base_url);
    if (host.find('{') == std::string::npos) // else there is no one host whose document could be named
    {
        options.resource_metadata = host + std::string{well_known} + path;
        Resources resources{.host = host, .path = path, .audience = options.audience, .issuers = {options.issuer}};
        if (settings.token_endpoint)
            resources.issuers.push_back(host);
        made.server.pages.push_back(metadata_page(std::move(resources), has_tenants));
    }
    auto by_token = scimkit::jwt_authenticator(std::move(options));
    if (!by_token)
        return invalid("--oauth-issuer: " + by_token.error().detail);
    return scimkit::jwt_or(std::move(*by_token), std::move(tokens));
#else
    static_cast<void>(made);
    return invalid("--oauth-issuer: this server is built without libcjose.");
#endif
}

} // namespace server
