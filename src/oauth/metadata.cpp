// So that a client that gets a 401 finds out whose tokens are wanted (RFC 9728).
#include <scimkit/core/json.hpp>
#include <scimkit/oauth/jwt.hpp>

namespace scimkit
{

std::string protected_resource_metadata(std::string const& resource, std::vector<std::string> const& issuers,
                                        std::vector<std::string> const& scopes)
{
    json::array servers;
    for (std::string const& issuer : issuers)
        servers.emplace_back(issuer);
    json::array supported;
    for (std::string const& scope : scopes)
        supported.emplace_back(scope);
    json::object const document{{"resource", resource},
                                {"authorization_servers", std::move(servers)},
                                {"scopes_supported", std::move(supported)},
                                {"bearer_methods_supported", json::array{"header"}}};
    std::string text;
    write_json(text, document);
    return text;
}

} // namespace scimkit
