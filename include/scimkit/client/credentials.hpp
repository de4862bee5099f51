// What the client shows to be let in: a bearer token, a name and password, or OAuth 2.0 client credentials with renewal
// (RFC 7644 section 2, RFC 6750, RFC 7617, RFC 6749 section 4.4, RFC 7523 section 2.2).
#pragma once

#include <scimkit/client/transport.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace scimkit::client
{

/// Where a secret comes from: asked once, and again when the server refused it, so that a file or a vault can change it
/// meanwhile. The failure's detail must not have the secret. Threading: by any number of threads at once.
using Secret = std::function<outcome<std::string>()>;

/// A secret that is known already.
SCIMKIT_API Secret known(std::string value);

/// Threading: any number of threads at once.
class SCIMKIT_API CredentialSource
{
public:
    virtual ~CredentialSource() = default;

    /// The value of the Authorization header. `renew`: the last one was refused with 401. Failure: credentials, and
    /// those of `transport`, by which a token endpoint is asked.
    virtual outcome<std::string> authorization(Transport& transport, bool renew) = 0;

    /// Whether asking with `renew` can bring another one.
    virtual bool renewable() const noexcept = 0;
};

/// RFC 6750. The secret is asked anew after a 401.
SCIMKIT_API std::shared_ptr<CredentialSource> bearer(Secret token);

/// RFC 7617. The user name has no colon.
SCIMKIT_API std::shared_ptr<CredentialSource> basic(std::string user, Secret password);

struct OAuthOptions
{
    std::string token_url{}; ///< https, or http on the loopback
    std::string client_id{};
    /// One of the two. `secret` goes as HTTP Basic, or in the form where `secret_in_body`; `assertion` makes a signed
    /// JWT for each request of a token (RFC 7523), by whatever keeps the key: a library, a vault, a program.
    Secret secret{};
    Secret assertion{};
    bool secret_in_body = false;
    std::string scope{};
    std::string audience{};                     ///< a parameter that some token endpoints want; empty: not sent
    std::chrono::seconds renew_before{60};      ///< the end of the token's life
    std::chrono::milliseconds timeout{30'000};  ///< of the token endpoint; timed_out
    std::size_t max_answer_bytes = 256u * 1024; ///< of the token endpoint; too_large
};

/// Client credentials. A token is asked for when there is none, shortly before its end (`expires_in`), and once after a
/// 401; threads that need it meanwhile wait for the one that asks.
SCIMKIT_API std::shared_ptr<CredentialSource> client_credentials(OAuthOptions options);

} // namespace scimkit::client
