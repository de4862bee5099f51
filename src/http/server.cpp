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
#include <utility>
#include <vector>

namespace scimkit::http
{

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace
{

/// How often deadlines are looked at: an eighth of the shortest, so that none is missed by much.
Clock::duration sweep_interval(ServerOptions const& options)
{
    using std::chrono::milliseconds;
    auto const shortest =
        std::min({options.handshake_timeout, options.idle_timeout, options.read_timeout, options.write_timeout});
    return std::clamp(shortest / 8, milliseconds{5}, milliseconds{500});
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
    for (auto const timeout :
         {options.handshake_timeout, options.idle_timeout, options.read_timeout, options.write_timeout})
    {
        if (timeout <= milliseconds::zero())
            return Error{ErrorCode::invalid_value, "The timeouts of the server must be positive."};
    }
    if (options.worker_threads == 0 || options.max_connections == 0 || options.max_pipelined == 0)
        return Error{ErrorCode::invalid_value, "The server needs at least one worker thread, connection and request."};
    if (options.max_header_bytes < 256 || options.max_header_bytes > std::numeric_limits<std::uint32_t>::max())
        return Error{ErrorCode::invalid_value, "max_header_bytes must be at least 256, and less than 4 GiB."};
    return {};
}

class AsioServer final : public Server
{
public:
    AsioServer(ServerOptions options, Service const& service)
        : host_{.options = std::move(options), .service = service, .workers{host_.options.worker_threads}}
    {
        auto threads = host_.options.io_threads;
        if (threads == 0)
            threads = std::max(1U, std::thread::hardware_concurrency());
        for (unsigned i = 0; i < threads; ++i)
            threads_.push_back(std::make_unique<IoThread>(host_, sweep_interval(host_.options), [this] { closed(); }));
        acceptor_.emplace(threads_.front()->executor());
        retry_.emplace(threads_.front()->executor());
    }

    ~AsioServer() override { stop(std::chrono::milliseconds::zero()); }

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
                   });
        for (auto const& thread : threads_)
            thread->for_each([](Connection& connection) { connection.finish(); });
        {
            std::unique_lock lock{mutex_};
            all_closed_.wait_for(lock, grace, [this] { return open_ == 0; });
        }
        for (auto const& thread : threads_)
            thread->for_each([](Connection& connection) { connection.close(); });

        // What a worker has begun it finishes: a store cannot be interrupted. What waits in the queue is dropped.
        host_.workers.stop();
        host_.workers.join();
        for (auto const& thread : threads_)
            thread->stop();
    }

private:
    /// One accept is under way while there is room for another connection; none otherwise, so that further clients
    /// wait in the kernel's queue.
    void accept()
    {
        auto& home = *threads_[next_++ % threads_.size()];
        acceptor_->async_accept(home.executor(), [this, &home](error_code error, Socket socket)
                                { on_accept(error, home, std::move(socket)); });
    }

    void on_accept(error_code error, IoThread& home, Socket socket)
    {
        if (host_.stopping)
            return;
        if (error)
        {
            // No descriptors or no memory: it passes when connections close.
            host_.report(LogLevel::warning, "Cannot accept a connection: " + error.message());
            retry_->expires_after(std::chrono::milliseconds{100});
            retry_->async_wait(
                [this](error_code cancelled)
                {
                    if (!cancelled)
                        accept();
                });
            return;
        }

        auto const room = [this]
        {
            std::lock_guard const lock{mutex_};
            return ++open_ < host_.options.max_connections;
        }();
        error_code ignored;
        socket.set_option(tcp::no_delay{true}, ignored);
        auto const peer = socket.remote_endpoint(ignored); // fails if the client is gone already
        home.adopt(std::move(socket), text_of(peer.address()));
        if (room)
            accept();
    }

    /// Called on any I/O thread.
    void closed()
    {
        std::lock_guard const lock{mutex_};
        if (open_-- == host_.options.max_connections && !host_.stopping)
            asio::post(threads_.front()->executor(), [this] { accept(); });
        if (open_ == 0)
            all_closed_.notify_all();
    }

    Host host_;
    std::vector<std::unique_ptr<IoThread>> threads_;
    std::optional<asio::basic_socket_acceptor<tcp, Executor>> acceptor_; // on the first thread
    std::optional<asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>> retry_;
    std::uint16_t port_ = 0;
    std::size_t next_ = 0;

    std::mutex stop_mutex_;
    std::mutex mutex_;
    std::condition_variable all_closed_;
    std::size_t open_ = 0; ///< connections; under mutex_
};

} // namespace

result<std::unique_ptr<Server>> Server::start(ServerOptions options, Service const& service)
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

} // namespace scimkit::http
