// The server as a whole: it listens, takes connections up to their number, spreads them over threads, and ends in
// order. Everything that a single connection does is in http_connection.cpp.
#include <scimkit/http/server.hpp>

#include "host.hpp"
#include "io_thread.hpp"
#include "tls.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

namespace scimkit::http
{

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace
{

/// How many connections are accepted before those that are open have their turn.
constexpr int let_in_at_once = 16;

/// How often deadlines are looked at: an eighth of the shortest, so that none is missed by much.
Clock::duration sweep_interval(ServerOptions const& options)
{
    using std::chrono::milliseconds;
    auto const shortest = std::min({options.handshake_timeout, options.first_request_timeout, options.idle_timeout,
                                    options.read_timeout, options.write_timeout});
    return std::clamp(shortest / 8, milliseconds{5}, milliseconds{250});
}

std::string text_of(asio::ip::address const& address)
{
    // An IPv4 client of a socket that listens on IPv6.
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
    return address.to_string();
}

result<void> check(ServerOptions const& options)
{
    using std::chrono::milliseconds;
    for (auto const timeout : {options.handshake_timeout, options.first_request_timeout, options.idle_timeout,
                               options.read_timeout, options.write_timeout})
    {
        if (timeout <= milliseconds::zero())
            return Error{ErrorCode::invalid_value, "The timeouts of the server must be positive."};
    }
    if (options.refusal_pause < milliseconds::zero())
        return Error{ErrorCode::invalid_value, "The pause before a 429 must not be negative."};
    if (options.worker_threads == 0 || options.read_threads == 0 || options.bulk_threads == 0 ||
        options.max_connections == 0 || options.max_pipelined == 0 || options.max_queued_requests == 0 ||
        options.max_queued_per_client == 0)
        return Error{ErrorCode::invalid_value, "The server needs at least one worker thread, connection and request."};
    if (options.io_thread_work == 0 || options.short_read_work == 0 || options.max_client_share - 1U > 99U)
        return Error{ErrorCode::invalid_value, "A read needs at least one unit of work, a client 1 to 100 per cent."};
    if (options.max_header_bytes < 256 || options.max_header_bytes > std::numeric_limits<std::uint32_t>::max())
        return Error{ErrorCode::invalid_value, "max_header_bytes must be at least 256, and less than 4 GiB."};
    for (auto const& page : options.pages)
        if (!page.path.starts_with('/') || !page.answer)
            return Error{ErrorCode::invalid_value, "A page needs a path that begins with a slash, and an answer."};
    return {};
}

class AsioServer final : public Server
{
public:
    AsioServer(ServerOptions options, Served service)
        : host_(std::move(options), service)
    {
        auto threads = host_.options.io_threads;
        if (threads == 0)
            threads = std::max(1U, std::thread::hardware_concurrency());
        for (unsigned i = 0; i < threads; ++i)
            threads_.push_back(std::make_unique<IoThread>(host_, sweep_interval(host_.options), [this] { closed(); }));
        acceptor_.emplace(threads_.front()->executor());
        retry_.emplace(threads_.front()->executor());
        knock_again_.emplace(threads_.front()->executor());
    }

    /// Order matters: a job of a lane holds a connection, and a connection a socket of its thread's context. So the
    /// lanes let go first (stop() sees to it), then what lives on the contexts goes, then the contexts.
    ~AsioServer() override
    {
        stop(std::chrono::milliseconds::zero());
        knock_again_.reset();
        retry_.reset();
        acceptor_.reset();
        threads_.clear();
    }

    result<void> listen()
    {
        auto const& options = host_.options;
        error_code error;
        auto const address = asio::ip::make_address(options.address, error);
        if (error)
            return Error{ErrorCode::invalid_value, options.address + " is not an IP address."};

        tcp::endpoint const endpoint{address, options.port};
        acceptor_->open(endpoint.protocol(), error);
        if (!error)
            acceptor_->set_option(asio::socket_base::reuse_address{true}, error);
        if (!error)
            acceptor_->bind(endpoint, error);
        if (!error)
            acceptor_->listen(asio::socket_base::max_listen_connections, error);
        if (!error)
            acceptor_->non_blocking(true, error); // whoever knocked may be gone
        if (!error)
            acceptor_->set_option(asio::socket_base::enable_connection_aborted{true}, error);
        if (error)
            return Error{ErrorCode::unavailable, "Cannot listen on " + options.address + " port " +
                                                     std::to_string(options.port) + ": " + error.message() + "."};
        port_ = acceptor_->local_endpoint().port();
        return {};
    }

    result<void> reload_tls() override
    {
        if (!host_.options.tls)
            return {};
        auto made = make_tls_context(*host_.options.tls);
        if (!made)
            return made.error();
        for (auto const& warning : tls_warnings(*made))
            host_.report(LogLevel::warning, warning);
        host_.tls.replace(std::move(*made));
        return {};
    }

    void run()
    {
        accept();
        for (auto const& thread : threads_)
            thread->run();
    }

    std::uint16_t port() const noexcept override { return port_; }

    ServerStatistics statistics() const override
    {
        auto const connections = [this]
        {
            std::lock_guard const lock{mutex_};
            return open_;
        }();
        return {.connections = connections,
                .queued = host_.workers.queued(),
                .queued_reads = host_.reads.queued(),
                .queued_long_writes = host_.long_writes.queued(),
                .queued_searches = host_.searches.queued(),
                .queued_bulks = host_.bulks.queued(),
                .buffered_bytes = host_.bodies.taken(),
                .unsent_bytes = host_.answers.taken()};
    }

    void stop(std::chrono::milliseconds grace) override
    {
        std::lock_guard const once{stop_mutex_};
        if (host_.stopping.exchange(true))
            return;

        asio::post(threads_.front()->executor(),
                   [this]
                   {
                       error_code ignored;
                       acceptor_->close(ignored);
                       retry_->cancel();
                       knock_again_->cancel();
                   });
        for (auto const& thread : threads_)
            thread->for_each([](Connection& connection) { connection.finish(); });
        {
            std::unique_lock lock{mutex_};
            all_closed_.wait_for(lock, grace, [this] { return open_ == 0; });
        }
        // What is being committed is finished; what else runs is given up at its next look at its budget, and what
        // waits in a queue is dropped. First all the flags, so that nobody waits for the slowest to be told.
        host_.giving_up = true;
        host_.workers.cancel();
        host_.reads.cancel();
        host_.long_writes.cancel();
        host_.bulks.cancel();
        host_.searches.cancel();
        for (auto const& thread : threads_)
            thread->for_each([](Connection& connection) { connection.close(); });
        host_.searches.stop();
        host_.bulks.stop();
        host_.long_writes.stop();
        host_.reads.stop();
        host_.workers.stop();
        for (auto const& thread : threads_)
            thread->stop();
    }

private:
    /// Waits for a client while there is room for one. Else clients wait in the kernel's queue: see await_knock().
    void accept()
    {
        acceptor_->async_wait(asio::socket_base::wait_read,
                              [this](error_code error)
                              {
                                  if (!error && !host_.stopping)
                                      let_in();
                              });
    }

    /// A few, and then those who are in have their turn.
    void let_in()
    {
        for (int i = 0; i < let_in_at_once; ++i)
        {
            auto& home = *threads_[next_++ % threads_.size()];
            Socket socket{home.executor()};
            error_code error;
            acceptor_->accept(socket, error);
            if (error == asio::error::would_block || error == asio::error::connection_aborted)
                break;
            if (error)
                return retry(error);
            try
            {
                if (!take_in(home, std::move(socket)))
                    return await_knock();
            }
            catch (std::bad_alloc const&) // it was counted
            {
                closed(false);
                return retry(asio::error::no_memory);
            }
        }
        accept();
    }

    /// No descriptors or no memory: it passes when connections close.
    void retry(error_code error)
    {
        retry_->expires_after(std::chrono::milliseconds{100});
        retry_->async_wait(
            [this](error_code cancelled)
            {
                if (!cancelled)
                    accept();
            });
        host_.report(LogLevel::warning, "Cannot accept a connection: " + error.message()); // last: it may throw
    }

    /// Whether there is room for another one.
    bool take_in(IoThread& home, Socket socket)
    {
        auto const room = [this]
        {
            std::lock_guard const lock{mutex_};
            return ++open_ < host_.options.max_connections;
        }();
        error_code ignored;
        socket.set_option(tcp::no_delay{true}, ignored);
        auto const peer = socket.remote_endpoint(ignored); // fails if the client is gone already
        home.adopt(std::move(socket), text_of(peer.address()));
        return room;
    }

    bool is_full()
    {
        std::lock_guard const lock{mutex_};
        return open_ >= host_.options.max_connections;
    }

    /// On the first thread. The house is full: when somebody waits outside, whoever stands first has to go.
    void await_knock()
    {
        if (std::exchange(awaits_knock_, true))
            return;
        acceptor_->async_wait(asio::socket_base::wait_read,
                              [this](error_code error)
                              {
                                  awaits_knock_ = false;
                                  if (!error && !host_.stopping && is_full())
                                      make_room(0, {});
                              });
    }

    struct Leaver
    {
        Standing standing{};
        std::weak_ptr<Connection> connection{};
        std::size_t thread = 0;
    };

    /// Asks one thread after the other who has to go first; the last asks the one that has that connection to close it.
    void make_room(std::size_t thread, Leaver first)
    {
        asio::post(threads_[thread]->executor(),
                   [this, thread, first = std::move(first)]() mutable
                   {
                       auto [standing, connection] = threads_[thread]->first_to_go();
                       if (standing < first.standing)
                           first = {standing, connection, thread};
                       if (thread + 1 < threads_.size())
                           return make_room(thread + 1, std::move(first));
                       auto& home = *threads_[first.thread];
                       asio::post(home.executor(), [this, first = std::move(first)] { evict(first); });
                   });
    }

    /// On the connection's thread.
    void evict(Leaver const& first)
    {
        auto const connection = first.connection.lock();
        if (connection && connection->standing().rank <= first.standing.rank)
            connection->close(); // closed() goes on from here
        else
            asio::post(threads_.front()->executor(), [this] { knock_later(); });
    }

    /// On the first thread. Everybody is busy: that changes soon.
    void knock_later()
    {
        knock_again_->expires_after(std::chrono::milliseconds{50});
        knock_again_->async_wait(
            [this](error_code cancelled)
            {
                if (!cancelled && is_full())
                    await_knock();
            });
    }

    /// Called on any I/O thread. Never throws: it is called when something has thrown.
    void closed(bool accepts = true) noexcept
    {
        std::lock_guard const lock{mutex_};
        auto const was_full = open_-- >= host_.options.max_connections;
        if (open_ == 0)
            all_closed_.notify_all();
        if (!accepts || !(was_full || owes_accept_) || host_.stopping)
            return;
        try
        {
            asio::post(threads_.front()->executor(), [this] { accept(); });
            owes_accept_ = false;
        }
        catch (...) // no memory: with the next one that closes
        {
            owes_accept_ = true;
        }
    }

    Host host_;
    std::vector<std::unique_ptr<IoThread>> threads_;
    std::optional<asio::basic_socket_acceptor<tcp, Executor>> acceptor_; // on the first thread
    std::optional<asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>> retry_;
    std::optional<asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>> knock_again_;
    bool awaits_knock_ = false; // of the first thread
    std::uint16_t port_ = 0;
    std::size_t next_ = 0;

    std::mutex stop_mutex_;
    mutable std::mutex mutex_;
    std::condition_variable all_closed_;
    std::size_t open_ = 0;     ///< connections; under mutex_
    bool owes_accept_ = false; ///< there is room, and nobody waits for who comes; under mutex_
};

result<std::unique_ptr<Server>> start_server(ServerOptions options, Served service)
{
    if (auto checked = check(options); !checked)
        return checked.error();
    auto server = std::make_unique<AsioServer>(std::move(options), service);
    if (auto loaded = server->reload_tls(); !loaded)
        return loaded.error();
    if (auto listening = server->listen(); !listening)
        return listening.error();
    server->run();
    return std::unique_ptr<Server>{std::move(server)};
}

} // namespace

result<std::unique_ptr<Server>> Server::start(ServerOptions options, Service const& service)
{
    return start_server(std::move(options), Served{service});
}

result<std::unique_ptr<Server>> Server::start(ServerOptions options, TenantServices const& services)
{
    return start_server(std::move(options), Served{services});
}

} // namespace scimkit::http
