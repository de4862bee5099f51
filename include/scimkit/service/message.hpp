// Request and Response: HTTP as the service sees it, without a socket (RFC 9110).
//
// Threading: values; a Request is used by the thread that has handle() answer it, but for the flag `cancelled`.
#pragma once

#include <scimkit/security/authentication.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit
{

struct AsyncTransaction;

/// A header of a request; a view.
struct Header
{
    std::string_view name; ///< any case
    std::string_view value;
};

/// One HTTP request. All views must outlive Service::handle().
struct Request
{
    std::string_view method; ///< "GET"; upper case as on the wire
    std::string_view target; ///< origin form: path and query, percent-encoded, as on the wire
    std::vector<Header> headers{};
    std::string_view body{};

    std::string_view peer_address{};               ///< without port; may be empty
    std::string_view client_certificate_subject{}; ///< verified; may be empty
    std::string_view tenant{};                     ///< empty: the principal's, else the default; another one is refused
    std::string_view trace_id{};                   ///< for logs and stores

    /// Becomes true, from any thread, when nobody waits for the answer any more: work that is under way is then given
    /// up at its next look at the clock, unless it is already being committed. Null: never.
    std::atomic<bool> const* cancelled = nullptr;

    /// Set by an application that has authenticated the caller itself; the authenticator is then not asked.
    std::optional<Principal> principal{};

    /// A write is answered as if it were carried out, in status, headers and body, and nothing is stored. It costs what
    /// the write would cost. A new resource's id is not kept for it. A store that cannot take a write back
    /// (StoreTraits::atomic is false) refuses with 501. For the header that clients may send: ServiceOptions.
    bool dry_run = false;

    /// How much work may be done here, in the units of Budget, if that is less than ServiceLimits::max_work; 0: no
    /// less. For a host that tries a read where it must not take long, and carries it out elsewhere when
    /// Response::out_of_work says that there was more to do. A write is not limited by it, but is not carried out
    /// either when it takes more than ServiceLimits::max_work_as_writer to work out, or, as that says, takes very many
    /// elements away.
    std::uint64_t work_limit = 0;

    /// Set by AsyncRequests alone: the request was accepted before, as this transaction, and is carried out now.
    AsyncTransaction const* carries_out = nullptr;
};

/// A header of a response.
struct ResponseHeader
{
    std::string name;
    std::string value;
};

/// One HTTP response. Content-Length is the server's to add.
struct Response
{
    int status = 500;
    std::vector<ResponseHeader> headers{};
    std::string body{};
    std::string subject{}; ///< who the caller was, for access logs; empty if not authenticated
    std::string tenant{};  ///< whose data it was about, for access logs; empty if that was never known
    /// Why it was refused, for access logs: the scimType and the detail of the error body. Empty if it was not refused.
    std::string scim_type{};
    std::string detail{};
    /// The requirement that was not obeyed, a row of docs/conformance.md ("7644-3.5.2-e"), and the setting of Tolerance
    /// that would have let it pass (Error::setting). Empty: nobody knows of one. Lifetimes: text of the program itself.
    std::string_view requirement{};
    std::string_view setting{};
    /// It was refused only because of Request::work_limit: that was used up, or a read with a limit did not wait for a
    /// store that was busy. Nothing was done, of a write too: it may be carried out without the limit, or a read with a
    /// greater one.
    bool out_of_work = false;

    /// The size of `body`; in an answer to HEAD, whose body is empty, the size that a GET's would have. It is what
    /// Content-Length says (RFC 9110 section 8.6).
    std::size_t content_length() const noexcept { return bytes_left_out + body.size(); }
    std::size_t bytes_left_out = 0;

    /// Makes it an answer to HEAD (RFC 9110 section 9.3.2). Once is enough; twice changes nothing more.
    SCIMKIT_API void leave_body_out() noexcept;

    /// The value of a header, ignoring case; empty if absent. Lifetimes: points into `headers`. Complexity: linear in
    /// them.
    SCIMKIT_API std::string_view header(std::string_view name) const noexcept;
};

/// What an error body holds.
enum class ErrorBody
{
    plain,    ///< what RFC 7644 section 3.12 has
    explained ///< beside it, under urn:scimkit:params:scim:api:messages:2.0:ErrorExplanation, the requirement, its
              ///< place in the RFC, the attribute, and the setting of Tolerance that would have let the request pass
};

/// The SCIM error body (RFC 7644 section 3.12) and its headers. The one place that turns an Error into HTTP; for
/// servers that must refuse before a Request exists (431, 408).
///
/// Threading: any. Errors: none; the detail is told as it is, so it holds nothing that the client may not see.
///
/// A 401 and a failure of the service itself are never explained.
SCIMKIT_API Response error_response(Error const& error, ErrorBody body = ErrorBody::plain);

} // namespace scimkit
