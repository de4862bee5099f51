// Making a connection costs a process in the server, so connections are kept; one that broke takes the idle ones with
// it that broke as well, which is seen when they are looked at.
#include "pool.hpp"

#include <algorithm>

namespace scimkit::postgresql
{
namespace
{

constexpr std::chrono::milliseconds between_attempts{500};

} // namespace

Lease::~Lease()
{
    if (connection_)
        pool_->give_back(std::move(connection_));
}

Pool::Pool(std::string conninfo, PostgresqlOptions const& options)
    : conninfo_(std::move(conninfo))
    , options_(options)
    , watcher_([this](std::stop_token const& stop) { watch(stop); })
{
}

Pool::~Pool()
{
    watcher_.request_stop();
    changed_.notify_all();
}

result<Lease> Pool::acquire(Deadline deadline)
{
    auto const now = std::chrono::steady_clock::now();
    Deadline const until = std::min(deadline, now + options_.acquire_timeout);
    {
        std::unique_lock lock{mutex_};
        if (!changed_.wait_until(lock, until, [&] { return !idle_.empty() || open_ < options_.max_connections; }))
            return Error{ErrorCode::unavailable,
                         "All " + std::to_string(options_.max_connections) + " connections to PostgreSQL are in use."};
        while (!idle_.empty())
        {
            auto connection = std::move(idle_.back());
            idle_.pop_back();
            if (connection->usable())
                return Lease{*this, std::move(connection)};
            --open_;
        }
        ++open_;
    }
    auto made = connect(std::min(deadline, std::chrono::steady_clock::now() + options_.connect_timeout));
    if (!made)
        note(made.error());
    if (made)
        return Lease{*this, std::move(*made)};
    {
        std::scoped_lock const lock{mutex_};
        --open_;
    }
    changed_.notify_one();
    return made.error();
}

result<std::unique_ptr<Connection>> Pool::connect(Deadline deadline)
{
    return Connection::open(conninfo_, options_.schema, deadline);
}

void Pool::give_back(std::unique_ptr<Connection> connection) noexcept
{
    auto no_tables = connection->take_no_tables();
    bool const sound = connection->usable() && !no_tables;
    {
        std::scoped_lock const lock{mutex_};
        if (sound)
            idle_.push_back(std::move(connection));
        else
            --open_;
    }
    if (no_tables)
        note(std::move(*no_tables)); // moved: nothing here may throw
    else
        changed_.notify_one();
}

void Pool::note(Error failure)
{
    {
        std::scoped_lock const lock{mutex_};
        failure_ = std::move(failure);
    }
    changed_.notify_all();
}

result<void> Pool::find_tables()
{
    auto const deadline = std::chrono::steady_clock::now() + options_.connect_timeout;
    auto const made = connect(deadline);
    if (!made)
        return made.error();
    auto const found = (*made)->run("select 1 from layout", {}, deadline);
    return found ? result<void>{} : found.error();
}

void Pool::watch(std::stop_token const& stop)
{
    std::unique_lock lock{mutex_};
    while (changed_.wait(lock, stop, [&] { return failure_.has_value(); }) && !stop.stop_requested())
    {
        if (changed_.wait_for(lock, stop, between_attempts, [&] { return !failure_.has_value(); }) ||
            stop.stop_requested())
            continue;
        lock.unlock();
        auto const found = find_tables();
        lock.lock();
        if (found)
            failure_.reset();
        else
            failure_ = found.error();
    }
}

result<void> Pool::health() const
{
    std::scoped_lock const lock{mutex_};
    return failure_ ? result<void>{*failure_} : result<void>{};
}

unsigned Pool::open_connections() const
{
    std::scoped_lock const lock{mutex_};
    return open_;
}

} // namespace scimkit::postgresql
