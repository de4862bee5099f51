// Pool: the connections of a store. As many as are needed at once, up to a limit; who comes when all are in use waits,
// not beyond its deadline. One client has three quarters of them at most, and clients take turns at what is freed.
//
// Threading: any number of threads.
#pragma once

#include <scimkit/postgresql/postgresql_store.hpp>

#include "connection.hpp"
#include "in_use.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string_view>
#include <thread>

namespace scimkit::postgresql
{

class Pool;

/// For whom a connection is.
using ClientKey = std::uint64_t;
inline constexpr ClientKey no_client = 0; ///< the store itself, and maintenance: has no share

ClientKey client_of(std::string_view tenant, CallContext const& context) noexcept;

/// A connection for as long as this lives. A sound one goes back to the pool.
class Lease
{
public:
    Lease(Pool& pool, std::unique_ptr<Connection> connection, ClientKey client) noexcept
        : pool_(&pool)
        , connection_(std::move(connection))
        , client_(client)
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
    ClientKey client_;
};

class Pool
{
public:
    Pool(Hosts hosts, PostgresqlOptions const& options);
    Pool(Pool const&) = delete;
    Pool& operator=(Pool const&) = delete;
    ~Pool();

    /// Errors: unavailable (no connection can be made, or none is free in time, or not for this client).
    result<Lease> acquire(Deadline deadline, ClientKey client = no_client);

    /// An error where nobody can connect, the store's tables are missing, or keep_durable() is not kept. Does not wait;
    /// while it is an error somebody looks again in the background, so that health is found again without traffic.
    result<void> health() const;

    unsigned open_connections() const;

    /// While this lives a pool has one connection, which somebody holds: idle ones are closed, those that come back
    /// too, and nobody gets one.
    class Alone
    {
    public:
        explicit Alone(Pool& pool);
        Alone(Alone const&) = delete;
        Alone& operator=(Alone const&) = delete;
        ~Alone();

    private:
        Pool& pool_;
    };

    InUse& in_use() noexcept { return in_use_; }

    /// From now on commits of new connections wait for the disk, whatever the server has; where it does not wait for
    /// it either, health() says so.
    void keep_durable() noexcept { commits_ = Connection::Commits::wait; }

private:
    friend class Lease;

    class Place;

    /// A connection that is ready, the one that is there or a new one.
    result<Lease> fill(Place place, std::unique_ptr<Connection> connection, Deadline deadline);
    /// Tries the hosts, each for its share of the time.
    result<std::unique_ptr<Connection>> connect(Deadline deadline);
    struct Client
    {
        unsigned held = 0;
        unsigned waiting = 0;
        std::condition_variable_any freed{};
    };

    result<std::unique_ptr<Connection>> take(Deadline until, ClientKey client);
    bool has_room() const noexcept { return !alone_ && (!idle_.empty() || open_ < options_.max_connections); }
    bool may_have_more(ClientKey key, Client const& client) const noexcept;
    void wake_next() noexcept;
    void wake_all() noexcept;
    void forget(ClientKey client) noexcept;
    void let_go(ClientKey client) noexcept;
    std::unique_ptr<Connection> take_idle();
    /// False: it leads nowhere, and it is closed, with those that are under the same suspicion.
    bool is_sound(std::unique_ptr<Connection>& connection, Deadline deadline);
    void give_back(std::unique_ptr<Connection> connection, ClientKey client) noexcept;
    /// Those that wait may be lost too. Under the lock.
    void warn_idle(Connection const& lost) noexcept;
    void note(Error failure);
    /// A caller's patience ended before that of the options: no reason to call the database gone, but to look.
    void doubt();
    result<void> check_durable(Connection const& connection) const;
    /// The next one is tried first.
    void avoid(std::size_t host) noexcept;
    result<void> find_tables();
    void watch(std::stop_token const& stop);

    Hosts const hosts_;
    PostgresqlOptions const options_;
    Cancelling cancelling_{};
    std::atomic<Connection::Commits> commits_{Connection::Commits::as_the_server};
    std::atomic<std::size_t> first_host_{0}; // of the next attempt: the one that worked last

    InUse in_use_;

    mutable std::mutex mutex_;
    std::map<ClientKey, Client> clients_{}; // those who have a connection, or wait for one
    ClientKey last_woken_ = no_client;
    std::condition_variable_any failed_;              // for the watcher: no wakeup of the others may be lost to it
    std::vector<std::unique_ptr<Connection>> idle_{}; // the one used last is used next
    unsigned open_ = 0;
    bool alone_ = false;
    std::optional<Error> failure_{};
    bool doubted_ = false;
    std::jthread watcher_;
};

} // namespace scimkit::postgresql
