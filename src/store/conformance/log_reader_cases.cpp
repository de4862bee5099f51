// Those who follow the change log: their places, what is trimmed, and waiting for more.
#include <scimkit/store/change_log.hpp>

#include "cases.hpp"
#include "log_reading.hpp"

#include <chrono>
#include <thread>

namespace scimkit::conformance
{
namespace
{

using std::chrono::milliseconds;
using std::chrono::seconds;

ChangeLog& log_of(Fixture& f)
{
    needs_change_log(f);
    f.check_time();
    auto* const log = f.store->change_log();
    f.check.expect(log, "the store announces a change log and has none");
    if (!log)
        throw Stop{};
    return *log;
}

LogExtent extent(Fixture& f) { return f.check.must(log_of(f).extent(f.tenant, f.context()), "extent"); }

/// So many users, one a second; the positions of their changes.
std::vector<LogPosition> write_some(Fixture& f, std::size_t count, std::string const& prefix = "u")
{
    for (std::size_t i = 0; i < count; ++i)
    {
        Resource user = f.new_user(prefix + std::to_string(i), prefix + std::to_string(i));
        user.last_modified = at_second(static_cast<std::int64_t>(i));
        f.check.must(f.insert(user), "insert");
    }
    std::vector<LogPosition> positions;
    for (LoggedChange const& change : changes(f, extent(f).begin))
        positions.push_back(change.position);
    return positions;
}

result<std::size_t> count_behind(Fixture& f, LogPosition after)
{
    std::size_t count = 0;
    auto const read = log_of(f).read(f.tenant, f.context(), after, 1'000, [&](LoggedChange&&) { return ++count > 0; });
    return read ? result<std::size_t>{count} : read.error();
}

LogTrimmed trim(Fixture& f, LogTrim const& what)
{
    return f.check.must(log_of(f).trim(f.tenant, f.context(), what), "trim");
}

result<void> acknowledge(Fixture& f, std::string_view reader, LogPosition position)
{
    return log_of(f).acknowledge(f.tenant, f.context(), reader, position);
}

std::optional<LogPosition> place(Fixture& f, std::string_view reader)
{
    return f.check.must(log_of(f).place(f.tenant, f.context(), reader), "place");
}

void it_is_read_outside_of_transactions_too(Fixture& f)
{
    auto& log = log_of(f);
    f.check.expect(extent(f) == LogExtent{}, "the log of an empty tenant has an extent");
    auto const positions = write_some(f, 5);
    LogExtent const all = extent(f);
    f.check.expect(all.begin == LogPosition{} && all.end == positions.back(), "the extent is not that of the changes");
    f.check.expect(all.bytes > 0, "the changes take no bytes");
    std::vector<LoggedChange> found;
    f.check.must(log.read(f.tenant, f.context(), positions[1], 2,
                          [&](LoggedChange&& change) { return found.push_back(std::move(change)), true; }),
                 "a page");
    f.check.expect(found == changes(f, positions[1], 2), "it reads otherwise than within a transaction");
    f.check.equal(f.check.must(count_behind(f, positions.back()), "read"), 0U, "changes behind the last one");
}

void what_is_old_or_too_much_is_trimmed(Fixture& f)
{
    log_of(f);
    auto const positions = write_some(f, 10);
    f.check.equal(trim(f, {}).changes, 0U, "changes that go when nothing is asked for");
    auto const old = trim(f, {.before = at_second(4)});
    f.check.equal(old.changes, 4U, "changes that are old");
    f.check.expect(old.begin == positions[3] && !old.more, "what is said of a trim is not so");
    f.check.expect(extent(f).begin == positions[3] && extent(f).end == positions.back(),
                   "the extent is not what is left");
    f.check.equal(f.check.must(count_behind(f, positions[3]), "read"), 6U, "changes that are left");

    std::uint64_t const half = extent(f).bytes / 2;
    auto const much = trim(f, {.most_bytes = half});
    f.check.expect(much.changes > 0 && much.changes < 6 && extent(f).bytes <= half,
                   "a trim by size does not leave what it may");
    trim(f, {.most_bytes = 0});
    f.check.expect(extent(f).begin == positions.back() && extent(f).end == positions.back() && extent(f).bytes == 0,
                   "something is left of a log that is trimmed away");
    auto const more = write_some(f, 1, "next");
    f.check.expect(more.empty() || positions.back() < more.back(), "positions begin anew after a trim");
    f.check.equal(f.check.must(count_behind(f, positions.back()), "read"), 1U, "changes after all were trimmed");
}

void who_is_left_behind_is_told(Fixture& f)
{
    auto& log = log_of(f);
    auto const positions = write_some(f, 6);
    f.check.must(acknowledge(f, "slow", positions[0]), "acknowledge");
    trim(f, {.before = at_second(3), .readers_since = Instant::max()});
    f.check.refused(count_behind(f, LogPosition{}), ErrorCode::trimmed, "reading from the beginning");
    f.check.refused(count_behind(f, positions[1]), ErrorCode::trimmed, "reading behind what was trimmed");
    f.check.equal(f.check.must(count_behind(f, positions[2]), "read"), 3U, "changes behind the border");
    f.check.refused(
        f.read([&](ReadTransaction& transaction)
               { return transaction.change_log()->read(positions[1], 10, [](LoggedChange&&) { return true; }); }),
        ErrorCode::trimmed, "reading it in a transaction");
    f.check.refused(log.wait(f.tenant, f.context(), positions[0], {}), ErrorCode::trimmed, "waiting there");
    f.check.refused(acknowledge(f, "other", positions[1]), ErrorCode::trimmed, "taking a place there");
    f.check.expect(place(f, "slow") == positions[0], "the place of a reader that was left behind has changed");
}

void a_short_trim_goes_on_later(Fixture& f)
{
    auto& log = log_of(f);
    auto const positions = write_some(f, 5);
    Budget spent{1, std::chrono::steady_clock::time_point::max()};
    CallContext context = f.context();
    context.budget = &spent;
    auto const first = f.check.must(log.trim(f.tenant, context, {.most_bytes = 0}), "a trim without a budget");
    f.check.expect(first.more, "a trim that the budget ended does not say so");
    f.check.expect(first.begin == extent(f).begin, "what is said of a trim that ended is not so");
    f.check.expect(!trim(f, {.most_bytes = 0}).more && extent(f).begin == positions.back(), "the rest does not go");
}

void named_readers_keep_their_places(Fixture& f)
{
    auto& log = log_of(f);
    auto const positions = write_some(f, 4);
    f.check.expect(!place(f, "audit"), "a reader that nobody made has a place");
    f.check.must(acknowledge(f, "audit", LogPosition{}), "a place at the beginning");
    f.check.expect(place(f, "audit") == LogPosition{}, "a reader has no place at the beginning");
    f.check.must(acknowledge(f, "audit", positions[2]), "acknowledge");
    f.check.must(acknowledge(f, "hooks", positions[3]), "acknowledge");
    f.now = at_second(2'000);
    f.check.must(acknowledge(f, "hooks", positions[1]), "a place further back");

    std::vector<LogPlace> places;
    f.check.must(
        log.places(f.tenant, f.context(), [&](LogPlace&& one) { return places.push_back(std::move(one)), true; }),
        "places");
    f.check.expect(places == std::vector<LogPlace>{{"audit", positions[2], at_second(1'000)},
                                                   {"hooks", positions[1], at_second(2'000)}},
                   "the places of the readers are not what was acknowledged");
    std::size_t seen = 0;
    f.check.must(log.places(f.tenant, f.context(), [&](LogPlace&&) { return ++seen == 0; }), "places");
    f.check.equal(seen, 1U, "readers that a sink is told of after it said stop");

    f.check.refused(acknowledge(f, "audit", LogPosition{positions.back().number() + 1}), ErrorCode::invalid_value,
                    "a place that the log has not reached");
    for (std::string const& name : {std::string{}, std::string(max_log_reader_bytes + 1, 'x')})
        f.check.refused(acknowledge(f, name, positions[0]), ErrorCode::invalid_value, "a reader's name");
    f.check.must(acknowledge(f, std::string(max_log_reader_bytes, '\0'), positions[0]), "a reader with a long name");
    f.check.expect(f.check.must(log.forget(f.tenant, f.context(), "hooks"), "forget"), "a reader is not forgotten");
    f.check.expect(!f.check.must(log.forget(f.tenant, f.context(), "hooks"), "forget"), "it is forgotten twice");
    f.check.expect(!place(f, "hooks"), "a forgotten reader has a place");
    f.tenant = "another";
    f.check.expect(!place(f, "audit"), "a reader of one tenant has a place in another");
}

void readers_keep_back_what_they_need(Fixture& f)
{
    log_of(f);
    auto const positions = write_some(f, 6);
    f.now = at_second(100);
    f.check.must(acknowledge(f, "lost", positions[0]), "acknowledge");
    f.now = at_second(200);
    f.check.must(acknowledge(f, "slow", positions[2]), "acknowledge");
    LogTrim all{.most_bytes = 0};
    f.check.expect(trim(f, all).begin == positions[0], "a trim takes what a reader needs");
    all.readers_since = at_second(150);
    f.check.expect(trim(f, all).begin == positions[2], "a trim does not stop at the reader that was heard of");
    f.check.equal(f.check.must(count_behind(f, positions[2]), "read"), 3U, "changes that a reader keeps back");
    f.check.must(log_of(f).forget(f.tenant, f.context(), "slow"), "forget");
    f.check.expect(trim(f, all).begin == positions.back(), "a forgotten reader keeps something back");
}

void places_outlive_the_store_object(Fixture& f)
{
    log_of(f);
    auto const positions = write_some(f, 4);
    f.check.must(acknowledge(f, "audit", positions[2]), "acknowledge");
    trim(f, {.before = at_second(1)});
    LogExtent const before = extent(f);
    auto const told = changes(f, positions[0]);
    f.reopen();
    f.check.expect(place(f, "audit") == positions[2],
                   "the place of a reader is another one after the store was opened");
    f.check.expect(extent(f) == before && changes(f, positions[0]) == told,
                   "the log is another one after the store was opened");
    auto const more = write_some(f, 1, "next");
    f.check.expect(!more.empty() && positions.back() < more.back(), "positions begin anew");
}

/// How long `wait` took, and what it said.
template <class Before>
std::pair<milliseconds, bool> waited(Fixture& f, LogPosition after, seconds longest, Before const& meanwhile)
{
    auto& log = log_of(f);
    std::stop_source stop;
    CallContext context = f.context();
    auto const begin = std::chrono::steady_clock::now();
    context.deadline = begin + longest;
    std::jthread other{[&]
                       {
                           std::this_thread::sleep_for(milliseconds{50});
                           try
                           {
                               meanwhile(stop);
                           }
                           catch (...)
                           {
                               f.check.caught();
                           }
                       }};
    bool const more = f.check.must(log.wait(f.tenant, context, after, stop.get_token()), "wait");
    return {std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begin), more};
}

void waiting_ends(Fixture& f)
{
    constexpr seconds long_time{20};
    auto const positions = write_some(f, 2);
    auto const nothing = [](std::stop_source&) {};
    f.check.expect(waited(f, positions[0], long_time, nothing).second, "waiting for what is there");
    auto const write = [&](std::stop_source&)
    {
        Resource user = f.new_user("late", "late");
        f.check.must(f.insert(user), "insert");
    };
    auto const woken = waited(f, positions[1], long_time, write);
    f.check.expect(woken.second && woken.first < long_time / 2, "a commit does not wake who waits for it");
    LogPosition const end = extent(f).end;
    auto const stopped = waited(f, end, long_time, [](std::stop_source& stop) { stop.request_stop(); });
    f.check.expect(!stopped.second && stopped.first < long_time / 2, "a stop does not end a wait");
    auto const late = waited(f, end, seconds{1}, nothing);
    f.check.expect(!late.second && late.first >= milliseconds{900} && late.first < long_time / 2,
                   "a deadline does not end a wait when it comes");
}

} // namespace

void add_log_reader_cases(Cases& cases)
{
    add_case(cases, "change log: it is read outside of transactions too", it_is_read_outside_of_transactions_too);
    add_case(cases, "change log: what is old or too much is trimmed", what_is_old_or_too_much_is_trimmed);
    add_case(cases, "change log: who is left behind is told", who_is_left_behind_is_told);
    add_case(cases, "change log: a short trim goes on later", a_short_trim_goes_on_later);
    add_case(cases, "change log: named readers keep their places", named_readers_keep_their_places);
    add_case(cases, "change log: readers keep back what they need", readers_keep_back_what_they_need);
    add_case(cases, "change log: places outlive the store object", places_outlive_the_store_object);
    add_case(cases, "change log: waiting ends by a commit, a stop, a deadline", waiting_ends);
}

} // namespace scimkit::conformance
