// Making a connection costs a process in the server, so connections are kept; one that broke takes the idle ones with
// it that broke as well, which is seen when they are looked at.
#include "pool.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace scimkit::postgresql
{
namespace
{

constexpr std::chrono::milliseconds between_attempts{500};
/// For a server to answer a question that costs it nothing.
constexpr std::chrono::milliseconds longest_question{1'000};

} // namespace

Lease::~Lease()
{
    if (connection_)
        pool_->give_back(std::move(connection_), client_);
}

ClientKey client_of(std::string_view tenant, CallContext const& context) noexcept
{
    std::hash<std::string_view> const hash;
    return context.actor.empty() ? no_client : (hash(tenant) * 31 + hash(context.actor)) | 1;
}

Pool::Pool(Hosts hosts, PostgresqlOptions const& options)
    : hosts_(std::move(hosts))
    , options_(options)
    , in_use_(options.schema)
    , watcher_([this](std::stop_token const& stop) { watch(stop); })
{
    std::scoped_lock const lock{mutex_};     // the watcher looks already
    idle_.reserve(options_.max_connections); // what is given back finds its place without memory
}

Pool::~Pool()
{
    watcher_.request_stop();
    failed_.notify_all();
}

Pool::Alone::Alone(Pool& pool)
    : pool_(pool)
{
    std::vector<std::unique_ptr<Connection>> closed;
    closed.reserve(pool_.options_.max_connections); // it becomes the pool's
    std::scoped_lock const lock{pool_.mutex_};
    pool_.alone_ = true;
    closed.swap(pool_.idle_);
    pool_.open_ -= static_cast<unsigned>(closed.size());
}

Pool::Alone::~Alone()
{
    {
        std::scoped_lock const lock{pool_.mutex_};
        pool_.alone_ = false;
        pool_.wake_all();
    }
}

/// The caller holds mutex_.
std::unique_ptr<Connection> Pool::take_idle()
{
    while (!idle_.empty())
    {
        auto connection = std::move(idle_.back());
        idle_.pop_back();
        if (connection->usable())
            return connection;
        --open_;
    }
    return nullptr;
}

/// One connection stays for others where there are several.
bool Pool::may_have_more(ClientKey key, Client const& client) const noexcept
{
    auto const most = options_.max_connections;
    return key == no_client || most == 1 || client.held < most - std::max(1U, most / 4);
}

/// Somebody who waits and may have what is free now, clients in turn. Whoever is woken and may not, after all, wakes
/// the next one. The caller holds mutex_.
void Pool::wake_next() noexcept
{
    if (!has_room())
        return;
    auto next = clients_.upper_bound(last_woken_);
    for (std::size_t looked_at = 0; looked_at < clients_.size(); ++looked_at, ++next)
    {
        if (next == clients_.end())
            next = clients_.begin();
        if (next->second.waiting == 0 || !may_have_more(next->first, next->second))
            continue;
        last_woken_ = next->first;
        next->second.freed.notify_one();
        return;
    }
}

/// The caller holds mutex_.
void Pool::wake_all() noexcept
{
    for (auto& [key, client] : clients_)
        client.freed.notify_all();
}

/// The caller holds mutex_.
void Pool::forget(ClientKey client) noexcept
{
    auto const found = clients_.find(client);
    if (found != clients_.end() && found->second.held == 0 && found->second.waiting == 0)
        clients_.erase(found);
}

/// Null: there is room for a new one.
result<std::unique_ptr<Connection>> Pool::take(Deadline until, ClientKey client)
{
    std::unique_lock lock{mutex_};
    auto& mine = clients_[client];
    auto const may = [&] { return has_room() && may_have_more(client, mine); };
    ++mine.waiting;
    while (!may() && mine.freed.wait_until(lock, until) != std::cv_status::timeout)
        if (!may())
            wake_next();
    --mine.waiting;
    if (!may())
    {
        bool const all = !has_room();
        forget(client);
        wake_next();
        return Error{ErrorCode::unavailable, "All " + std::to_string(options_.max_connections) +
                                                 " connections to PostgreSQL are in use" +
                                                 (all ? "." : ", or as many as one client may have.")};
    }
    ++mine.held;
    auto taken = take_idle();
    if (!taken)
        ++open_;
    return taken;
}

/// A connection that it had. The caller holds mutex_.
void Pool::let_go(ClientKey client) noexcept
{
    if (auto const found = clients_.find(client); found != clients_.end())
        --found->second.held;
    forget(client);
}

bool Pool::is_sound(std::unique_ptr<Connection>& connection, Deadline deadline)
{
    if (!connection || !connection->suspected() ||
        connection->answers(std::min(deadline, std::chrono::steady_clock::now() + longest_question)))
        return true;
    avoid(connection->host());
    std::vector<std::unique_ptr<Connection>> closed;
    {
        std::scoped_lock const lock{mutex_};
        closed.reserve(idle_.size() + 1); // before anything is moved: nobody must find an empty place
        closed.push_back(std::move(connection));
        for (auto& idle : idle_)
            if (idle->suspected())
                closed.push_back(std::move(idle));
        std::erase(idle_, nullptr);
        open_ -= static_cast<unsigned>(closed.size());
        wake_all();
    }
    return false;
}

void Pool::avoid(std::size_t host) noexcept
{
    first_host_.compare_exchange_strong(host, (host + 1) % hosts_.all().size());
}

/// The place of a connection that is yet to be one; without it nobody has what is counted as taken.
class Pool::Place
{
public:
    Place(Pool& pool, ClientKey client) noexcept
        : pool_(&pool)
        , client_(client)
    {
    }
    Place(Place&& other) noexcept
        : pool_(std::exchange(other.pool_, nullptr))
        , client_(other.client_)
    {
    }
    Place& operator=(Place&&) = delete;
    ~Place()
    {
        if (!pool_)
            return;
        std::scoped_lock const lock{pool_->mutex_};
        if (is_open_)
            --pool_->open_;
        pool_->let_go(client_);
        pool_->wake_next();
    }

    /// Its connection is gone, and counted no more.
    void empty() noexcept { is_open_ = false; }

    Lease filled_by(std::unique_ptr<Connection> connection) noexcept
    {
        return Lease{*std::exchange(pool_, nullptr), std::move(connection), client_};
    }

private:
    Pool* pool_;
    ClientKey client_;
    bool is_open_ = true;
};

result<Lease> Pool::acquire(Deadline deadline, ClientKey client)
{
    Deadline const until = std::min(deadline, std::chrono::steady_clock::now() + options_.acquire_timeout);
    for (;;)
    {
        auto made = take(until, client);
        if (!made)
            return made.error();
        Place place{*this, client};
        if (is_sound(*made, deadline))
            return fill(std::move(place), std::move(*made), deadline);
        place.empty();
    }
}

result<Lease> Pool::fill(Place place, std::unique_ptr<Connection> connection, Deadline deadline)
{
    result<std::unique_ptr<Connection>> made{std::move(connection)};
    if (*made && (*made)->entered())
        return place.filled_by(std::move(*made));
    Deadline const full_time = std::chrono::steady_clock::now() + options_.connect_timeout;
    Deadline const by = std::min(deadline, full_time);
    if (!*made)
        made = connect(by);
    auto const entered = made ? in_use_.enter(**made, by) : result<void>{made.error()};
    if (entered)
    {
        if (auto kept = check_durable(**made); !kept)
            note(kept.error());
        return place.filled_by(std::move(*made));
    }
    if (by == full_time)
        note(entered.error());
    else
        doubt();
    return entered.error();
}

result<std::unique_ptr<Connection>> Pool::connect(Deadline deadline)
{
    auto const& hosts = hosts_.all();
    std::size_t const first = first_host_;
    std::string reasons;
    for (std::size_t i = 0; i < hosts.size(); ++i)
    {
        std::size_t const host = (first + i) % hosts.size();
        auto const now = std::chrono::steady_clock::now();
        auto const share = (deadline - now) / static_cast<std::int64_t>(hosts.size() - i);
        auto made = Connection::open(hosts[host], options_.schema, cancelling_, now + share, commits_);
        if (made)
        {
            (*made)->set_host(host);
            first_host_ = host;
            return made;
        }
        if (hosts.size() == 1)
            return made;
        reasons += (reasons.empty() ? "" : " ") + made.error().detail;
    }
    return Error{ErrorCode::unavailable, reasons};
}

void Pool::give_back(std::unique_ptr<Connection> connection, ClientKey client) noexcept
{
    auto no_tables = connection->take_no_tables();
    bool const sound = connection->usable() && !no_tables;
    if (connection->at_standby())
        avoid(connection->host());
    {
        std::scoped_lock const lock{mutex_};
        if (sound && !alone_)
            idle_.push_back(std::move(connection));
        else
        {
            --open_;
            if (connection->gone())
                warn_idle(*connection);
        }
        let_go(client);
        wake_next();
    }
    if (no_tables)
        note(std::move(*no_tables)); // moved: nothing here may throw
}

void Pool::warn_idle(Connection const& lost) noexcept
{
    for (auto const& idle : idle_)
    {
        idle->suspect();
        if (lost.at_standby() && idle->host() == lost.host())
            idle->abandon(); // it would answer, and take no writes either
    }
}

void Pool::note(Error failure)
{
    {
        std::scoped_lock const lock{mutex_};
        failure_ = std::move(failure);
    }
    failed_.notify_all();
}

void Pool::doubt()
{
    {
        std::scoped_lock const lock{mutex_};
        doubted_ = true;
    }
    failed_.notify_all();
}

result<void> Pool::check_durable(Connection const& connection) const
{
    if (commits_ == Connection::Commits::as_the_server || connection.durable())
        return {};
    return Error{ErrorCode::unavailable, "This PostgreSQL may lose what it has committed: its fsync is off, which it "
                                         "was not where the store was opened."};
}

result<void> Pool::find_tables()
{
    auto const deadline = std::chrono::steady_clock::now() + options_.connect_timeout;
    auto const made = connect(deadline);
    if (!made)
        return made.error();
    if (auto kept = check_durable(**made); !kept)
        return kept;
    auto const found = (*made)->run("select 1 from layout", {}, deadline);
    return found ? in_use_.enter(**made, deadline) : result<void>{found.error()};
}

void Pool::watch(std::stop_token const& stop)
{
    std::unique_lock lock{mutex_};
    auto const to_look = [&] { return failure_.has_value() || doubted_; };
    while (failed_.wait(lock, stop, to_look) && !stop.stop_requested())
    {
        if (failed_.wait_for(lock, stop, between_attempts, [&] { return !to_look(); }) || stop.stop_requested())
            continue;
        doubted_ = false;
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
