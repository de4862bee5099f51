// A thread looks over its connections at intervals instead of keeping a timer for each: that costs nothing per
// request, and a deadline is late by an eighth at most. A thousand that have passed together are no single piece of
// work: others come between any two of them.
#include "io_thread.hpp"

#include "../core/urgency.hpp"
#include "host.hpp"

#include <boost/asio/post.hpp>

#include <exception>
#include <new>
#include <utility>
#include <vector>

namespace scimkit::http
{

namespace asio = boost::asio;

IoThread::IoThread(Host& host, Clock::duration interval, std::function<void()> closed)
    : host_(host)
    , interval_(interval)
    , closed_(std::move(closed))
    , work_(context_.get_executor())
    , timer_(context_.get_executor())
{
}

IoThread::~IoThread() { stop(); }

void IoThread::run()
{
    thread_ =
        std::thread{[this]
                    {
                        set_urgency(Urgency::at_once);
                        for (;;)
                        {
                            try
                            {
                                context_.run();
                                return;
                            }
                            catch (std::exception const& exception)
                            {
                                host_.report(LogLevel::error, exception.what());
                            }
                            catch (...)
                            {
                                host_.report(LogLevel::error, "An I/O thread caught something that is no exception.");
                            }
                        }
                    }};
}

void IoThread::stop()
{
    context_.stop();
    if (thread_.joinable())
        thread_.join();
}

void IoThread::adopt(Socket socket, std::string peer)
{
    asio::post(context_,
               [this, socket = std::move(socket), peer = std::move(peer)]() mutable
               {
                   std::shared_ptr<Connection> connection;
                   try
                   {
                       connection = make_connection(host_, *this, std::move(socket), std::move(peer));
                       connections_.insert(connection);
                   }
                   catch (...)
                   {
                       closed_(); // it was counted when it was accepted
                       throw;
                   }
                   if (connections_.size() == 1)
                       sweep_later();
                   if (host_.stopping)
                       connection->close();
                   else
                       connection->start();
               });
}

void IoThread::for_each(std::function<void(Connection&)> function)
{
    asio::post(context_,
               [this, function = std::move(function)]
               {
                   // A copy: the function may close connections, which takes them out of the set.
                   std::vector const connections(connections_.begin(), connections_.end());
                   for (auto const& connection : connections)
                       function(*connection);
               });
}

void IoThread::take_turns(std::shared_ptr<Connection> connection)
{
    if (connection->waits_for_turn_)
        return;
    turns_.push_back(std::move(connection));
    turns_.back()->waits_for_turn_ = true;
    give_turn_later();
}

/// Behind all that is ready now.
void IoThread::give_turn_later() noexcept
{
    if (turn_is_given_ || turns_.empty())
        return;
    try
    {
        asio::post(context_, [this] { give_turn(); });
        turn_is_given_ = true;
    }
    catch (...) // NOLINT(bugprone-empty-catch): no memory; the next sweep tries again
    {
    }
}

void IoThread::give_turn()
{
    auto const connection = std::move(turns_.front());
    turns_.pop_front();
    turn_is_given_ = false;
    give_turn_later();
    connection->waits_for_turn_ = false;
    connection->turn_has_come();
}

std::pair<Standing, std::shared_ptr<Connection>> IoThread::first_to_go() const
{
    std::pair<Standing, std::shared_ptr<Connection>> first;
    for (auto const& connection : connections_)
        if (auto const standing = connection->standing(); standing < first.first)
            first = {standing, connection};
    return first;
}

void IoThread::forget(std::shared_ptr<Connection> const& connection)
{
    if (connections_.erase(connection) == 0)
        return;
    if (connections_.empty() && !host_.trim_is_due())
        timer_.cancel(); // an idle server sleeps
    closed_();
}

void IoThread::sweep_later()
{
    timer_.expires_after(interval_);
    timer_.async_wait(
        [this](boost::system::error_code const& error)
        {
            if (!error)
                sweep();
        });
}

void IoThread::sweep()
{
    auto const now = Clock::now();
    try
    {
        for (auto const& connection : connections_)
            if (connection->deadline() <= now)
                take_turns(connection);
    }
    catch (std::bad_alloc const&) // the others are for the next time
    {
    }
    give_turn_later(); // should there have been no memory for it before
    auto const trims = host_.trim_is_due();
    if (!connections_.empty() || trims)
        sweep_later();
    if (trims)
        host_.trim_memory();
}

} // namespace scimkit::http
