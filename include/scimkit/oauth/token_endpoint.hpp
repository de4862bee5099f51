// TokenEndpoint: an OAuth 2.0 authorization server of one grant, client credentials (RFC 6749 section 4.4), for
// administrators who expect a service provider to issue its own tokens. Part of scimkit::oauth.
//
// A client says who it is by a secret (HTTP Basic or in the body) or by a signed assertion (RFC 7523), and gets a token
// that lives for minutes, of its tenant, with its scopes or fewer. Tokens are random; their hashes are kept in memory,
// so that a restart ends them, and clients then ask for new ones. They serve at the server that issued them.
//
//     auto const endpoint =
//         token_endpoint({.issuer = "https://example.com", .endpoint = "https://example.com/token"}).value();
//     endpoint->exchange(clients).value();
//     options.authenticator = endpoint->authenticator(key_authenticator(keys));
//     options.authoriser = scope_authoriser();
//     server_options.pages.push_back({.path = "/token", // http::ServerPage
//                                     .answer = [=](Request const& request) { return endpoint->answer(request); },
//                                     .every_method = true});
#pragma once

#include <scimkit/core/date_time.hpp>
#include <scimkit/schema/registry.hpp>
#include <scimkit/security/authentication.hpp>
#include <scimkit/service/message.hpp>

#include <chrono>
#include <cstddef>
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

/// Which assertions have been used. The plug-in point where several processes take them: then they ask one place.
///
/// Threading: from any number of threads.
class SCIMKIT_API ReplayGuard
{
public:
    virtual ~ReplayGuard() = default;

    /// True the first time for a client and a `jti`, and then false until `expires`, across restarts: what it says is
    /// durable before it says it. May wait for a disk.
    ///
    /// Errors: unavailable; then the assertion is refused.
    virtual result<bool> take(std::string_view client, std::string_view jti, Instant expires, Instant now) = 0;
};

/// A file of its owner alone, with a line for each assertion until that has expired, and beside it `path`.lock. Belongs
/// to one process at a time. A write that a crash cut off is no damage.
///
/// Errors: unavailable (cannot be read or written, or is in use), corrupt (a line that it does not make). Of take():
/// unavailable too while it has 1,000,000 assertions that have not expired, and when others are written for longer than
/// two seconds.
/// Complexity: of take(), one write that is waited for, one call after the other; now and then the file is written
/// anew, up to 76 MB, once for as many lines as it had. In memory are the hashes of all lines.
SCIMKIT_API result<std::shared_ptr<ReplayGuard>> replay_file(std::string path);

/// What an endpoint is called, and what its tokens are. issuer and endpoint are needed.
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
    /// The resource types of a tenant, for clients that ask for less than they have: `users.read` of `scim` or `users`.
    /// What is no scope of a type is no part of `scim`: a token has it when its client does. Empty, or null for a
    /// tenant: a client asks for scopes that it has, word for word.
    /// Threading: called by the threads that call answer().
    std::function<std::shared_ptr<SchemaRegistry const>(std::string_view tenant)> registry{};
    std::string resource_metadata{}; ///< URL of the metadata (RFC 9728), for the challenge; empty: none
    /// Told why a client was refused, for the log; never of secrets, tokens or assertions.
    /// Threading: called by the threads that call answer(), by several at once.
    std::function<void(std::string_view)> refused{};
    /// Default: the system's clock. Threading: by the threads that call answer() or authenticate.
    std::function<Instant()> now{};
};

/// Threading: all functions from any number of threads. Lifetimes: shares what its options share.
class SCIMKIT_API TokenEndpoint
{
public:
    virtual ~TokenEndpoint() = default;

    /// From now on these are the clients; before the first call there are none. Tokens of those that have gone, or have
    /// changed in anything, end.
    ///
    /// Errors, and then nothing has changed: invalid_value (a client without id or scopes, with a scope that
    /// known_scope_form() does not know, with neither secret nor keys, with a hash that is none, with keys that sign
    /// nothing; an id twice).
    /// Complexity: linear in the clients.
    virtual result<void> exchange(std::vector<OAuthClient> clients) = 0;

    /// Answers a request to the token endpoint: 200 with a token, or an error of RFC 6749 section 5.2 (400 or 401; 405
    /// for another method than POST, 413 for more than 65,536 bytes). Whoever is not let in is told `invalid_client`,
    /// whatever was wrong. Response::subject says who got a token. Rates and addresses are the caller's to look at,
    /// before.
    ///
    /// Threading: waits for as long as ReplayGuard::take() does. Lifetimes: `request` lives during the call.
    /// Complexity: one hash, or one signature that is checked. Memory: max_tokens_per_client for each client at most.
    virtual Response answer(Request const& request) = 0;

    /// The document of OAuth 2.0 Authorization Server Metadata (RFC 8414 section 2), as JSON. There is no `jwks_uri`:
    /// tokens are not signed.
    virtual std::string metadata() const = 0;

    /// Lets in issued tokens, and asks `others` about everything else.
    ///
    /// Threading: as Authenticator; waits only where `others` does. Lifetimes: shares the endpoint and `others`.
    /// Errors: those of `others`. Throws std::invalid_argument if there are none.
    virtual std::shared_ptr<Authenticator> authenticator(std::shared_ptr<Authenticator> others) = 0;
};

/// An endpoint without clients yet.
///
/// Errors: invalid_value for options without issuer or endpoint, with an algorithm that is not safe, a skew of more
/// than ten minutes, a time or number that is none, or a URL that no header can carry.
SCIMKIT_API result<std::shared_ptr<TokenEndpoint>> token_endpoint(TokenEndpointOptions options);

/// What is wrong with a client by itself. Errors: invalid_value, as TokenEndpoint::exchange() says it.
SCIMKIT_API result<void> check_client(OAuthClient const& client);

} // namespace scimkit
