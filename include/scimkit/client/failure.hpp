// Failure: why an operation of the client did not succeed, told apart by what a caller can do about it.
//
// A server's refusal is a scimkit::Error, read from its SCIM error body (RFC 7644 section 3.12) or, where it sent none,
// made of the HTTP status. What never became an answer (no connection, no trust, no end) has a kind of its own.
//
//     if (!user && user.error().kind == FailureKind::refused && user.error().status == 404) ...
//
// Threading: values; any. Complexity: linear in what was said, of which no more than 500 bytes are kept. What a server
// said is hostile until it is here: cut, valid UTF-8, without control characters (those of C1 too) and without the
// credentials that were shown to it.
#pragma once

#include <scimkit/core/error.hpp>

#include <string>
#include <string_view>

namespace scimkit::client
{

/// What a caller can do about it decides the kind, not where it happened.
enum class FailureKind
{
    unreachable,  ///< no such host, nobody listens, no way there
    untrusted,    ///< TLS: the certificate is not trusted, or no common protocol
    timed_out,    ///< no whole answer in time
    cut_off,      ///< the answer ended before it was whole
    too_large,    ///< the answer is beyond a limit of ClientLimits
    redirected,   ///< 3xx: never followed, since the credentials would go along
    not_scim,     ///< a success that is no SCIM message: a web page, usually
    malformed,    ///< a SCIM message that cannot be understood, or deviates where that is not tolerated
    refused,      ///< the server said no: `error` and `status` say what
    inconsistent, ///< pages that repeat or contradict each other: what was read is not the whole
    credentials,  ///< no credentials could be had: a token endpoint, a file or a command failed
    cancelled,    ///< the application gave up (ClientOptions::cancelled)
    misuse        ///< the call itself is wrong: nothing was sent
};

/// Why an operation did not succeed. A value.
struct Failure
{
    FailureKind kind = FailureKind::refused;
    /// The code is meant for programs; the detail is one sentence for a human, never with credentials in it. What a
    /// server said is cut to 500 bytes, without control characters.
    Error error{};
    int status = 0; ///< of the HTTP answer; 0: there was none
    /// False: the request certainly never reached the server, so that anything may be sent again. True says no more
    /// than that it may have.
    bool sent = true;
};

/// "unreachable", "timed-out", ...: names for programs and reports, which stay from version to version. Lifetimes: the
/// text is static.
SCIMKIT_API std::string_view to_string(FailureKind kind) noexcept;

/// One sentence: "HTTP 403: the token may not read users". Has no line end and never credentials; may be printed.
SCIMKIT_API std::string describe(Failure const& failure);

/// A value or a Failure. `outcome<void>` for what only succeeds or fails.
template <class T = void>
using outcome = boost::system::result<T, Failure>;

/// Found by boost::system::result: value() on a failure throws std::runtime_error with describe().
[[noreturn]] SCIMKIT_API void throw_exception_from_error(Failure const& failure, boost::source_location const& where);

} // namespace scimkit::client
