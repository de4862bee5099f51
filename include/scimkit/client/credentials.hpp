// What the client shows to be let in: a bearer token, a name and password, or OAuth 2.0 client credentials with renewal
// (RFC 7644 section 2, RFC 6750, RFC 7617, RFC 6749 section 4.4, RFC 7523 section 2.2).
//
//     bearer(known(token))
//     basic("ada", [] { return read_from_the_vault(); })
//     client_credentials({.token_url = url, .client_id = "governance", .secret = known(secret)})
//     client_credentials({.token_url = url, .client_id = "governance",
//                         .assertion = secret_of([=] { return client_assertion(signed_by); })})
//
// A client of another kind (a signature over each request, a token from an agent) is a CredentialSource of your own.
#pragma once

#include <scimkit/client/transport.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace scimkit::client
{

/// Where a secret comes from: asked once, and again when the server refused it, so that a file or a vault can change it
/// meanwhile. It may take its time: only requests that need it wait.
///
/// Threading: called by any number of threads, by one at a time of one CredentialSource.
/// Failures: what it returns ends the operation; kind `credentials`, and a detail without the secret.
using Secret = std::function<outcome<std::string>()>;

/// A secret that is known already.
///
/// Lifetimes: the value is kept as long as the function, and each copy of it.
SCIMKIT_API Secret known(std::string value);

/// A secret that a function of the other rooms makes, as client_assertion() of scimkit/oauth/client_assertion.hpp.
///
/// Threading: `make` is called as a Secret is.
/// Failures: credentials, with the detail of the Error.
SCIMKIT_API Secret secret_of(std::function<result<std::string>()> make);

/// What becomes the Authorization header of each request. The plug-in point for other kinds of credentials.
///
/// Threading: any number of threads at once.
class SCIMKIT_API CredentialSource
{
public:
    virtual ~CredentialSource() = default;

    /// The value of the Authorization header. `renew`: the last one was refused with 401; asked so once for each
    /// operation at most. `transport`: the client's, to ask a token endpoint by.
    ///
    /// Failures: credentials, and those of `transport`; `sent` is false, since the operation itself was not.
    /// Complexity: called once for each request, and so cheap where nothing has to be asked for.
    virtual outcome<std::string> authorization(Transport& transport, bool renew) = 0;

    /// Whether asking with `renew` can bring another one. False: a 401 is told at once.
    virtual bool renewable() const noexcept = 0;
};

/// RFC 6750. The secret is asked anew after a 401.
///
/// Failures, when it is asked: credentials (the secret is empty, has a control character in it, or cannot be had).
SCIMKIT_API std::shared_ptr<CredentialSource> bearer(Secret token);

/// RFC 7617. The user name has no colon. As bearer() otherwise.
SCIMKIT_API std::shared_ptr<CredentialSource> basic(std::string user, Secret password);

/// Who asks which token endpoint for tokens, and how.
struct OAuthOptions
{
    std::string token_url{}; ///< https, or http on the loopback
    std::string client_id{};
    /// One of the two. `secret` goes as HTTP Basic, or in the form where `secret_in_body`; `assertion` makes a signed
    /// JWT for each request of a token (RFC 7523), by whatever keeps the key: client_assertion() of scimkit::oauth, a
    /// vault, a program.
    Secret secret{};
    Secret assertion{};
    bool secret_in_body = false;
    std::string scope{};                        ///< separated by spaces; empty: not sent, the endpoint decides
    std::string audience{};                     ///< a parameter that some token endpoints want; empty: not sent
    std::chrono::seconds renew_before{60};      ///< the end of the token's life; not before half of it
    std::chrono::milliseconds timeout{30'000};  ///< of the token endpoint; timed_out
    std::size_t max_answer_bytes = 256u * 1024; ///< of the token endpoint; too_large
};

/// Client credentials. A token is asked for when there is none, shortly before its end (`expires_in`; five minutes
/// where the endpoint does not say), and once after a 401, unless the one that was refused is younger than five
/// seconds: then another thread has just renewed it, and the same is shown again.
///
/// Threading: threads that need a token meanwhile wait for the one that asks.
/// Failures, when a token is asked for: credentials (the endpoint refuses, its answer has no bearer token, the secret
/// cannot be had, the URL is none), and those of the transport. The detail has what the endpoint said, never a secret.
SCIMKIT_API std::shared_ptr<CredentialSource> client_credentials(OAuthOptions options);

} // namespace scimkit::client
