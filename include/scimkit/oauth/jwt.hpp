// jwt_authenticator(): an OAuth 2.0 resource server (RFC 6750, RFC 9068, RFC 9700): access tokens that somebody else
// issues, checked against the issuer's keys (RFC 7517). A library of its own, scimkit::oauth; the signatures are
// libcjose's.
//
// What is accepted is narrow on purpose: a signed JWT of one issuer for this audience, by an asymmetric algorithm of a
// list, with an expiry and a subject. Never `none`, never a shared secret, never a key that the token itself brings or
// points to (jwk, jku, x5c, x5u), never a critical extension, never more than 12,288 bytes.
//
//     auto const jwt = jwt_authenticator({.issuer = "https://login.example.com/",
//                                         .audience = "https://example.com/scim",
//                                         .keys = jwks_url("https://login.example.com/jwks.json").value()}).value();
//     options.authenticator = jwt_or(jwt, key_authenticator(keys)); // tokens, and keys beside them
//     options.authoriser = scope_authoriser();
//
// Threading: all functions from any number of threads.
#pragma once

#include <scimkit/core/date_time.hpp>
#include <scimkit/security/authentication.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit
{

/// Where the issuer's keys come from. The plug-in point for a place of your own.
///
/// Threading: an authenticator calls fetch() by one thread at a time; several that share a source may do so at once.
class SCIMKIT_API KeySource
{
public:
    virtual ~KeySource() = default;

    /// The JWK Set as JSON.
    ///
    /// Errors: unavailable; the detail goes to JwtOptions::refused, not to clients. What it throws counts as one.
    virtual result<std::string> fetch() = 0;

    /// Whether fetch() may wait, for a network for example. Then Authenticator::may_block() is true too. Never changes.
    /// Default: it may.
    virtual bool may_block() const noexcept { return true; }
};

/// A file with a JWK Set of at most 1 MiB, read anew by each fetch(), which is not taken for one that may block.
/// Errors: of fetch(): unavailable (it cannot be read, or has more).
SCIMKIT_API std::shared_ptr<KeySource> jwks_file(std::string path);

/// What jwks_url() takes, and how long it waits.
struct JwksUrlOptions
{
    std::chrono::milliseconds timeout{10'000}; ///< of one fetch, from its beginning to its end
    /// A file of certificates (PEM) to trust; empty: those of the system.
    std::string authorities{};
};

/// A JWK Set of at most 1 MiB at an https URL, or an http one of this machine (127.0.0.1, [::1], localhost). The
/// certificate is always verified, redirects are not followed, proxies of the environment are not asked. Its fetch()
/// waits for the network, so that tokens are checked by worker threads. Nothing is fetched yet.
///
/// Errors: invalid_value (another URL; a timeout that is none), not_implemented (scimkit::oauth was built without
/// libcurl).
SCIMKIT_API result<std::shared_ptr<KeySource>> jwks_url(std::string url, JwksUrlOptions options = {});

/// Whether a JWK Set has a key that may sign access tokens: what an authenticator would find out at its first token.
///
/// Errors: unavailable, with the reason. Complexity: linear in the text; of the keys that may sign the first 100 count.
SCIMKIT_API result<void> check_jwks(std::string_view text);

/// Whose tokens are let in, and what they have to say.
struct JwtOptions
{
    std::string issuer{};              ///< `iss` has to be this, exactly
    std::string audience{};            ///< `aud` has to be this or have it: the base URL
    std::shared_ptr<KeySource> keys{}; ///< needed
    /// Of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512.
    std::vector<std::string> algorithms{"RS256", "PS256", "ES256"};
    std::chrono::seconds skew{60};             ///< that clocks may differ by; at most 10 minutes
    std::chrono::seconds refresh_interval{60}; ///< how old the keys get before they are fetched anew
    /// From `iat`, else from `nbf`, else from now, to `exp`, give or take `skew`; longer-lived tokens are refused.
    std::chrono::seconds max_lifetime{86'400};
    std::string tenant_claim{}; ///< a claim with the tenant, needed then; empty: the default tenant
    /// The audience of that tenant's own tokens, taken beside `audience` where `tenant_claim` names the tenant and no
    /// other: its base URL, as its metadata (RFC 9728) has it. Empty: it has none. Null: no tenant has.
    /// Threading: called by the threads that authenticate, by several at once; it must not wait.
    std::function<std::string(std::string_view tenant)> audience_of_tenant{};
    /// A claim with the subject, needed then ("preferred_username"): the name in logs, and what own_resource_by() looks
    /// for. Let it be one that the issuer never gives to somebody else. Empty: `sub`, as below.
    std::string subject_claim{};
    std::string realm = "scim"; ///< printable ASCII
    /// URL of the metadata (RFC 9728), for the challenge; empty: none.
    std::string resource_metadata{};
    /// Told why a token was refused, for the log; never of the token. Of those that come while the keys are fetched for
    /// the first time it is told once, and how many more there were when the first good one comes.
    /// Threading: called by the threads that authenticate, by several at once.
    std::function<void(std::string_view)> refused{};
    /// Default: the system's clock. Threading: as `refused`.
    std::function<Instant()> now{};
};

/// Lets in whoever has a token as above. Scopes are taken from `scope` (names with blanks between) and `scp` (the same,
/// or an array); a token without any has the scope "none", so that it does nothing. The subject is `sub`, or
/// `client_id` or `azp` where there is none, unless `subject_claim` says otherwise. Names of more than 256 bytes count
/// for nothing.
///
/// Keys are fetched by the first token, and by the first one after each `refresh_interval`; what was fetched last is
/// kept while that fails. An unknown `kid` fetches nothing before its time.
///
/// Threading: as Authenticator; blocks only if its source may. The token that fetches waits for it, one at a time;
/// others go by the keys that there are, and are refused at once where there are none.
/// Lifetimes: shares the source.
/// Errors: invalid_value for options that would let in too much (no issuer, audience, keys or algorithms, an algorithm
/// that is not of the list, a skew of more than ten minutes), and for a realm or URL that no header can carry. Those of
/// its authenticate(): unauthorized, the same for every fault; busy while another token waits for the first keys.
/// Complexity: one signature is checked for each token of the right form.
SCIMKIT_API result<std::shared_ptr<Authenticator>> jwt_authenticator(JwtOptions options);

/// Asks `jwt` about bearer tokens of three parts, and `others` about everything else: keys and tokens beside each
/// other. The challenge is that of `jwt`; what ServiceProviderConfig announces is said by `others`.
///
/// Threading: as Authenticator; may block if either may. Lifetimes: shares both.
/// Errors: those of the one that is asked. Throws std::invalid_argument if one is missing.
SCIMKIT_API std::shared_ptr<Authenticator> jwt_or(std::shared_ptr<Authenticator> jwt,
                                                  std::shared_ptr<Authenticator> others);

/// The document of OAuth 2.0 Protected Resource Metadata (RFC 9728 section 2) for a resource, those whose tokens it
/// takes, by their issuers, and scopes.
SCIMKIT_API std::string protected_resource_metadata(std::string const& resource,
                                                    std::vector<std::string> const& issuers,
                                                    std::vector<std::string> const& scopes);

} // namespace scimkit
