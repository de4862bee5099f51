// Connection: one connection in pipeline mode. Statements are queued, and go out together with the first one whose
// answer somebody waits for, so that what is one thought takes one round trip. Every statement is prepared when it
// comes for the first time.
//
// Threading: none; one thread at a time.
#pragma once

#include "cancelling.hpp"
#include "errors.hpp"
#include "hosts.hpp"
#include "values.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace scimkit::postgresql
{

using Deadline = std::chrono::steady_clock::time_point;

class Connection
{
public:
    /// Whether commits shall wait for the disk also where the server has it otherwise.
    enum class Commits
    {
        as_the_server,
        wait
    };

    /// `cancelling` outlives it. Errors: unavailable, with libpq's reason.
    static result<std::unique_ptr<Connection>> open(ConnectParams const& server, std::string const& schema,
                                                    Cancelling& cancelling, Deadline deadline,
                                                    Commits commits = Commits::as_the_server);
    Connection(Connection const&) = delete;
    Connection& operator=(Connection const&) = delete;
    ~Connection();

    /// Queues a statement whose answer nobody waits for: its error comes with the next collect(). It stays here until
    /// something is asked.
    result<void> queue(std::string_view sql, Params const& params = {});
    /// Queues a statement whose rows come with the next collect().
    result<void> ask(std::string_view sql, Params const& params = {});

    /// One round trip: sends what is queued and waits for all of it. The rows of what was asked, in order.
    /// Errors: of the first statement that failed; what was queued after it was not carried out.
    result<std::vector<Rows>> collect(Deadline deadline);

    /// ask() and collect(): the rows of this statement.
    result<Rows> run(std::string_view sql, Params const& params, Deadline deadline);

    /// Ends the transaction. An error, too, where it had failed before: to the commit of such a one PostgreSQL says
    /// nothing but that it rolled back; and where it is committed, but the server gave up to wait for its standbys:
    /// unknown_outcome.
    result<void> commit(Deadline deadline);

    /// Ends what has begun and is not committed, and does not wait. What is queued is not sent any more; whatever the
    /// server says to what was sent is read, and passed over, when the connection is used next. Where the end cannot be
    /// sent at once the connection is of no use any more.
    void roll_back();

    /// False when the connection is of no use any more. Ends what nobody has ended; looks at what the server has said
    /// meanwhile; does not wait.
    bool usable();
    void abandon() noexcept { gone_ = true; }

    /// Whether the server has said since this was asked last that it waits no longer for standbys: what it committed
    /// is lost with it.
    bool take_gave_up() noexcept { return std::exchange(gave_up_, false); }
    bool gone() const noexcept { return gone_; }
    /// Whether the server has refused a write as a standby does.
    bool at_standby() const noexcept { return at_standby_; }

    /// Whether what is committed survives a crash of the server. How commits wait no reload of its configuration
    /// changes any more; `fsync` one may change, and it was looked at when the connection was made.
    bool durable() const noexcept { return durable_; }

    /// Whether the last failure was a conflict with another transaction.
    bool conflict() const noexcept { return conflict_; }
    void forget_conflict() noexcept { conflict_ = false; }

    /// What the server said if the store's tables were not there, or not for us; once.
    std::optional<Error> take_no_tables() noexcept { return std::exchange(no_tables_, std::nullopt); }

    /// How often somebody waited for the server; for tests of cost.
    std::uint64_t round_trips() const noexcept { return round_trips_; }

    /// What this connection knows of tenants: name to number. Goes with it, so that it is never older than the server.
    std::unordered_map<std::string, std::int32_t>& tenants() noexcept { return tenants_; }

    /// Another connection of the pool was lost: this one may be without a server too, and nobody has noticed.
    void suspect() noexcept { suspected_ = true; }
    bool suspected() const noexcept { return suspected_; }
    /// Whether the server answers; if so, suspected no more.
    bool answers(Deadline deadline);

    /// Which of the pool's hosts it leads to.
    std::size_t host() const noexcept { return host_; }
    void set_host(std::size_t host) noexcept { host_ = host; }

    /// Whether it holds the lock of those who serve attachments (in_use.hpp).
    bool entered() const noexcept { return entered_; }
    void set_entered() noexcept { entered_ = true; }

    /// What this connection signs its commits with (outcome.hpp).
    std::string const& writer() const noexcept { return writer_; }

    PGconn* get() const noexcept { return connection_.get(); }

private:
    enum class Kind
    {
        preparation,
        release,   // of a prepared statement
        statement, // nobody waits for its rows
        question,
        sync,
        end // a sync; of what was sent before it nobody wants to know
    };
    struct Expected
    {
        Kind kind;
        std::string sql{}; // of a preparation; of a release its name
    };
    struct Finish
    {
        void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
    };

    Connection(PGconn* connection, Cancelling& cancelling);

    result<void> set_up(std::string const& schema, Commits commits, Deadline deadline);
    result<void> send(std::string_view sql, Params const& params, bool wanted);
    result<void> send_queued();
    /// False: the connection is lost.
    bool forget_sent();
    result<std::string> prepared(std::string_view sql, Params const& params);
    /// Makes room for one more.
    result<void> release_oldest();
    /// Waits until a result can be taken without waiting.
    result<void> wait(Deadline deadline);
    void take(Expected const& expected, PGresult* taken, std::optional<Refusal>& first, std::vector<Rows>& rows);
    Error lost();
    static void hear(void* connection, PGresult const* notice);

    std::unique_ptr<PGconn, Finish> connection_;
    Cancelling* cancelling_;
    std::deque<Expected> expected_{};
    struct Queued
    {
        std::string sql;
        Params params;
    };
    std::vector<Queued> queued_{};
    bool in_transaction_ = false; // as far as it was sent
    struct Prepared
    {
        std::string name;
        std::uint64_t used; // the larger, the later
    };
    std::map<std::string, Prepared, std::less<>> prepared_{}; // by their text
    std::vector<std::string> unreleased_{};                   // names that are good for nothing
    std::uint64_t uses_ = 0;
    std::unordered_map<std::string, std::int32_t> tenants_{};
    std::string writer_;
    unsigned next_name_ = 0;
    std::uint64_t round_trips_ = 0;
    bool gone_ = false;
    bool conflict_ = false;
    bool entered_ = false;
    bool suspected_ = false;
    bool at_standby_ = false;
    bool durable_ = false;
    bool gave_up_ = false;
    std::size_t host_ = 0;
    std::optional<Error> no_tables_{};
};

} // namespace scimkit::postgresql
