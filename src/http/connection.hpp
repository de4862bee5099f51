// Connection: what the server and its threads see of one client's TCP or TLS connection, and the HTTP/1.1 on it.
//
// A connection reads a request, has it answered, writes the answer, and only then looks at the next one; requests
// that a client sends ahead (pipelining) wait in the buffer. Answers that need no waiting are gathered, up to
// ServerOptions::max_pipelined of them, and leave in one write.
//
// Threading: all functions are called on the thread of its IoThread.
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <compare>
#include <memory>
#include <string>

namespace scimkit::http
{

struct Host;
class IoThread;

/// Not the type-erased default: a virtual call less for each operation.
using Executor = boost::asio::io_context::executor_type;
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;
using Clock = std::chrono::steady_clock;

/// Who has to go when the house is full and somebody waits outside: the first in this order.
struct Standing
{
    enum class Rank
    {
        idle,  ///< without a request, or a stranger who lets the server wait
        slow,  ///< of a caller who may come in, and lets the server wait for long
        served ///< stays
    };

    Rank rank = Rank::served;
    Clock::time_point since = Clock::time_point::max();

    auto operator<=>(Standing const&) const = default;
};

class Connection : public std::enable_shared_from_this<Connection>
{
public:
    explicit Connection(IoThread& home) noexcept
        : home_(home)
    {
    }
    virtual ~Connection() = default;

    IoThread& home() const noexcept { return home_; }

    virtual void start() = 0;

    /// When deadline_passed() is due. Looked at now and then, which costs nothing per request; a timer for every
    /// operation would.
    Clock::time_point deadline() const noexcept { return deadline_; }
    virtual void deadline_passed() = 0;

    /// Its turn has come, see IoThread::take_turns(). It may have closed meanwhile.
    virtual void turn_has_come() = 0;

    virtual Standing standing() const noexcept = 0;

    /// A lane may have done what it was given.
    virtual void collect() = 0;

    /// The server stops: closes at once if nothing is in flight, otherwise after the answer.
    virtual void finish() = 0;

    /// Closes at once, whatever is in flight.
    virtual void close() = 0;

protected:
    IoThread& home_;
    Clock::time_point deadline_ = Clock::time_point::max();

private:
    friend class IoThread;
    bool waits_for_turn_ = false; ///< see IoThread::take_turns()
};

/// Plain or TLS, as the host is configured.
std::shared_ptr<Connection> make_connection(Host& host, IoThread& home, Socket socket, std::string peer);

} // namespace scimkit::http
