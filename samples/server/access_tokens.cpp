// What is not said is not guessed: an issuer without keys, or tenants without a claim, would let in nobody, or too
// many.
#include "access_tokens.hpp"

#include "invalid.hpp"
#include "logging.hpp"

#ifdef SCIMKIT_SERVER_OAUTH
#include <scimkit/oauth/jwt.hpp>
#endif

#include <utility>

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

scimkit::http::ServerPage metadata_page(std::string path, std::string const& resource, std::string const& issuer)
{
    auto document = scimkit::protected_resource_metadata(
        resource, issuer, {"scim", "scim.read", "users.read", "users.write", "groups.read", "groups.write"});
    return {.path = std::move(path), .answer = [document = std::move(document)](scimkit::Request const&) {
                return scimkit::Response{
                    .status = 200, .headers = {{"Content-Type", "application/json"}}, .body = document};
            }};
}
#endif

} // namespace

result<std::shared_ptr<scimkit::Authenticator>> with_access_tokens(std::shared_ptr<scimkit::Authenticator> tokens,
                                                                   Configuration& made, Settings const& settings)
{
    if (settings.oauth_issuer.empty())
    {
        if (!settings.oauth_jwks.empty() || !settings.oauth_audience.empty() || !settings.oauth_tenant_claim.empty())
            return invalid("--oauth-jwks, --oauth-audience and --oauth-tenant-claim need --oauth-issuer");
        return tokens;
    }
#ifdef SCIMKIT_SERVER_OAUTH
    if (settings.oauth_jwks.empty())
        return invalid("--oauth-issuer needs --oauth-jwks, a file with the issuer's keys");
    bool const has_tenants = !settings.tenants_file.empty() || !settings.admin.empty();
    if (has_tenants && settings.oauth_tenant_claim.empty())
        return invalid("with tenants --oauth-issuer needs --oauth-tenant-claim: of which one is a token?");
    if (settings.oauth_audience.empty() && made.announced.find("{tenant}") != std::string::npos)
        return invalid("--oauth-issuer needs --oauth-audience, since --base-url is not one URL");
    scimkit::JwtOptions options;
    options.issuer = settings.oauth_issuer;
    options.audience = settings.oauth_audience.empty() ? made.announced : settings.oauth_audience;
    options.keys = scimkit::jwks_file(settings.oauth_jwks);
    options.tenant_claim = settings.oauth_tenant_claim;
    options.refused = [](std::string_view why) { log(scimkit::LogLevel::info, why); };
    if (auto const keys = options.keys->fetch(); !keys)
        return invalid("--oauth-jwks: " + keys.error().detail);

    constexpr char const* well_known = "/.well-known/oauth-protected-resource";
    auto const [host, path] = split_url(made.service.base_url);
    options.resource_metadata = host + well_known + path;
    made.server.pages.push_back(metadata_page(well_known + path, options.audience, options.issuer));
    try
    {
        return scimkit::jwt_or(scimkit::jwt_authenticator(std::move(options)), std::move(tokens));
    }
    catch (std::invalid_argument const& wrong)
    {
        return invalid(std::string{"--oauth-issuer: "} + wrong.what());
    }
#else
    static_cast<void>(made);
    return invalid("--oauth-issuer: this server is built without libcjose");
#endif
}

} // namespace server
