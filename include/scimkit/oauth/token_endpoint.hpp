// TokenEndpoint: an OAuth 2.0 authorization server of one grant, client credentials (RFC 6749 section 4.4), for
// administrators who expect a service provider to issue its own tokens. Part of scimkit::oauth.
//
// A client says who it is by a secret (HTTP Basic or in the body) or by a signed assertion (RFC 7523), and gets a token
// that lives for minutes, of its tenant, with its scopes or fewer. Tokens are random; their hashes are kept in memory,
// so that a restart ends them, and clients then ask for new ones. They serve at the server that issued them.
#pragma once

#include <scimkit/core/date_time.hpp>
#include <scimkit/security/authentication.hpp>
#include <scimkit/service/message.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit
{

/// Who may ask for tokens. With a secret, with keys, or with both.
struct OAuthClient
{
    std::string id;                    ///< the client_id, 1 to 256 printable characters of ASCII; the tokens' subject
    std::string tenant{};              ///< of its tokens; empty: the default one
    std::vector<std::string> scopes{}; ///< the most that its tokens are for
    std::string secret_sha256{};       ///< 64 lower-case hexadecimal digits; empty: it has no secret
    std::string jwks{};                ///< its public keys, a JWK Set; empty: it has none
    std::optional<Instant> expires{};  ///< from then on it is refused
    bool revoked = false;              ///< refused, with all tokens that it has

    friend bool operator==(OAuthClient const&, OAuthClient const&) = default;
};

/// Which assertions have been used. Threading: from any number of threads.
class SCIMKIT_API ReplayGuard
{
public:
    virtual ~ReplayGuard() = default;

    /// True the first time for a client and a `jti`, and then false until `expires`, across restarts: what it says is
    /// durable before it says it. Errors: unavailable; then the assertion is refused.
    virtual result<bool> take(std::string_view client, std::string_view jti, Instant expires, Instant now) = 0;
};

/// A file of its owner alone, with a line for each assertion until that has expired. Belongs to one process at a time.
/// Errors: unavailable (cannot be read or written, or is in use), corrupt (a line that it does not make).
SCIMKIT_API result<std::shared_ptr<ReplayGuard>> replay_file(std::string path);

struct TokenEndpointOptions
{
    std::string issuer{};   ///< URL that names the authorization server: https, no query, no fragment
    std::string endpoint{}; ///< URL of the token endpoint, as clients know it
    std::string resource{}; ///< URL of what the tokens are for; a request's `resource` has to be this. Empty: any
    std::chrono::seconds lifetime{600};          ///< of tokens
    std::chrono::seconds longest_assertion{300}; ///< from now to an assertion's `exp`; longer ones are refused
    std::chrono::seconds skew{60};               ///< that clocks may differ by; at most 10 minutes
    std::size_t max_tokens_per_client = 100;     ///< live at once; a further one ends the oldest
    std::shared_ptr<ReplayGuard> replays{};      ///< null: no assertions are taken
    /// Of assertions, as JwtOptions::algorithms.
    std::vector<std::string> algorithms{"RS256", "PS256", "ES256"};
    std::string resource_metadata{}; ///< URL of the metadata (RFC 9728), for the challenge; empty: none
    /// Told why a client was refused, for the log; never of secrets, tokens or assertions. Called by any thread.
    std::function<void(std::string_view)> refused{};
    /// Default: the system's clock.
    std::function<Instant()> now{};
};

/// Threading: all functions from any number of threads.
class SCIMKIT_API TokenEndpoint
{
public:
    virtual ~TokenEndpoint() = default;

    /// From now on these are the clients. Tokens of those that have gone, or have changed in anything, end. Errors, and
    /// then nothing has changed: invalid_value (a client without id or scopes, with neither secret nor keys, with a
    /// hash that is none, with keys that sign nothing; an id twice).
    virtual result<void> exchange(std::vector<OAuthClient> clients) = 0;

    /// Answers a request to the token endpoint: 200 with a token, or 400 or 401 with an error of RFC 6749 section 5.2.
    /// Whoever is not let in is told `invalid_client`, whatever was wrong. Rates and addresses are the caller's to look
    /// at, before. May wait for the disk.
    virtual Response answer(Request const& request) = 0;

    /// The document of OAuth 2.0 Authorization Server Metadata (RFC 8414 section 2). There is no `jwks_uri`: tokens are
    /// not signed.
    virtual std::string metadata() const = 0;

    /// Lets in issued tokens, and asks `others` about everything else. The endpoint lives as long as it.
    virtual std::shared_ptr<Authenticator> authenticator(std::shared_ptr<Authenticator> others) = 0;
};

/// Throws std::invalid_argument for options without issuer or endpoint, with an algorithm that is not safe, a skew of
/// more than ten minutes, or a time or number that is none.
SCIMKIT_API std::shared_ptr<TokenEndpoint> token_endpoint(TokenEndpointOptions options);

/// What is wrong with a client by itself, as TokenEndpoint::exchange() says it.
SCIMKIT_API result<void> check_client(OAuthClient const& client);

} // namespace scimkit
