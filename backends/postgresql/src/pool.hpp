// Pool: the connections of a store. As many as are needed at once, up to a limit; who comes when all are in use waits,
// not beyond its deadline.
//
// Threading: any number of threads.
#pragma once

#include <scimkit/postgresql/postgresql_store.hpp>

#include "connection.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace scimkit::postgresql
{

class Pool;

/// A connection for as long as this lives. A sound one goes back to the pool.
class Lease
{
public:
    Lease(Pool& pool, std::unique_ptr<Connection> connection) noexcept
        : pool_(&pool)
        , connection_(std::move(connection))
    {
    }
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();

    Connection& operator*() const noexcept { return *connection_; }
    Connection* operator->() const noexcept { return connection_.get(); }

private:
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
};

class Pool
{
public:
    Pool(std::string conninfo, PostgresqlOptions const& options);
    Pool(Pool const&) = delete;
    Pool& operator=(Pool const&) = delete;
    ~Pool();

    /// Errors: unavailable (no connection can be made, or none is free in time).
    result<Lease> acquire(Deadline deadline);

    /// An error where nobody can connect, or the store's tables are missing. Does not wait; while it is an error
    /// somebody looks again in the background, so that health is found again without traffic.
    result<void> health() const;

    unsigned open_connections() const;

private:
    friend class Lease;

    result<std::unique_ptr<Connection>> connect(Deadline deadline);
    void give_back(std::unique_ptr<Connection> connection) noexcept;
    void note(Error failure);
    result<void> find_tables();
    void watch(std::stop_token const& stop);

    std::string const conninfo_;
    PostgresqlOptions const options_;

    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::vector<std::unique_ptr<Connection>> idle_{}; // the one used last is used next
    unsigned open_ = 0;
    std::optional<Error> failure_{};
    std::jthread watcher_;
};

} // namespace scimkit::postgresql
