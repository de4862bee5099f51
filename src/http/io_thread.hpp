// IoThread: one thread, one io_context, and the connections that live on it. A connection never changes threads, so
// it needs no locks.
#pragma once

#include "connection.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <thread>
#include <unordered_set>
#include <utility>

namespace scimkit::http
{

/// Threading: run(), stop(), adopt() and for_each() from anywhere; the rest on its own thread.
class IoThread
{
public:
    /// `interval`: how often deadlines are looked at. `closed`: told of every connection that is gone.
    IoThread(Host& host, Clock::duration interval, std::function<void()> closed);
    ~IoThread();

    void run();
    /// Ends run() and joins the thread. Whatever is still queued is dropped.
    void stop();

    Executor executor() noexcept { return context_.get_executor(); }

    /// Takes over an accepted socket: makes a connection of it and starts it.
    void adopt(Socket socket, std::string peer);

    /// Calls `function` for each connection, on this thread, some time later.
    void for_each(std::function<void(Connection&)> function);

    /// Calls turn_has_come() on a connection when its turn has come: one for each turn of the loop. What takes longer
    /// than a short answer is done so, piece by piece: whoever has something ready waits for one piece at most, however
    /// many connections have some.
    void take_turns(std::shared_ptr<Connection> connection);

    /// The connection that has to go first when the house is full; null if all of them stay.
    std::pair<Standing, std::shared_ptr<Connection>> first_to_go() const;

    /// A connection has closed.
    void forget(std::shared_ptr<Connection> const& connection);

private:
    void sweep_later();
    void sweep();
    void give_turn_later() noexcept;
    void give_turn();

    using Timer = boost::asio::basic_waitable_timer<Clock, boost::asio::wait_traits<Clock>, Executor>;

    Host& host_;
    Clock::duration interval_;
    std::function<void()> closed_;
    boost::asio::io_context context_{1}; // before what must be gone before it
    std::unordered_set<std::shared_ptr<Connection>> connections_;
    std::deque<std::shared_ptr<Connection>> turns_; ///< whose turn is next in front
    bool turn_is_given_ = false;                    ///< the first of them is called soon
    boost::asio::executor_work_guard<Executor> work_;
    Timer timer_;
    std::thread thread_;
};

} // namespace scimkit::http
