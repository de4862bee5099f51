// Transport: how one HTTP request gets to a server and its answer back. The plug-in point of the client: libcurl from
// the box, a Service in the same process, or what your application has already.
//
//     auto const transport = curl_transport({.proxy = "http://proxy:3128"});
//     struct Mine : Transport { outcome<HttpResponse> send(HttpRequest const& request) override { ... } };
//
// Repetition, credentials, limits on JSON and what a status means are not a transport's: the client does that.
#pragma once

#include <scimkit/client/failure.hpp>
#include <scimkit/service/message.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit
{
class Service;
}

namespace scimkit::client
{

/// One request, whole. A value; has the credentials in a header.
struct HttpRequest
{
    std::string method; ///< "GET", upper case
    std::string url;    ///< absolute, percent-encoded
    std::vector<ResponseHeader> headers{};
    std::string body{};
    std::chrono::milliseconds timeout{60'000};  ///< for everything from the name look-up to the last byte
    std::size_t max_response_bytes = 16u << 20; ///< of the body, decoded; beyond it the transfer is given up
};

/// One answer, whole, whatever its status. A value.
struct HttpResponse
{
    int status = 0;
    std::vector<ResponseHeader> headers{};
    std::string body{};

    /// The value of the last header of that name, ignoring case; empty if absent. Lifetimes: of the header.
    SCIMKIT_API std::string_view header(std::string_view name) const noexcept;
};

/// The plug-in point.
///
/// Threading: send() is called by any number of threads at once. Lifetimes: shared by clients; outlives their calls.
class SCIMKIT_API Transport
{
public:
    virtual ~Transport() = default;

    /// Sends the request once and waits for the answer, whatever its status; follows no redirection and repeats
    /// nothing. Has an end: within HttpRequest::timeout, or, where nothing is sent over a network, by a bound of
    /// whatever answers. The client has no other clock for a request that is under way. Keeps to max_response_bytes.
    ///
    /// Failures: unreachable, untrusted, timed_out, cut_off (an answer that is not whole, by its own Content-Length or
    /// encoding), too_large, misuse (libcurl: also a method, URL or header with a line end, of which nothing is sent);
    /// `sent` is true unless nothing can have reached the server.
    /// Complexity: memory for one answer, max_response_bytes at most.
    virtual outcome<HttpResponse> send(HttpRequest const& request) = 0;
};

/// How libcurl reaches servers, and whom it trusts.
struct CurlOptions
{
    std::chrono::milliseconds connect_timeout{10'000}; ///< with TLS; then `timed_out` or `unreachable`
    /// An answer that comes slower than `slowest_bytes` a second for so long is given up: timed_out.
    std::chrono::seconds stall_timeout{30};
    std::size_t slowest_bytes = 16;             ///< a second, see stall_timeout
    std::size_t max_header_bytes = 256u * 1024; ///< of one answer, all headers together; too_large
    /// "http://proxy:3128", "socks5h://..."; "": none. Nothing: what the environment says (https_proxy, no_proxy).
    std::optional<std::string> proxy{};
    std::string ca_file{};                 ///< PEM; instead of the system's authorities
    std::string client_certificate_file{}; ///< PEM, for mutual TLS
    std::string client_key_file{};         ///< PEM
    /// Off: any certificate is taken, so anybody on the way can read the credentials. For tests alone.
    bool verify_tls = true;
    std::string user_agent{}; ///< default: scimkit and its version
};

/// libcurl: HTTP/1.1 and 2, TLS 1.2 and newer, connections kept and shared among calls. http and https alone; no netrc,
/// no cookies, no compressed answers.
///
/// Threading: any number of threads at once, each with a handle of its own. Lifetimes: shared.
/// Failure: misuse (a file that is not there, a certificate without its key).
SCIMKIT_API outcome<std::shared_ptr<Transport>> curl_transport(CurlOptions options = {});

/// Calls a Service in this process: tests, migration, or the same code over a local store and a remote server. The path
/// and query of each URL are the request's target. `principal`: who calls, if the service's authenticator is not to be
/// asked. What ends a call is not HttpRequest::timeout but ServiceLimits::deadline, as far as the store looks at it.
///
/// Threading: as Service::handle(). Lifetimes: `service` must outlive the transport.
SCIMKIT_API std::shared_ptr<Transport> service_transport(Service const& service,
                                                         std::optional<Principal> principal = {});

} // namespace scimkit::client
