// PasswordHasher: what becomes of secrets that clients write (RFC 7643 section 4.1.1, password; section 7.7 of
// RFC 7644). Every string attribute with mutability writeOnly passes through it before a store sees it.
#pragma once

#include <scimkit/core/error.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace scimkit
{

/// On every member:
///   Threading    Called from any number of threads at once, never while a store transaction is open. How many at once
///                is bounded by ServiceLimits::max_hashing.
///   Lifetimes    The service shares ownership. Arguments need to live during the call only, and are not kept.
///   Errors       What it throws makes the request a 500; the detail never has the secret.
///   Complexity   Meant to be dear: tens of milliseconds, and as much memory as a guesser shall need.
class SCIMKIT_API PasswordHasher
{
public:
    virtual ~PasswordHasher() = default;

    /// What is stored in place of `secret`: another one each time, and text.
    ///
    /// Errors: invalid_value (too long, too short by your policy: 400 to the client), internal.
    virtual result<std::string> hash(std::string_view secret) = 0;

    /// True if `stored` came from hash(secret); false for what no hash() has made. For applications that log users in,
    /// and to see whether a PUT repeats what is stored. The time does not tell where they differ.
    virtual bool verify(std::string_view stored, std::string_view secret) = 0;
};

/// Argon2id (RFC 9106) by libsodium; `stored` has its parameters, so they can change over time. The defaults take
/// some 20 ms and 19 MiB for each secret. Secrets are brought into the form of PRECIS OpaqueString (RFC 8265) first, so
/// that one password is one password on every keyboard; empty ones, control characters, what is no UTF-8 and more than
/// 1,024 bytes are refused (invalid_value). Where there is no memory for a hash it is `internal`.
struct Argon2Options
{
    unsigned long long passes = 2; ///< over the memory; the time grows with both
    std::size_t memory_bytes = std::size_t{19} << 20;
};

/// Threading: as PasswordHasher. Errors: throws std::invalid_argument for options that libsodium does not take.
SCIMKIT_API std::shared_ptr<PasswordHasher> argon2_hasher(Argon2Options options = {});

} // namespace scimkit
