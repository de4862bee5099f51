// API keys: bearer tokens (RFC 6750, RFC 7644 section 7.4) that are recognised when they leak, end at a time, can be
// withdrawn, and say what they are for. What read_key_file() reads, an administration issues, and key_authenticator()
// lets in.
//
//     auto const keys = key_authenticator(read_key_file("/etc/scimkit/keys").value());
//     options.authenticator = keys;
//     options.authoriser = scope_authoriser(); // security/scopes.hpp
//     ...
//     keys->exchange(read_key_file("/etc/scimkit/keys").value()); // the file has changed
//
// Threading: all functions from any number of threads.
#pragma once

#include <scimkit/core/date_time.hpp>
#include <scimkit/security/authentication.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit
{

/// A key as it is kept: never in clear. The clear key exists only at the client.
struct KeyRecord
{
    std::string sha256;               ///< 64 lower-case hexadecimal digits
    Principal principal;              ///< whom it stands for, in which tenant, with which scopes
    std::optional<Instant> expires{}; ///< from then on it is refused; nothing: never
    bool revoked = false;             ///< refused, and the log can say why

    friend bool operator==(KeyRecord const&, KeyRecord const&) = default;
};

/// A new key: "scim_", 43 random letters and digits (256 bits), and 6 that check the others, so that a scanner of
/// source code knows it for what it is, and a mistyped one is told from an unknown one. Wipe it when it has been shown.
SCIMKIT_API std::string new_api_key();

/// Whether `text` has the form of new_api_key(), its check digits included. Says nothing of whether it is let in.
SCIMKIT_API bool is_api_key(std::string_view text) noexcept;

/// The record of a clear key, which is one of new_api_key() or any token that make_token_record() takes.
///
/// Lifetimes: nothing of the clear key is kept. Errors: invalid_value, also for a key of new_api_key() whose check
/// digits do not fit; the detail never has the key. Complexity: one hash.
SCIMKIT_API result<KeyRecord> make_key_record(std::string_view key, Principal principal,
                                              std::optional<Instant> expires = {});

/// A key file of at most 16 MiB: a line per key, `sha256:<64 hex digits>` or the clear key, then in this order and all
/// of them optional SUBJECT, TENANT, `scopes=NAME,NAME...` and `expires=TIME` (RFC 3339, or a day: its beginning in
/// UTC). Without a subject it is "token-" and the first 8 digits of the hash. Otherwise as read_token_file().
///
///     sha256:9f86d081...0f00a08 hr acme scopes=users.read,groups.read expires=2027-01-31
///
/// Threading: blocks for as long as the file system does.
/// Errors: as read_token_file(), and invalid_value for a scope that known_scope_form() does not know.
/// Complexity: linear in the file.
SCIMKIT_API result<std::vector<KeyRecord>> read_key_file(std::string const& path);

/// When a key was used last, to the second; by its hash.
struct KeyUse
{
    std::string sha256;
    Instant at;
};

/// What key_authenticator() makes.
struct KeyOptions
{
    std::string realm = "scim"; ///< printable ASCII
    /// Also takes HTTP Basic with a key as the password; the user name is not looked at. For tests and development.
    bool basic = false;
    /// Told why a key was refused (unknown, mistyped, expired, revoked), for the log: the client is told nothing of it.
    /// Names a known key by its subject, any by the first digits of its hash.
    /// Threading: called by the threads that authenticate, by several at once; it must not wait for long.
    std::function<void(std::string_view)> refused{};
    /// Default: the system's clock. Threading: as `refused`; it must not call the authenticator.
    std::function<Instant()> now{};
};

/// See KeyAuthenticator::standing().
enum class KeyStanding
{
    unknown, ///< no key is of that principal: it was let in by something else, or the key is gone
    good,
    refused ///< all keys of it are revoked, expired, or for less by now
};

/// An authenticator whose keys may be exchanged while it is in use.
class SCIMKIT_API KeyAuthenticator : public Authenticator
{
public:
    /// From now on `keys` are let in, and no others: what is revoked is refused from the next request on, on open
    /// connections too.
    ///
    /// Threading: from any thread, while requests are served; they wait while the new table takes the place of the old.
    /// Errors, and then nothing has changed: invalid_value (a hash that is none; one key twice, so that none is of two
    /// tenants).
    /// Complexity: linear in the keys.
    virtual result<void> exchange(std::vector<KeyRecord> keys) = 0;

    /// The keys that were used since the start, in no order; a copy. What exchange() leaves in keeps its time.
    /// Complexity: linear in the keys.
    virtual std::vector<KeyUse> uses() const = 0;

    /// How things stand with somebody who was let in before: whether a key of that subject and tenant would still be
    /// let in, for all of those scopes. The default does not know. Complexity: linear in the keys.
    virtual KeyStanding standing(Principal const& principal) const;
};

/// Accepts `Authorization: Bearer <key>`. Never blocks. Unknown, expired, revoked and malformed keys get the same
/// answer.
///
/// Errors: throws std::invalid_argument where exchange() has an error, and for a realm that no header can carry: keys
/// that a program has not looked at yet are better exchanged into one that begins with none.
/// Complexity: one hash and one look-up for any number of keys, in a time that does not depend on whether and where a
/// key differs.
SCIMKIT_API std::shared_ptr<KeyAuthenticator> key_authenticator(std::vector<KeyRecord> keys, KeyOptions options = {});

} // namespace scimkit
