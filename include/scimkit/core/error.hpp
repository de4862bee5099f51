// Error: the one way scimkit says that something went wrong (RFC 7644 section 3.12).
//
// Library code returns `result<T>`; it throws only for programming errors, when memory runs out, and where the system
// has no source of randomness (std::runtime_error, of the first function that makes an id, a key or a hash). What comes
// from outside (a request, a file, a list of keys, the settings of an operator) is never a programming error of a
// function that can return one. A constructor, or a function that gives back nothing but the object, throws
// std::invalid_argument for options that a program would not write (a null pointer, a rate of nothing); it says so.
// Every code below maps to exactly one HTTP status and at most one scimType, by one table (`status_of`,
// `scim_type_of`). Turning an Error into the SCIM error body is done in one place: error_response() in
// service/message.hpp. Which ones a store may return says store/store.hpp.
//
// Threading: Error is a value; distinct objects may be used from distinct threads. Lifetimes: it owns its texts, but
// for `setting` and `requirement`.
#pragma once

#include <scimkit/export.hpp>

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace scimkit
{

/// What went wrong. The first group are the scimTypes of RFC 7644 table 9, the second those of RFC 9865
/// section 3; the third are refusals that HTTP itself has a status for; the last are failures of the service.
enum class ErrorCode
{
    invalid_filter,  ///< 400 invalidFilter: bad filter, or a combination that is not supported
    too_many,        ///< 400 tooMany: more results, or more work, than the service is willing to do
    uniqueness,      ///< 409 uniqueness: a value is in use by another resource
    mutability,      ///< 400 mutability: the attribute's mutability forbids the change
    invalid_syntax,  ///< 400 invalidSyntax: the body is not JSON, or not the message it should be
    invalid_path,    ///< 400 invalidPath: a PATCH path is malformed or names nothing in the schema
    no_target,       ///< 400 noTarget: a PATCH path matched nothing that could be changed
    invalid_value,   ///< 400 invalidValue: a value is missing, or does not fit its attribute
    invalid_version, ///< 400 invalidVers: the protocol version is not supported
    sensitive,       ///< 403 sensitive: the request would put sensitive data into a URI

    invalid_cursor, ///< 400 invalidCursor (RFC 9865)
    expired_cursor, ///< 400 expiredCursor (RFC 9865)
    invalid_count,  ///< 400 invalidCount (RFC 9865)

    bad_request,            ///< 400 without a scimType
    unauthorized,           ///< 401: credentials are missing or wrong
    forbidden,              ///< 403: the principal may not do this
    not_found,              ///< 404: no such endpoint or resource
    method_not_allowed,     ///< 405
    not_acceptable,         ///< 406
    request_timeout,        ///< 408
    conflict,               ///< 409 without a scimType
    trimmed,                ///< 410: the place in the change log is no longer kept; begin anew from the resources
    precondition_failed,    ///< 412: If-Match named another version, or a store's compare-and-set failed
    payload_too_large,      ///< 413
    uri_too_long,           ///< 414
    unsupported_media_type, ///< 415
    expectation_failed,     ///< 417
    too_many_requests,      ///< 429; retry_after says when to come back
    headers_too_large,      ///< 431

    internal,        ///< 500: a fault of the service; the detail never tells secrets or internals
    not_implemented, ///< 501: the service provider does not offer this operation
    unavailable,     ///< 503: the store cannot be reached, is read-only, full or shutting down
    busy,            ///< 503: try again; nothing was changed. retry_after may say when
    unknown_outcome, ///< 503: the answer to a commit was lost: the write happened or it did not. Look before trying
                     ///< again
    corrupt,         ///< 500: stored data cannot be understood
};

/// A refusal or failure. `detail` is for a human at the other end: it names the attribute and the reason.
struct Error
{
    ErrorCode code = ErrorCode::internal;
    std::string detail;
    /// Path of the attribute at fault in schema spelling ("emails.value"), or empty.
    std::string attribute{};
    /// For too_many_requests, busy and unavailable: when to try again. Zero: not said.
    std::chrono::seconds retry_after{0};
    /// The setting of Tolerance that would have let it pass, in the words of Tolerance::set with `=` between them:
    /// "op-letter-case=on". Empty: none would, or nobody knows of one. Lifetimes: text of the program itself.
    std::string_view setting{};
    /// The requirement that is not obeyed, a row of docs/conformance.md ("7644-3.5.2-o") or, of HTTP, a section
    /// ("RFC 9110 section 13.1.2"), where it is known better than by the code. Empty: it is not. Lifetimes: as
    /// `setting`.
    std::string_view requirement{};

    /// The same Error with its setting, where it is made: `return fault(...).allowed_by("op-letter-case=on")`.
    [[nodiscard]] Error allowed_by(std::string_view name_and_value) &&
    {
        setting = name_and_value;
        return std::move(*this);
    }

    /// The same Error with its requirement, where it is made: `return fault(...).against("7644-3.5.2-o")`.
    [[nodiscard]] Error against(std::string_view row_or_section) &&
    {
        requirement = row_or_section;
        return std::move(*this);
    }

    friend bool operator==(Error const&, Error const&) = default;
};

/// The HTTP status of a code, 400 to 599. Complexity: constant.
SCIMKIT_API int status_of(ErrorCode code) noexcept;

/// The scimType keyword of a code ("invalidFilter"), or an empty view where the RFCs define none.
SCIMKIT_API std::string_view scim_type_of(ErrorCode code) noexcept;

/// A value or an Error. `result<void>` for operations that only succeed or fail.
template <class T = void>
using result = boost::system::result<T, Error>;

/// Found by boost::system::result through argument-dependent lookup: value() on an error throws
/// std::runtime_error with the detail.
[[noreturn]] SCIMKIT_API void throw_exception_from_error(Error const& error, boost::source_location const& where);

} // namespace scimkit
