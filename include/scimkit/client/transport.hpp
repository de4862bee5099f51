// Transport: how one HTTP request gets to a server and its answer back. The plug-in point of the client: libcurl from
// the box, a Service in the same process, or what your application has already.
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

/// One request, whole.
struct HttpRequest
{
    std::string method; ///< "GET", upper case
    std::string url;    ///< absolute, percent-encoded
    std::vector<ResponseHeader> headers{};
    std::string body{};
    std::chrono::milliseconds timeout{60'000};  ///< for everything from the name look-up to the last byte
    std::size_t max_response_bytes = 16u << 20; ///< of the body, decoded; beyond it the transfer is given up
};

struct HttpResponse
{
    int status = 0;
    std::vector<ResponseHeader> headers{};
    std::string body{};

    /// The value of the last header of that name, ignoring case; empty if absent.
    SCIMKIT_API std::string_view header(std::string_view name) const noexcept;
};

/// Threading: send() is called by any number of threads at once.
class SCIMKIT_API Transport
{
public:
    virtual ~Transport() = default;

    /// Sends the request once and waits for the answer, whatever its status; follows no redirection and repeats
    /// nothing. Failures: unreachable, untrusted, timed_out, cut_off, too_large, misuse; `sent` is true unless nothing
    /// can have reached the server.
    virtual outcome<HttpResponse> send(HttpRequest const& request) = 0;
};

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

/// libcurl: HTTP/1.1 and 2, TLS 1.2 and newer, connections kept and shared among calls. http and https alone.
/// Lifetimes: shared. Failure: misuse (a file that cannot be read).
SCIMKIT_API outcome<std::shared_ptr<Transport>> curl_transport(CurlOptions options = {});

/// Calls a Service in this process: tests, migration, or the same code over a local store and a remote server. The path
/// and query of each URL are the request's target. `principal`: who calls, if the service's authenticator is not to be
/// asked. Lifetimes: `service` must outlive the transport. A timeout is not kept: the service has a deadline itself.
SCIMKIT_API std::shared_ptr<Transport> service_transport(Service const& service,
                                                         std::optional<Principal> principal = {});

} // namespace scimkit::client
