// libpq without blocking, so that no server and no network can hold a thread beyond its deadline.
#include "connection.hpp"

#include "mark.hpp"

#include <algorithm>
#include <poll.h>

namespace scimkit::postgresql
{
namespace
{

/// Statements that are kept prepared; filters make many shapes, and each takes memory in the server: the one that was
/// used longest ago goes.
constexpr std::size_t most_prepared = 400;

/// Of a statement that is kept prepared. Longer ones are long filters, which seldom come again, and whoever varies them
/// would have the server and the database keep megabytes of them.
constexpr std::size_t most_prepared_bytes = 4096;

/// Text in, bytes out: the name is a value here. A commit that waits is told to wait, so that a reload of the server's
/// configuration does not take it away.
constexpr std::string_view set_session =
    "select set_config('search_path', quote_ident(convert_from($1, 'UTF8')), false), "
    "set_config('statement_timeout', '0', false), current_setting('fsync') = 'on', "
    "case when current_setting('synchronous_commit') in ('on', 'remote_apply') "
    "or (current_setting('synchronous_commit') in ('local', 'remote_write') "
    "and current_setting('synchronous_standby_names') = '') "
    "then set_config('synchronous_commit', current_setting('synchronous_commit'), false) is not null "
    "else $2 <> 0 and set_config('synchronous_commit', 'on', false) is not null end";

/// Milliseconds for poll(): at least one, so that a wait is a wait, and -1 without a deadline.
int left(Deadline deadline)
{
    if (deadline == Deadline::max())
        return -1;
    auto const rest = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(rest.count(), 0, 1'000'000));
}

/// False when the deadline came first.
bool wait_for(int socket, bool read, bool write, Deadline deadline)
{
    pollfd watched{socket, static_cast<short>((read ? POLLIN : 0) | (write ? POLLOUT : 0)), 0};
    for (;;)
    {
        int const ready = ::poll(&watched, 1, left(deadline));
        if (ready > 0)
            return true;
        if (std::chrono::steady_clock::now() >= deadline)
            return false;
    }
}

} // namespace

result<std::unique_ptr<Connection>> Connection::open(ConnectParams const& server, std::string const& schema,
                                                     Cancelling& cancelling, Deadline deadline, Commits commits)
{
    std::vector<char const*> words;
    std::vector<char const*> values;
    for (auto const& [word, value] : server)
    {
        words.push_back(word.c_str());
        values.push_back(value.c_str());
    }
    words.push_back(nullptr);
    values.push_back(nullptr);
    std::unique_ptr<Connection> made{new Connection{PQconnectStartParams(words.data(), values.data(), 0), cancelling}};
    PGconn* const connection = made->get();
    if (!connection)
        return Error{ErrorCode::unavailable, "No memory for a connection to PostgreSQL."};
    PQsetNoticeReceiver(connection, hear, made.get());
    auto const refused = [&](std::string const& why) {
        return Error{ErrorCode::unavailable, "Cannot connect to PostgreSQL: " + why + "."};
    };
    for (auto state = PGRES_POLLING_WRITING; state != PGRES_POLLING_OK; state = PQconnectPoll(connection))
    {
        if (state == PGRES_POLLING_FAILED || PQstatus(connection) == CONNECTION_BAD)
            return refused(last_words(connection));
        bool const reads = state == PGRES_POLLING_READING;
        if (!wait_for(PQsocket(connection), reads, !reads, deadline))
            return refused("it takes too long");
    }
    if (PQsetnonblocking(connection, 1) != 0 || PQenterPipelineMode(connection) != 1)
        return refused(last_words(connection));
    if (auto set = made->set_up(schema, commits, deadline); !set)
        return set.error();
    return made;
}

result<void> Connection::set_up(std::string const& schema, Commits commits, Deadline deadline)
{
    bool const wait = commits == Commits::wait;
    auto const set = run(set_session, Params{}.bytes(schema).integer(wait ? 1 : 0), deadline);
    if (!set)
        return set.error();
    durable_ = set->number(0, 2) != 0 && set->number(0, 3) != 0;
    return {};
}

Connection::Connection(PGconn* connection, Cancelling& cancelling)
    : connection_(connection)
    , cancelling_(&cancelling)
    , writer_(random_mark())
{
}

Connection::~Connection() = default;

