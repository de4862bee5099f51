// Asks again and again until the deadline: a failover takes its time, and a wrong guess is worse than a late answer.
#include "outcome.hpp"

#include <algorithm>
#include <optional>
#include <thread>

namespace scimkit::postgresql
{
namespace
{

constexpr std::chrono::milliseconds between_questions{100};
/// A deadline is no reason to leave a writer without an answer at once, and none is no reason to search for ever.
constexpr std::chrono::seconds shortest_search{5};
constexpr std::chrono::seconds longest_search{60}; // for the outcome of a commit; then 503, which says so

/// Nothing: it cannot be told now. What was committed counts once a commit behind it is where PostgreSQL is told to
/// have commits, on a standby too; the wait of the first one may have been given up.
std::optional<bool> look(Connection& connection, std::string const& writer, std::string const& work, Deadline until)
{
    auto const other = connection.run("insert into writer as w (writer, work) values ($1, $2) "
                                      "on conflict (writer) do update set work = excluded.work, at = now() "
                                      "where w.work <> $3 returning 1",
                                      Params{}.bytes(writer).bytes(random_mark()).bytes(work), until);
    if (!other)
        return std::nullopt;
    if (!other->empty())
        return false;
    (void)connection.take_gave_up();
    auto const behind = connection.run("update writer set at = now() where writer = $1", Params{}.bytes(writer), until);
    return behind && !connection.take_gave_up() ? std::optional{true} : std::nullopt;
}

} // namespace

result<void> queue_mark(Connection& connection, std::string const& writer, std::string const& work)
{
    return connection.queue("insert into writer (writer, work) values ($1, $2) "
                            "on conflict (writer) do update set work = excluded.work, at = now()",
                            Params{}.bytes(writer).bytes(work));
}

result<bool> was_committed(Pool& pool, std::string const& writer, std::string const& work, Deadline deadline)
{
    auto const now = std::chrono::steady_clock::now();
    Deadline const until = std::clamp(deadline, now + shortest_search, now + longest_search);
    for (;;)
    {
        if (auto lease = pool.acquire(until); lease)
            if (auto const found = look(**lease, writer, work, until))
                return *found;
        if (std::chrono::steady_clock::now() + between_questions >= until)
            return Error{ErrorCode::unknown_outcome, "The answer to a commit was lost, and what became of it cannot be "
                                                     "found out now: look whether it happened before you try again."};
        std::this_thread::sleep_for(between_questions);
    }
}

} // namespace scimkit::postgresql
