// Authentication and authorisation: who calls, and whether they may (RFC 7644 section 2). Plug-in points with
// defaults: bearer tokens, and "every authenticated principal may do everything".
//
// On every member of Authenticator and Authoriser:
//   Threading    Called from any number of threads at once; within no store transaction.
//   Lifetimes    The service shares ownership. Arguments are views and need to live during the call only.
//   Errors       What they throw makes the request a 500, and nothing of it is told to the client. What an authoriser
//                throws goes to the log; what an authenticator throws does not, as it may have credentials in it.
//   Complexity   authenticate() and authorise() are called once in every request, authorise() once for each operation
//                of a Bulk and for each type of a query at the root; challenge() and schemes() when an answer needs
//                them.
#pragma once

#include <scimkit/core/error.hpp>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit
{

class ResourceType;

/// An authenticated caller.
struct Principal
{
    std::string subject; ///< who it is; goes to logs, authoriser and change log
    /// The tenant it belongs to. Empty: the default one; with ServiceOptions::principals_span_tenants that of the
    /// request.
    std::string tenant{};
    std::vector<std::string> scopes{}; ///< for the authoriser
    /// Who vouches for the subject: the `iss` of an access token, the issuer of a token endpoint. Empty: this server's
    /// own keys, or the application. Two issuers' subjects of one name are two: neither reads the other's asynchronous
    /// results, and each has a rate of its own.
    std::string issuer{};

    friend bool operator==(Principal const&, Principal const&) = default;
};

/// What a request offers as proof. Views live during the call.
struct Credentials
{
    std::string_view authorization{};              ///< the Authorization header, unparsed; empty if absent
    std::string_view peer_address{};               ///< of the other end, without port; may be empty
    std::string_view client_certificate_subject{}; ///< verified TLS client certificate; may be empty
    /// Where an authenticator that refuses somebody whose credentials are good says who that is, for logs and metrics:
    /// it is a matter of a tenant that asks too often, and not of a stranger. Never for wrong credentials (401). Null:
    /// nobody asks.
    Principal* known = nullptr;
};

/// An entry of ServiceProviderConfig.authenticationSchemes (RFC 7643 section 5).
struct AuthenticationScheme
{
    std::string type; ///< "oauthbearertoken", "httpbasic", ...
    std::string name;
    std::string description;
    std::string spec_uri{};
    std::string documentation_uri{};
    bool primary = false;
};

/// Who calls. Every request without Request::principal is brought before it, discovery included unless
/// ServiceOptions::public_configuration lets it in.
class SCIMKIT_API Authenticator
{
public:
    virtual ~Authenticator() = default;

    /// The caller.
    ///
    /// Errors: unauthorized (missing or wrong credentials; the detail never tells which part was wrong),
    /// too_many_requests, busy, unavailable; Error::retry_after becomes Retry-After.
    /// Complexity: of wrong credentials as of right ones, or time tells which they are.
    virtual result<Principal> authenticate(Credentials const& credentials) = 0;

    /// Whether authenticate() may wait for something: a network, a disk, a lock that is held for long. What may is
    /// never called on the I/O threads of http::Server, so that one slow answer holds up nobody else. Never changes.
    /// Default: it may.
    virtual bool may_block() const noexcept { return true; }

    /// The WWW-Authenticate header of a 401 (RFC 9110 section 11.6.1): printable ASCII, not empty.
    virtual std::string challenge() const = 0;

    /// What ServiceProviderConfig announces (RFC 7643 section 5); may be empty.
    virtual std::vector<AuthenticationScheme> schemes() const = 0;
};

/// What a principal wants to do. Lifetimes: a view; within the call.
struct Access
{
    enum class Operation
    {
        create,
        read,
        query,
        replace,
        patch,
        remove,
        discover
    };

    Operation operation = Operation::read;
    ResourceType const* type = nullptr; ///< null for discovery
    std::string_view id{};              ///< empty where no single resource is meant
};

/// Whether they may. Asked before anything is read: nobody knows then whether the resource exists.
class SCIMKIT_API Authoriser
{
public:
    virtual ~Authoriser() = default;

    /// Success: go ahead.
    ///
    /// Errors: forbidden; not_found to hide that the resource exists. In a query at the root either one leaves the type
    /// out. Others are the answer.
    virtual result<void> authorise(Principal const& principal, Access const& access) = 0;

    /// As Authenticator::may_block().
    virtual bool may_block() const noexcept { return true; }
};

/// A bearer token as it is kept: its SHA-256 and whom it stands for. Tokens are random and long (new_token()), so
/// that a fast hash is the right one. The clear token exists only at the client.
struct TokenRecord
{
    std::string sha256; ///< 64 lower-case hexadecimal digits
    Principal principal;
};

/// The record of a clear token of 16 to 4,096 characters of those that RFC 6750 section 2.1 allows.
///
/// Threading: any. Errors: invalid_value; the detail never has the token.
SCIMKIT_API result<TokenRecord> make_token_record(std::string_view token, Principal principal);

/// A new random token of 256 bits, URL-safe text. Threading: any. Errors: none.
SCIMKIT_API std::string new_token();

/// A token file: a line per token, `sha256:<64 hex digits>` or the clear token, then in this order and all of them
/// optional SUBJECT, TENANT and `scopes=NAME,NAME...`, which become Principal::scopes; blank lines and lines that begin
/// with # are skipped. A subject that is left out becomes "token-" and the first 8 digits of the hash. It is a key file
/// without `expires=` (read_key_file() of security/api_key.hpp): a TokenRecord has no end, so a line that has one is
/// refused, lest its token be let in for ever. Keep the file readable for the service's account alone; that is not
/// checked.
///
/// Threading: any; blocks for as long as the file system does.
/// Errors: unavailable (cannot be read, or is longer; a pipe that nobody writes to for two seconds), invalid_value
/// (which line is wrong, without its content; a scope that known_scope_form() does not know; a token twice, or with
/// `expires=`; no token at all).
/// Complexity: linear in the file, which has at most 16 MiB.
SCIMKIT_API result<std::vector<TokenRecord>> read_token_file(std::string const& path);

/// What bearer_authenticator() makes.
struct BearerOptions
{
    std::string realm = "scim"; ///< printable ASCII
    /// Also takes HTTP Basic with a token as the password; the user name is not looked at.
    bool basic = false;
};

/// An authenticator whose tokens may be exchanged while it is in use.
class SCIMKIT_API BearerAuthenticator : public Authenticator
{
public:
    /// From now on `tokens` are let in, and no others; a request that is being authenticated goes by the old ones or by
    /// the new.
    ///
    /// Threading: from any thread, while requests are served; they wait while the new table takes the place of the old.
    /// Errors, and then nothing has changed: invalid_value (a hash that is none; one token with two principals).
    /// Complexity: linear in the tokens.
    virtual result<void> exchange(std::vector<TokenRecord> tokens) = 0;
};

/// Accepts `Authorization: Bearer <token>` (RFC 6750). Comparison takes the same time whether and where a token
/// differs. It never blocks.
///
/// Errors: throws std::invalid_argument where exchange() has an error, and for a realm that no header can carry: tokens
/// that a program has not looked at yet are better exchanged into one that begins with none. Complexity: a look-up by
/// hash for each request, whatever the number of tokens.
SCIMKIT_API std::shared_ptr<BearerAuthenticator> bearer_authenticator(std::vector<TokenRecord> tokens,
                                                                      BearerOptions options = {});

/// Accepts everybody as `subject`, so its challenge is empty: it is never sent. For tests and for trials on one
/// machine. Where an application authenticates in front of SCIM, principal_required() is the safe one: it fails closed.
SCIMKIT_API std::shared_ptr<Authenticator> no_authentication(std::string subject = "anonymous");

/// What principal_required() tells of whoever authenticates in its place.
struct FrontAuthentication
{
    /// The WWW-Authenticate header of a 401 (RFC 9110 section 11.6.1): not empty, printable ASCII.
    std::string challenge = "Bearer";
    std::vector<AuthenticationScheme> schemes{}; ///< what ServiceProviderConfig announces
};

/// Accepts nobody, whatever the credentials. For an application that authenticates in front of SCIM and hands over who
/// it is in Request::principal: then no authenticator is asked. A request that came past the front, and has no
/// principal, is a 401 (with ServiceOptions::public_configuration all may read ServiceProviderConfig, as always).
///
/// Errors: throws std::invalid_argument for a challenge that no header can carry.
SCIMKIT_API std::shared_ptr<Authenticator> principal_required(FrontAuthentication front = {});

} // namespace scimkit