/// A commit that waits for standbys may be cancelled: then PostgreSQL says that it is committed, and warns (01000; as
/// it shuts down, 57P01).
void Connection::hear(void* connection, PGresult const* notice)
{
    auto const field = [notice](int code)
    {
        char const* const text = PQresultErrorField(notice, code);
        return std::string_view{text ? text : ""};
    };
    auto const state = field(PG_DIAG_SQLSTATE);
    if (field(PG_DIAG_SEVERITY_NONLOCALIZED) == "WARNING" && (state == "01000" || state == "57P01"))
        static_cast<Connection*>(connection)->gave_up_ = true;
}

Error Connection::lost()
{
    gone_ = true;
    return {ErrorCode::unavailable, "The connection to PostgreSQL was lost: " + last_words(connection_.get()) + "."};
}

result<std::string> Connection::prepared(std::string_view sql, Params const& params)
{
    if (auto const known = prepared_.find(sql); known != prepared_.end())
    {
        known->second.used = ++uses_;
        return known->second.name;
    }
    if (auto room = prepared_.size() < most_prepared ? result<void>{} : release_oldest(); !room)
        return room.error();
    std::string name = "s" + std::to_string(next_name_++);
    std::string text{sql};
    if (PQsendPrepare(connection_.get(), name.c_str(), text.c_str(), params.size(), params.types().data()) != 1)
        return lost();
    expected_.push_back({Kind::preparation, text});
    prepared_.emplace(std::move(text), Prepared{name, ++uses_});
    return name;
}

result<void> Connection::release_oldest()
{
    auto const oldest = std::ranges::min_element(prepared_, {}, [](auto const& each) { return each.second.used; });
    unreleased_.push_back(std::move(oldest->second.name));
    prepared_.erase(oldest);
    for (std::string& name : std::exchange(unreleased_, {}))
    {
        if (PQsendQueryParams(connection_.get(), ("deallocate " + name).c_str(), 0, nullptr, nullptr, nullptr, nullptr,
                              1) != 1)
            return lost();
        expected_.push_back({Kind::release, std::move(name)});
    }
    return {};
}

result<void> Connection::send(std::string_view sql, Params const& params, bool wanted)
{
    if (gone_)
        return lost();
    bool const is_kept = sql.size() <= most_prepared_bytes;
    std::string name;
    if (is_kept)
    {
        auto known = prepared(sql, params);
        if (!known)
            return std::move(known).error();
        name = std::move(*known);
    }
    std::vector<char const*> values;
    std::vector<int> lengths;
    std::vector<int> const formats(params.values().size(), 1);
    for (std::string const& value : params.values())
    {
        values.push_back(value.data());
        lengths.push_back(static_cast<int>(value.size()));
    }
    int const sent = is_kept
                         ? PQsendQueryPrepared(connection_.get(), name.c_str(), params.size(), values.data(),
                                               lengths.data(), formats.data(), 1)
                         : PQsendQueryParams(connection_.get(), std::string{sql}.c_str(), params.size(),
                                             params.types().data(), values.data(), lengths.data(), formats.data(), 1);
    if (sent != 1)
        return lost();
    expected_.push_back({wanted ? Kind::question : Kind::statement});
    return {};
}

result<void> Connection::queue(std::string_view sql, Params const& params)
{
    queued_.push_back({std::string{sql}, params});
    return {};
}

result<void> Connection::ask(std::string_view sql, Params const& params)
{
    auto const sent = send_queued();
    return sent ? send(sql, params, true) : sent;
}

result<void> Connection::send_queued()
{
    for (Queued const& each : std::exchange(queued_, {}))
    {
        in_transaction_ = in_transaction_ || each.sql.starts_with("begin");
        if (auto sent = send(each.sql, each.params, false); !sent)
            return sent;
    }
    return {};
}

result<void> Connection::wait(Deadline deadline)
{
    while (PQisBusy(connection_.get()) != 0)
    {
        int const unsent = PQflush(connection_.get());
        if (unsent < 0)
            return lost();
        if (!wait_for(PQsocket(connection_.get()), true, unsent > 0, deadline))
        {
            // The statement would go on for nobody. What becomes of the transaction is the server's: it rolls back.
            cancelling_->cancel(connection_.get());
            gone_ = true;
            return Error{ErrorCode::unavailable, "PostgreSQL did not answer before the deadline."};
        }
        if (PQconsumeInput(connection_.get()) != 1)
            return lost();
    }
    return {};
}

