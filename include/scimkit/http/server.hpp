// Server: scimkit over HTTP/1.1 and TLS, on Boost.Beast. Optional: applications with a server of their own use
// Service::handle(), or http/beast_adapter.hpp.
//
// A GET of one small resource, of those where one attribute has one value, or of a discovery document runs on the I/O
// thread; what writes runs on worker threads, and what searches for more, loads many members or may block on threads
// for reads, which never wait behind writes. Every read is first tried with little work; what turns out to need more
// goes on to search threads of its own, of lower priority, so that it holds up nobody else. Where there are several
// threads of a kind, one client never has all of them. A long read whose client has gone is given up. Credentials are
// looked at before a body is taken. Refusals before a request is whole (401, 403, 431, 414, 413, 408, 415, 417, 400,
// 501, 503) are SCIM errors too.
#pragma once

#include <scimkit/security/address.hpp>
#include <scimkit/service/service.hpp>
#include <scimkit/tenants/tenants.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit::http
{

/// What becomes of a client without a certificate, where authorities of client certificates are named.
enum class ClientCertificates
{
    required, ///< its handshake fails
    optional  ///< it is let in, and the authenticator's to judge: Credentials::client_certificate_subject is empty
};

/// TLS of a server, 1.2 or newer.
struct TlsOptions
{
    std::string certificate_file; ///< PEM, the chain with the server's first
    std::string key_file;         ///< PEM
    /// PEM with the authorities whose client certificates are accepted; empty: none are asked for. A certificate of
    /// another authority ends the handshake.
    std::string client_ca_file{};
    ClientCertificates client_certificates = ClientCertificates::required;
};

/// One line of an access log. Never has the query (filters hold personal data), headers or bodies. Peers choose what
/// stands in it: pass each text through append_log_text() (core/log_text.hpp) on its way into a log.
///
/// Lifetimes: views, of the call.
struct AccessRecord
{
    std::string_view peer;
    std::string_view method;
    std::string_view path;
    std::string_view subject;      ///< empty: not authenticated
    std::string_view tenant{};     ///< empty: never known
    std::string_view request_id{}; ///< what the answer has as X-Request-Id, and Request::trace_id was
    std::string_view scim_type{};  ///< why it was refused, as in the answer; empty if that has none
    std::string_view detail{};     ///< why it was refused, as in the answer; may name what the client sent
    std::string_view setting{};    ///< the setting of Tolerance that would have let it pass; empty if none is known
    std::string_view trace_id{};   ///< of the `traceparent` that the request had; empty if it had none
    int status = 0;
    std::size_t request_bytes = 0;  ///< of the body
    std::size_t response_bytes = 0; ///< of the body
    std::chrono::microseconds duration{0};
};

/// One request and its answer, whole, for whoever keeps them. It is of this moment: copy what is to be kept. It has
/// what nobody may keep as it is: credentials, secrets, personal data.
struct ExchangeRecord
{
    AccessRecord const& access;
    Request const& request; ///< without headers where they were not understood, without a body where it was not taken
    Response const& response;
};

/// Where a proxy says for whom it asks. One of them: a proxy that sets one passes the other through, as clients send
/// it.
enum class ProxyHeader
{
    x_forwarded_for,
    forwarded ///< RFC 7239
};

/// What the server answers beside its service, to GET and HEAD, without the service's credentials.
struct ServerPage
{
    std::string path; ///< "/metrics"; exactly, whatever query follows
    /// Threading: called by worker threads, for GET and HEAD by those for short reads; by several at once. Whatever it
    /// throws becomes a 503. An answer to GET or HEAD with out_of_work is asked for once more, by the search threads
    /// (Request::work_limit).
    std::function<Response(Request const&)> answer;
    bool below = false; ///< what is below the path too: "/page" is "/page/x" as well, as it is spelled on the wire
    /// Other methods as well. Their bodies are taken from whoever sends them, within ServerOptions::max_body_bytes and
    /// max_buffered_bytes: it is `answer` that asks who that is.
    bool every_method = false;
};

/// What a server has to do at the moment.
struct ServerStatistics
{
    std::size_t connections = 0;
    std::size_t queued = 0;       ///< requests that wait for a worker
    std::size_t queued_reads = 0; ///< and for the other kinds of thread
    std::size_t queued_long_writes = 0;
    std::size_t queued_searches = 0;
    std::size_t queued_bulks = 0;
    std::size_t buffered_bytes = 0; ///< see ServerOptions::max_buffered_bytes
    std::size_t unsent_bytes = 0;   ///< see ServerOptions::max_unsent_bytes
};

/// What a server listens on, and how much it takes. Names of limits say what happens beyond them.
struct ServerOptions
{
    std::string address = "127.0.0.1"; ///< IPv4 or IPv6
    std::uint16_t port = 0;            ///< 0: any free one
    std::optional<TlsOptions> tls{};

    unsigned io_threads = 0; ///< 0: one for each core
    /// GET of a single user, of users by one value, and of discovery documents on the I/O threads. Has no effect where
    /// store, authenticator or authoriser say that they may block (StoreTraits::blocks, may_block()).
    bool reads_on_io_threads = true;
    /// For writes. Most of them wait for a disk: as many writes as there are threads share one fsync.
    unsigned worker_threads = 44;
    /// For reads that may be short: they never wait for a thread behind writes. Not more than there are cores (two at
    /// least) where neither store nor authenticator nor authoriser may block: none waits there but for a core.
    unsigned read_threads = 16;
    /// For reads that turn out to be long; 0: half as many as there are cores, but three at least, so that two searches
    /// of one client do not hold up every other. They run at a lower priority where the system knows one for a thread
    /// (Linux).
    unsigned search_threads = 0;
    /// For writes with bodies longer than short_body_bytes; 0: half as many as there are cores, but two at least.
    unsigned long_write_threads = 0;
    /// Per cent of the threads of each of these kinds that requests of one client hold at once, at least one of them,
    /// and never all where there are several; 100: all. Further ones wait, and requests of others find a thread. Of
    /// threads for short reads that never block it may have all: they are free again soon. A client is as
    /// max_queued_per_client says.
    unsigned max_client_share = 75;
    /// For Bulk. A client has one of them at a time, so that the Bulk of another begins at once. They mostly wait for
    /// the store's writer.
    unsigned bulk_threads = 8;
    /// A read is tried within this much work (Budget's units: about nanoseconds) on an I/O thread, then by the threads
    /// for short reads, and carried out by the search threads if that was too little.
    std::uint64_t io_thread_work = 200'000;
    std::uint64_t short_read_work = 1'000'000; ///< see io_thread_work
    /// What is longer goes to those for long writes; a read whose target and body are longer than this, or than 2 KiB,
    /// to the search threads.
    std::size_t short_body_bytes = 16 * 1024;

    /// Requests that wait for a worker, and the same for each other kind of thread; 503 with Retry-After beyond.
    std::size_t max_queued_requests = 1'024;
    /// Of one client: a principal, or an address where everybody may come in. Clients take turns, so that many requests
    /// of one do not hold up the one request of another. Where the authenticator or authoriser may block, requests wait
    /// for it too: at most an eighth of max_queued_requests from one address, and half of them from all together.
    std::size_t max_queued_per_client = 256;

    /// Further ones close the connection that has been without a request for longest, or whose client without
    /// credentials lets the server wait (for a body, or by not reading its answer). If there is none, one of a known
    /// client that has done so for longer than first_request_timeout; else they wait in the accept queue.
    std::size_t max_connections = 1'024;
    std::size_t max_header_bytes = 16 * 1024; ///< request line and headers; 431, or 414 if the line alone is longer
    std::size_t max_body_bytes = 1 << 20;     ///< 413
    std::size_t max_pipelined = 16;           ///< requests sent ahead that are answered in one write
    /// Bodies that are being read or worked on, of all connections together, three quarters of it for one client (see
    /// max_queued_per_client) that has several; 503 beyond.
    std::size_t max_buffered_bytes = 256 << 20;
    /// Answers that clients have not taken yet, of all connections together, three quarters of it for one client that
    /// has several. Beyond, a read is answered 503 instead, and a write that is done without the resource (204; 201);
    /// a search or a write of a client that leaves more than half of it unread is not carried out (503); from half of
    /// it on, slow readers must be faster: see write_timeout.
    std::size_t max_unsent_bytes = 256 << 20;

    std::chrono::milliseconds handshake_timeout{10'000};
    std::chrono::milliseconds first_request_timeout{10'000}; ///< from the connection to the end of its first header
    std::chrono::milliseconds idle_timeout{60'000};          ///< between requests; then closed without a word
    std::chrono::milliseconds read_timeout{30'000};          ///< from the first byte of a request to its last; 408
    /// For every 16 KiB of an answer that the client takes; for every 1 MiB while max_unsent_bytes is half used. The
    /// time of a whole answer has no limit.
    std::chrono::milliseconds write_timeout{30'000};
    /// How long a 429 waits before it is sent, with all that came before it on its connection, while nothing further is
    /// read from that: a client that asks again at once costs next to nothing then. 0: not at all.
    std::chrono::milliseconds refusal_pause{100};

    /// Proxies that are believed for whom they ask: then that is the peer, for authenticators, limits and the access
    /// log.
    AddressList trusted_proxies{};
    ProxyHeader proxy_header = ProxyHeader::x_forwarded_for;

    /// Further pages. None may be at or below the service's SCIM root.
    std::vector<ServerPage> pages{};

    /// Gives memory of long reads back to the system afterwards, at most once a second (malloc_trim; glibc alone).
    bool trim_memory = true;

    /// Told of each answer, before it is sent. Threading: called by the threads that serve connections, by several at
    /// once, so it must not wait for long. It must not call stop(), which would wait for itself. What it throws closes
    /// the connection; a write that it tells of is committed all the same.
    std::function<void(AccessRecord const&)> access_log{};
    /// Told of the same, with all that was asked and answered. Threading and what it must not do: as access_log.
    std::function<void(ExchangeRecord const&)> exchange_log{};
    /// Told of faults of the server itself. Threading and what it must not do: as access_log.
    std::function<void(LogLevel, std::string_view)> log{};
};

/// Each request has an id (AccessRecord::request_id): that of its `X-Request-Id`, if it has one of 1 to 64 harmless
/// characters, else the trace-id of its `traceparent`, else one made here. The answer carries it as `X-Request-Id`. A
/// request with a `traceparent` (W3C Trace Context) gets one back, of the same trace, with an id of this server's own.
///
/// Answers `GET /healthz` itself: 200, or 503 while it stops or Service::health() has an error. `GET /readyz` is the
/// same, and 503 too while no more requests can be queued. Pages are as ServerOptions says. Everything else goes to the
/// service. Adds `Cache-Control: no-store`, unless the service has set that header, and `X-Content-Type-Options:
/// nosniff`.
class SCIMKIT_API Server
{
public:
    /// Binds, listens and starts the threads.
    ///
    /// Threading: any. Lifetimes: `service` outlives the server, and stays where it is; what the callbacks use does
    /// too. Errors: unavailable (address in use, no permission), invalid_value (bad address, certificate or key that
    /// cannot be read or do not match, a limit that is no use). Throws std::system_error where a thread cannot be had.
    /// Complexity: of a request that of Service::handle(), and its text once; memory within max_buffered_bytes,
    /// max_unsent_bytes and a few kilobytes for each of max_connections.
    static result<std::unique_ptr<Server>> start(ServerOptions options, Service const& service);

    /// The same for a service for each tenant.
    static result<std::unique_ptr<Server>> start(ServerOptions options, TenantServices const& services);

    /// Stops at once, as stop() without grace does.
    virtual ~Server() = default;

    /// The port that it listens on, also where the options left the choice to the system. Threading: any.
    virtual std::uint16_t port() const noexcept = 0;

    /// Of this moment, for watching. Threading: any. Complexity: linear in its threads.
    virtual ServerStatistics statistics() const = 0;

    /// Reads certificate, key and client authorities again, by the names in TlsOptions, for the connections that come
    /// from now on; those that are open keep what they have. Nothing to do without TLS.
    ///
    /// Threading: any; holds up no connection. Errors: as start(), and then nothing has changed.
    virtual result<void> reload_tls() = 0;

    /// Stops accepting, lets requests in flight finish, at most for `grace`, then closes their connections, gives up
    /// what still runs (Request::cancelled) and joins the threads. So it ends within `grace` and a moment, unless a
    /// store or an authenticator that does not look at its CallContext takes longer. Once more does nothing.
    ///
    /// Threading: any but those of the server: it is not to be called from a callback. Blocks until all has ended.
    virtual void stop(std::chrono::milliseconds grace = std::chrono::seconds{10}) = 0;
};

} // namespace scimkit::http
