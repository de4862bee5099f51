// Client: SCIM 2.0 spoken to a server of somebody else (RFC 7644), as typed operations.
//
//     auto client = Client::create({.base_url = "https://example.com/scim/v2",
//                                   .transport = curl_transport().value(),
//                                   .credentials = bearer(known(token))});
//     for (auto const& user : client->resources("/Users"))
//         if (!user) return complain(user.error()); else use(user->body);
//
// Answers are hostile input: depth, size, count and time have limits (ClientLimits), and no answer makes a loop that
// does not end. A server that deviates from the RFCs is tolerated, and each deviation remembered (deviation.hpp).
//
// Endpoints are paths below the base URL: "/Users". Ids and parameters are percent-encoded here.
//
// Threading: any number of threads at once; each operation is the calling thread's, and blocks it. Lifetimes: what a
// Client hands out (Pages, ResourceRange) refers to it; a resource, a page and a failure are values.
// Failures: every operation may meet all kinds of failure.hpp; what it says of failures is what is its own.
// Complexity: memory is bounded by ClientLimits: a few times max_response_bytes for each operation under way.
#pragma once

#include <scimkit/client/credentials.hpp>
#include <scimkit/client/delta.hpp>
#include <scimkit/client/deviation.hpp>
#include <scimkit/client/pages.hpp>
#include <scimkit/client/query.hpp>
#include <scimkit/client/transport.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit::client
{

/// What an answer may be; beyond it the operation fails with `too_large` or `malformed`.
struct ClientLimits
{
    std::size_t max_response_bytes = 16u << 20;        ///< of one answer; too_large
    std::size_t max_json_depth = 32;                   ///< of one answer; malformed
    std::size_t max_json_values = 2'000'000;           ///< of one answer; malformed
    std::size_t max_resources_of_page = 100'000;       ///< resources in one page; too_large
    std::size_t max_pages = 1'000'000;                 ///< of one list, then the list is inconsistent
    std::size_t max_empty_pages = 1'000;               ///< one after the other in a list; then it is inconsistent
    std::size_t max_definitions = 1'000;               ///< schemas, and resource types, of one server; too_large
    std::chrono::milliseconds request_timeout{60'000}; ///< of one request with its answer; timed_out
    std::chrono::milliseconds total_timeout{300'000};  ///< of one operation with all its repetitions and waits
};

/// How often and when a request is sent again. What may be repeated: GET, HEAD, PUT, DELETE and `.search`, after 408,
/// 429, 5xx but 501, and what never became an answer; POST, PATCH and a PUT or DELETE with If-Match only after 429, and
/// if the request never reached the server. `Retry-After` is kept to.
struct RetryOptions
{
    unsigned max_attempts = 5;                      ///< of one request; then the last failure
    std::chrono::milliseconds first_wait{500};      ///< doubled each time, with a random part
    std::chrono::milliseconds longest_wait{30'000}; ///< between two attempts; doubling ends there
    std::chrono::seconds max_retry_after{120}; ///< a server that asks for more is not waited for: the failure says so
};

/// One request and what became of it, for logs and progress; never with credentials. The target has a query, which may
/// be personal data.
struct Attempt
{
    std::string_view method;
    std::string_view target;
    int status = 0;       ///< 0: no answer
    unsigned attempt = 1; ///< from 1
    std::chrono::milliseconds duration{0};
    std::size_t response_bytes = 0;
};

/// What a client is made of. It does not change afterwards.
struct ClientOptions
{
    /// Absolute URL of the SCIM root. https; http for the loopback alone, unless `allow_plain_http`.
    std::string base_url{};
    std::shared_ptr<Transport> transport{};          ///< needed
    std::shared_ptr<CredentialSource> credentials{}; ///< null: none are shown
    ClientLimits limits{};
    RetryOptions retry{};
    /// 0: as many as there are. Otherwise at least one in a day; less, below zero or no number is misuse.
    double requests_per_second = 0;
    /// Off: a server that deviates gets `malformed`.
    bool tolerant = true;
    bool allow_plain_http = false;
    std::vector<ResponseHeader> headers{}; ///< sent with each request; one with a control character is misuse
    /// Told of each request. Threading: called by the thread of the operation, by several at once. Lifetimes: what it
    /// is told is gone when it returns.
    std::function<void(Attempt const&)> on_attempt{};
    /// How waiting is done; tests replace it. Default: the thread sleeps. Threading: as on_attempt.
    std::function<void(std::chrono::milliseconds)> wait{};
    /// Becomes true, from any thread: nothing further is sent, and operations fail: with the failure that they had met,
    /// or with `cancelled`. Null: never.
    std::atomic<bool> const* cancelled = nullptr;
};

/// One operation of a Bulk (RFC 7644 section 3.7). A value, as BulkResult and Answer are.
struct BulkOperation
{
    std::string method; ///< POST, PUT, PATCH, DELETE
    std::string path;   ///< "/Users", "/Users/ID" with the id percent-encoded
    std::string bulk_id{};
    std::string version{};
    json::value data{};
};

/// What became of it.
struct BulkResult
{
    std::string method;
    std::string bulk_id{};
    std::string location{};
    std::string version{};
    int status = 0;
    json::value response{};
    /// Why this one was refused.
    std::optional<Failure> failure{};
};

/// The answer to a request that this class has no word for.
struct Answer
{
    int status = 0;
    std::vector<ResponseHeader> headers{};
    json::value body{}; ///< null: none
};

/// One server, as whom the credentials say.
class SCIMKIT_API Client
{
public:
    /// Nothing is sent yet.
    ///
    /// Failure: misuse (a base URL that is none, or has a query or a password in it, plain http to another machine, no
    /// transport, a rate that is none).
    static outcome<Client> create(ClientOptions options);

    Client(Client&&) noexcept;
    Client& operator=(Client&&) noexcept;
    ~Client();

    /// RFC 7644 section 3.4.1. Of `shown`, attributes and excluded have a meaning here.
    ///
    /// Failures: those of the server (not_found, ...) and of the way there; misuse (an id that is empty, "." or "..":
    /// no path means it).
    outcome<RemoteResource> get(std::string_view endpoint, std::string_view id, Query const& shown = {}) const;
    /// Nothing: the resource still is of that version (If-None-Match, section 3.14). Failures: as get(); misuse for an
    /// empty version.
    outcome<std::optional<RemoteResource>> get_if_changed(std::string_view endpoint, std::string_view id,
                                                          std::string_view version) const;
    /// What stands at a path of its own, as "/ServiceProviderConfig". Failures: malformed (it is no object).
    outcome<json::object> get_document(std::string_view path) const;

    /// One page of a list, as asked (section 3.4.2; `.search`: section 3.4.3). An empty endpoint asks for all types.
    ///
    /// Failures: too_large (ClientLimits::max_resources_of_page); malformed (it is no list).
    outcome<Page> query(std::string_view endpoint, Query const& query = {}) const;
    /// All of a list, page by page; see pages.hpp.
    Pages pages(std::string endpoint, Query query = {}, PageMethod method = PageMethod::index) const;
    /// All of a list, resource by resource; one page in memory at a time.
    ResourceRange resources(std::string endpoint, Query query = {}, PageMethod method = PageMethod::index) const;

    /// A place from which on the server tells what has changed; of all types with an empty endpoint. See delta.hpp.
    ///
    /// Failures: malformed (it is no token).
    outcome<DeltaToken> delta_token(std::string_view endpoint) const;
    /// One page of what has changed, as asked: filter, attributes, excluded, count and cursor count. All of it:
    /// Changes.
    outcome<ChangesPage> changes(std::string_view endpoint, std::string_view token, Query const& query = {}) const;

    /// Section 3.3. `body` with its `schemas`. Never repeated once it may have been carried out: after cut_off,
    /// timed_out or 5xx look for the resource before you create it again. Where the answer is without the resource, it
    /// is read by the id at the end of its Location.
    ///
    /// Failures: malformed (201, and yet what came has no id).
    outcome<RemoteResource> create(std::string_view endpoint, json::object const& body) const;
    /// Section 3.5.1. `version`: If-Match, empty: whatever is there. Where the answer is without the resource, it is
    /// read.
    ///
    /// Failures: refused with precondition_failed, where it is of another version.
    outcome<RemoteResource> replace(std::string_view endpoint, std::string_view id, json::object const& body,
                                    std::string_view version = {}) const;
    /// Section 3.5.2. `operations` are the elements of `Operations`. Nothing: the server answered without the resource.
    ///
    /// Failures: as replace().
    outcome<std::optional<RemoteResource>> patch(std::string_view endpoint, std::string_view id, json::array operations,
                                                 std::string_view version = {}) const;
    /// Section 3.6. One that is gone after a repetition is a success, if an earlier attempt may have removed it.
    ///
    /// Failures: as replace(); refused with not_found where it was not there the first time.
    outcome<void> remove(std::string_view endpoint, std::string_view id, std::string_view version = {}) const;

    /// Section 3.7: one message, as it is; the server's limits are in Discovery. `fail_on_errors` 0: not sent. No
    /// operations: nothing is sent, and there are no results.
    ///
    /// Failures: those of the message; what became of an operation is in its result. Fewer results than operations: the
    /// server stopped.
    outcome<std::vector<BulkResult>> bulk(std::vector<BulkOperation> const& operations,
                                          unsigned fail_on_errors = 0) const;

    /// Any request below the base URL, with everything this class does for a request but the meaning of its answer. A
    /// status from 300 on is an Answer too, and so is a body that is no JSON: then `body` is null. For tools. It is
    /// repeated as its method, and an If-Match among its headers, allow.
    outcome<Answer> raw(std::string_view method, std::string_view path_and_query, std::string body = {},
                        std::vector<ResponseHeader> headers = {}) const;

    /// As they were given, the base URL without slashes at its end. Lifetimes: the client's, as deviations().
    ClientOptions const& options() const noexcept;
    /// What the server was met doing otherwise than the RFCs say.
    DeviationLog& deviations() const noexcept;

private:
    struct State;
    explicit Client(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace scimkit::client