void Connection::take(Expected const& expected, PGresult* taken, std::optional<Refusal>& first, std::vector<Rows>& rows)
{
    Rows owned{taken};
    auto const status = PQresultStatus(taken);
    bool const good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (good && expected.kind == Kind::question)
        rows.push_back(std::move(owned));
    if (good)
        return;
    if (expected.kind == Kind::preparation)
        prepared_.erase(expected.sql);
    if (expected.kind == Kind::release && status == PGRES_PIPELINE_ABORTED)
        unreleased_.push_back(expected.sql); // it was not reached
    if (status == PGRES_PIPELINE_ABORTED || first)
        return;
    first = refusal_of(*taken);
    conflict_ = conflict_ || first->conflict;
    at_standby_ = at_standby_ || first->standby;
    if (first->no_tables)
        no_tables_ = first->error;
    gone_ = gone_ || first->gone || PQstatus(connection_.get()) == CONNECTION_BAD;
}

result<std::vector<Rows>> Connection::collect(Deadline deadline)
{
    if (auto sent = send_queued(); !sent)
        return sent.error();
    if (gone_ || PQpipelineSync(connection_.get()) != 1)
        return lost();
    expected_.push_back({Kind::sync});
    ++round_trips_;
    std::vector<Rows> rows;
    std::optional<Refusal> first;
    while (!expected_.empty())
    {
        Expected const expected = std::move(expected_.front());
        expected_.pop_front();
        for (;;)
        {
            if (PQflush(connection_.get()) < 0)
                return lost();
            if (auto waited = wait(deadline); !waited)
                return waited.error();
            PGresult* const taken = PQgetResult(connection_.get());
            if (expected.kind == Kind::sync || expected.kind == Kind::end)
            {
                Rows const owned{taken};
                if (!taken || PQresultStatus(taken) != PGRES_PIPELINE_SYNC)
                    return first && expected.kind == Kind::sync ? first->error : lost();
                if (expected.kind == Kind::end) // it was somebody else's
                {
                    first.reset();
                    rows.clear();
                    conflict_ = false;
                }
                break;
            }
            if (!taken)
                break;
            take(expected, taken, first, rows);
            if (gone_)
                return first ? first->error : lost();
        }
    }
    if (PQtransactionStatus(connection_.get()) == PQTRANS_IDLE) // a commit ends one also where it is refused
        in_transaction_ = false;
    if (first)
        return first->error;
    return rows;
}

result<Rows> Connection::run(std::string_view sql, Params const& params, Deadline deadline)
{
    if (auto asked = ask(sql, params); !asked)
        return asked.error();
    auto rows = collect(deadline);
    if (!rows)
        return rows.error();
    return std::move(rows->back());
}

result<void> Connection::commit(Deadline deadline)
{
    gave_up_ = false;
    auto const rows = run("commit", {}, deadline);
    if (!rows)
        return rows.error();
    if (take_gave_up())
        return Error{ErrorCode::unknown_outcome, "The change is stored, but a standby may not have it: somebody ended "
                                                 "the wait for it. Look whether it is there before you try again."};
    if (rows->done() != "COMMIT")
        return Error{ErrorCode::internal, "PostgreSQL rolled a transaction back that was to be committed."};
    return {};
}

bool Connection::forget_sent()
{
    if (expected_.empty() || expected_.back().kind == Kind::end)
        return true;
    if (PQpipelineSync(connection_.get()) != 1)
        return false;
    expected_.push_back({Kind::end});
    return true;
}

void Connection::roll_back()
{
    queued_.clear();
    if (gone_ || (!in_transaction_ && expected_.empty()))
        return;
    // The end goes by itself: with what fails in front of it, it would be passed over.
    bool sent = forget_sent();
    if (std::exchange(in_transaction_, false))
        sent = sent && send("rollback", {}, false) && forget_sent();
    // What the socket does not take at once stays here: an idle connection would hold its transaction open.
    if (!sent || PQflush(connection_.get()) != 0)
        gone_ = true;
}

bool Connection::answers(Deadline deadline)
{
    suspected_ = !run("select 1", {}, deadline);
    return !suspected_;
}

bool Connection::usable()
{
    if (in_transaction_ || !queued_.empty())
        roll_back();
    if (gone_ || PQconsumeInput(connection_.get()) != 1 || PQstatus(connection_.get()) == CONNECTION_BAD)
        gone_ = true;
    if (gone_)
        return false;
    // A server that goes away says so before it closes, which PQconsumeInput takes for input: look for the end.
    pollfd watched{PQsocket(connection_.get()), POLLIN | POLLRDHUP, 0};
    if (::poll(&watched, 1, 0) > 0 && (watched.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0)
        gone_ = true;
    return !gone_;
}

} // namespace scimkit::postgresql
