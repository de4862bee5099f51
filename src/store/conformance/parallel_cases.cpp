// What only several threads at once can show.
#include "cases.hpp"

#include <atomic>
#include <charconv>
#include <chrono>
#include <mutex>
#include <optional>
#include <set>
#include <system_error>
#include <thread>

namespace scimkit::conformance
{
namespace
{

constexpr int writers = 4;

/// No case waits for ever for a store that never lets anything through: it fails in words.
constexpr std::chrono::seconds longest_without_progress{5};
constexpr std::chrono::seconds longest_wait_of_a_writer{30};

/// When something happened last, on any thread.
class Progress
{
public:
    void made() noexcept { last_ = std::chrono::steady_clock::now(); }
    bool stalled() const noexcept { return std::chrono::steady_clock::now() - last_.load() > longest_without_progress; }

private:
    std::atomic<std::chrono::steady_clock::time_point> last_{std::chrono::steady_clock::now()};
};

/// Runs `work` on several threads at once; what they throw becomes a failure, and so does a thread that cannot be had.
void in_parallel(Check& check, int threads, std::function<void(int)> const& work)
{
    std::atomic<int> waiting{threads};
    std::vector<std::jthread> running;
    auto const run = [&](int i)
    {
        --waiting;
        while (waiting > 0)
            std::this_thread::yield(); // all begin together
        try
        {
            work(i);
        }
        catch (...)
        {
            check.caught();
        }
    };
    for (int i = 0; i < threads; ++i)
        try
        {
            running.emplace_back(run, i);
        }
        catch (std::system_error const& error)
        {
            --waiting;
            check.fail(std::string{"the kit has no thread for a parallel case: "} + error.what());
        }
}

/// What was written last, as a number. Nothing, with a failure, where the store has lost or changed it.
std::optional<int> counted(Fixture& f, Resource const& counter, std::optional<Resource>& found)
{
    found = f.check.must(f.get(f.user, counter.id), "get");
    auto const* text = found ? found->attributes.if_contains(f.free_text) : nullptr;
    int count = 0;
    std::string_view const digits = text && text->is_string() ? std::string_view{text->get_string()} : "";
    auto const read = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (!digits.empty() && read.ec == std::errc{} && read.ptr == digits.data() + digits.size())
        return count;
    f.check.fail("the User \"" + counter.id + "\" is not there, or has lost its " + f.free_text);
    return std::nullopt;
}

void one_of_many_duplicates_wins(Fixture& f)
{
    constexpr int rounds = 10;
    for (int round = 0; round < rounds; ++round)
    {
        std::atomic<int> inserted{0};
        std::atomic<int> refused{0};
        in_parallel(f.check, writers,
                    [&](int i)
                    {
                        Resource user = f.new_user("u-" + std::to_string(round) + "-" + std::to_string(i),
                                                   "name-" + std::to_string(round));
                        auto const done = f.insert(user);
                        if (done)
                            ++inserted;
                        else if (done.error().code == ErrorCode::uniqueness)
                            ++refused;
                        else
                            f.check.fail("a parallel insert failed otherwise: " + done.error().detail);
                    });
        f.check.equal(inserted.load(), 1, "parallel inserts of one userName that succeeded");
        f.check.equal(refused.load(), writers - 1, "parallel inserts of one userName that were refused");
    }
    f.check.equal(f.find_users("userName pr").ids.size(), std::size_t{rounds}, "resources after parallel inserts");
}

void no_update_is_lost(Fixture& f)
{
    f.needs_versions();
    constexpr int additions = 20;
    Resource user = f.new_user("counter", "counter");
    user.attributes[f.free_text] = "0";
    f.check.must(f.insert(user), "insert");
    Progress progress;
    in_parallel(f.check, writers,
                [&](int)
                {
                    for (int done = 0; done < additions;)
                    {
                        if (progress.stalled())
                        {
                            f.check.fail(
                                "compare-and-set with the version just read was refused again and again, for " +
                                std::to_string(longest_without_progress.count()) + " seconds");
                            return;
                        }
                        std::optional<Resource> current;
                        auto const count = counted(f, user, current);
                        if (!count)
                            return;
                        current->attributes[f.free_text] = std::to_string(*count + 1);
                        auto const replaced = f.replace(*current, current->version);
                        if (replaced)
                        {
                            ++done;
                            progress.made();
                        }
                        else if (replaced.error().code != ErrorCode::precondition_failed)
                        {
                            f.check.fail("compare-and-set failed otherwise: " + replaced.error().detail);
                            return;
                        }
                    }
                });
    std::optional<Resource> last;
    if (auto const count = counted(f, user, last))
        f.check.equal(*count, writers * additions, "additions under compare-and-set");
}

/// The threads that are within a write.
class Callers
{
public:
    void enter()
    {
        std::scoped_lock const lock{mutex_};
        inside_.insert(std::this_thread::get_id());
    }
    void leave()
    {
        std::scoped_lock const lock{mutex_};
        inside_.erase(std::this_thread::get_id());
    }
    bool has_this() const
    {
        std::scoped_lock const lock{mutex_};
        return inside_.contains(std::this_thread::get_id());
    }

private:
    mutable std::mutex mutex_;
    std::set<std::thread::id> inside_{};
};

/// On its caller's thread, or on that of another one who shares the commit: what a body keeps by thread is theirs.
void a_body_runs_on_the_thread_of_a_caller(Fixture& f)
{
    constexpr int rounds = 15;
    Callers callers;
    std::atomic<int> elsewhere{0};
    in_parallel(f.check, writers,
                [&](int i)
                {
                    for (int round = 0; round < rounds; ++round)
                    {
                        std::string const name = std::to_string(i) + "-" + std::to_string(round);
                        Resource const user = f.new_user("u-" + name, "name-" + name);
                        Facts const facts = f.rules.facts_of(user);
                        callers.enter();
                        auto const written = f.write(
                            [&](WriteTransaction& transaction) -> result<void>
                            {
                                elsewhere += callers.has_this() ? 0 : 1;
                                Resource fresh = user;
                                auto const inserted = transaction.insert(fresh, facts);
                                return inserted ? result<void>{} : result<void>{inserted.error()};
                            });
                        callers.leave();
                        f.check.must(written, "a write beside others");
                        std::thread::id reader{};
                        f.check.must(f.read(
                                         [&](ReadTransaction&) -> result<void>
                                         {
                                             reader = std::this_thread::get_id();
                                             return {};
                                         }),
                                     "a read beside others");
                        f.check.expect(reader == std::this_thread::get_id(),
                                       "the body of a read runs on another thread than its caller's");
                    }
                });
    f.check.equal(elsewhere.load(), 0, "bodies of writes that ran on a thread which was within no write");
}

/// Gives both the same number, again and again.
void write_both(Fixture& f, Resource& left, Resource& right)
{
    for (int i = 1; i <= 50; ++i)
    {
        for (Resource* resource : {&left, &right})
            resource->attributes[f.free_text] = std::to_string(i);
        f.check.must(f.write(
                         [&](WriteTransaction& transaction) -> result<void>
                         {
                             for (Resource const* resource : {&left, &right})
                                 if (auto done = transaction.replace(*resource, {}, f.rules.facts_of(*resource),
                                                                     LargeAttributes::keep, {});
                                     !done)
                                     return done.error();
                             return {};
                         }),
                     "write of both");
    }
}

std::string text_of(Fixture const& f, Resource const& resource)
{
    auto const* value = resource.attributes.if_contains(f.free_text);
    return value ? std::string{std::string_view{value->as_string()}} : std::string{};
}

/// Finds both, one by its id and all by a query, and compares. `says_last`: the first is said to be all.
result<void> read_both(Fixture& f, Resource const& left, bool says_last, ReadTransaction& transaction)
{
    auto const first = transaction.get(f.user, left.id, {.last = says_last});
    std::this_thread::yield();
    Query::Source const source{&f.user, nullptr};
    Query query{{&source, 1}};
    query.limit = 10;
    auto const page = run_query(transaction, query);
    if (!first || !page)
        return first ? page.error() : first.error();
    if (!*first || page->resources.size() != 2)
    {
        f.check.fail("a reader does not find both resources");
        return {};
    }
    for (Resource const& resource : page->resources)
        if (text_of(f, resource) != text_of(f, **first))
            f.check.fail("one read transaction sees two states of the store");
    return {};
}

/// Two resources always carry the same number; a reader that sees two numbers has no snapshot.
void a_reader_has_one_snapshot(Fixture& f)
{
    f.needs_atomic();
    Resource left = f.new_user("left", "left");
    Resource right = f.new_user("right", "right");
    f.check.must(f.insert(left), "insert");
    f.check.must(f.insert(right), "insert");
    std::atomic<bool> finished{false};
    auto const end = std::chrono::steady_clock::now() + longest_wait_of_a_writer;
    in_parallel(f.check, 3,
                [&](int i)
                {
                    if (i > 0)
                    {
                        while (!finished && std::chrono::steady_clock::now() < end)
                            f.check.must(f.read([&](ReadTransaction& transaction)
                                                { return read_both(f, left, i > 1, transaction); }),
                                         "read");
                        if (!finished)
                            f.check.fail("readers keep a writer waiting for ever");
                        return;
                    }
                    try
                    {
                        write_both(f, left, right);
                    }
                    catch (...)
                    {
                        finished = true;
                        throw;
                    }
                    finished = true;
                });
}

} // namespace

void add_parallel_cases(Cases& cases)
{
    add_case(cases, "parallel: of many inserts of one unique value one succeeds", one_of_many_duplicates_wins);
    add_case(cases, "parallel: compare-and-set loses no update", no_update_is_lost);
    add_case(cases, "threads: a body runs on the thread of a caller", a_body_runs_on_the_thread_of_a_caller);
    add_case(cases, "parallel: a reader has one snapshot", a_reader_has_one_snapshot);
}

} // namespace scimkit::conformance
