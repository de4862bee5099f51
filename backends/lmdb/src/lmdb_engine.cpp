// The engine: readers over renewed transactions, writers one after the other that share commits, and a map that grows
// when it is full.
#include <scimkit/kv/transaction_guard.hpp>
#include <scimkit/lmdb/lmdb_store.hpp>

#include "copy.hpp"
#include "directory.hpp"
#include "environment.hpp"
#include "lmdb_error.hpp"
#include "page_check.hpp"
#include "reader_slots.hpp"
#include "transaction.hpp"
#include "write_queue.hpp"

#include <atomic>
#include <cerrno>
#include <chrono>
#include <mutex>
#include <thread>

namespace scimkit::lmdb
{
namespace
{

constexpr auto no_deadline = std::chrono::steady_clock::time_point::max();
constexpr std::chrono::milliseconds gate_patience{10};
constexpr std::chrono::seconds growth_patience{1};
// A reader of another process that was killed (a backup) keeps old pages from being used again until somebody looks.
constexpr std::chrono::seconds between_reader_checks{10};
// A leader shares its fsync for as long as one takes on a good disk; whoever comes later has the next.
constexpr std::chrono::milliseconds gathering_patience{2};

/// What an engine can no longer do until it is opened anew.
enum Loss
{
    nothing_lost,
    writes_lost, ///< the disk failed a commit; the last acknowledged state can still be read
    map_lost     ///< the data cannot be reached
};

class LmdbEngine final : public kv::Engine
{
public:
    /// `options` are normalised.
    LmdbEngine(DirectoryLock lock, Environment environment, LmdbOptions const& options)
        : options_(options)
        , lock_(std::move(lock))
        , environment_(std::move(environment.handle))
        , database_(environment.database)
        , max_key_size_(static_cast<std::size_t>(mdb_env_get_maxkeysize(environment_.get())))
        , slots_(environment_.get(), options.max_readers)
    {
    }

    ~LmdbEngine() override
    {
        if (!options_.fsync && lost_.load() == nothing_lost)
            mdb_env_sync(environment_.get(), 1); // an orderly end keeps everything
    }

    result<void> read(function_ref<result<void>(kv::Reader&)> body) override
    {
        kv::TransactionGuard const guard{*this};
        if (guard.nested())
            return kv::TransactionGuard::error();
        for (;;)
        {
            {
                ReaderSlots::Lease lease{slots_};
                if (lost_.load(std::memory_order_relaxed) == map_lost) // ordered by the gate
                    return lost_error();
                int const error = lease.begin();
                if (error == 0)
                {
                    ReadTransaction transaction{lease.transaction(), database_};
                    return body(transaction);
                }
                if (error != MDB_MAP_RESIZED)
                    return failed(error, "mdb_txn_renew").outcome;
            }
            std::scoped_lock const lock{writer_};
            if (auto adopted = make_room(MDB_MAP_RESIZED); !adopted)
                return adopted;
        }
    }

    result<void> write(WriteBody body) override { return write_before(no_deadline, body); }

    result<void> write_before(std::chrono::steady_clock::time_point deadline, WriteBody body) override
    {
        kv::TransactionGuard const guard{*this};
        if (guard.nested())
            return kv::TransactionGuard::error();
        PendingWrite mine{body};
        if (!queue_.enter(mine, deadline))
        {
            if (mine.thrown)
                std::rethrow_exception(mine.thrown);
            return std::move(mine.outcome);
        }
        Leadership const leadership{queue_};
        return lead(body);
    }

    std::size_t max_key_size() const noexcept override { return max_key_size_; }
    bool durable() const noexcept override { return options_.fsync; }
    bool readers_wait() const noexcept override { return false; } // each has a snapshot of its own

    result<void> copy_to(std::filesystem::path const& directory) override
    {
        if (lost_.load() == map_lost)
            return lost_error();
        ReaderSlots::Lease const stays{slots_}; // the map must not move
        return stays.holds() ? copy_environment(environment_.get(), directory)
                             : result<void>{lmdb_error(MDB_READERS_FULL, "copy")};
    }

    result<void> health() const override
    {
        if (lost_.load(std::memory_order_relaxed) != nothing_lost)
            return lost_error();
        return options_.fsync ? file_is_there(environment_.get()) : result<void>{};
    }

private:
    struct Attempt
    {
        result<void> outcome{};
        int map_error = 0;  // MDB_MAP_FULL or MDB_MAP_RESIZED: move the map and try again
        bool again = false; // something of others went wrong: try again alone
    };

    enum class Joined
    {
        yes,
        not_now, // it needs a transaction of its own
        broken   // the leader's transaction is of no use any more
    };

    /// Somebody else leads when it ends.
    class Leadership
    {
    public:
        explicit Leadership(WriteQueue& queue) noexcept
            : queue_(queue)
        {
        }
        Leadership(Leadership const&) = delete;
        Leadership& operator=(Leadership const&) = delete;
        ~Leadership() { queue_.leave(); }

    private:
        WriteQueue& queue_;
    };

    static bool wants_other_map(int error) { return error == MDB_MAP_FULL || error == MDB_MAP_RESIZED; }

    // The caller holds writer_.
    void free_dead_readers()
    {
        auto const now = std::chrono::steady_clock::now();
        if (now < next_reader_check_)
            return;
        next_reader_check_ = now + between_reader_checks;
        int cleared = 0;
        mdb_reader_check(environment_.get(), &cleared); // should it fail, the next one may not
    }

    static Error lost_error() { return lmdb_error(MDB_PANIC, "mdb_txn_begin"); }

    Attempt failed(int error, char const* call)
    {
        if (wants_other_map(error))
            return {{}, error};
        if (error == MDB_PANIC) // after a failed write of a root, a full disk's too, LMDB begins nothing any more
            lose(writes_lost);
        return {lmdb_error(error, call)};
    }

    result<void> lead(WriteBody body)
    {
        std::scoped_lock const lock{writer_};
        free_dead_readers();
        for (bool alone = !options_.fsync;;) // what waits for no disk shares nothing worth it
        {
            if (lost_.load(std::memory_order_relaxed) != nothing_lost)
                return lost_error();
            auto attempt = attempt_write(body, alone);
            alone = true; // a second try is for what this write needs by itself
            if (attempt.map_error == 0 && !attempt.again)
                return std::move(attempt.outcome);
            if (attempt.map_error == 0)
                continue;
            if (auto grown = make_room(attempt.map_error); !grown)
                return grown;
        }
    }

    Attempt attempt_write(WriteBody body, bool alone)
    {
        MDB_txn* handle = nullptr;
        if (int const error = mdb_txn_begin(environment_.get(), nullptr, 0, &handle); error != 0)
            return failed(error, "mdb_txn_begin");
        TransactionHandle transaction{handle};
        auto const before = live_bytes(handle, database_);
        if (!before)
            return {before.error()};
        // Near the limit transactions are told apart by what they add and remove. One that crosses it from far below
        // needs no measuring: it grows.
        bool const near_limit = *before > growth_limit() - growth_limit() / 8;
        WriteTransaction writer{handle, database_, max_key_size_, queue_, 0, near_limit};

        result<void> outcome;
        try
        {
            outcome = body(writer);
        }
        catch (...)
        {
            // A body may answer a failed put with an exception; if the map was the reason, it gets its second try.
            if (!wants_other_map(writer.failure()))
                throw;
        }
        if (writer.failure() != 0)
            return failed(writer.failure(), writer.failed_call());
        if (!outcome)
            return {std::move(outcome)};

        auto const after = live_bytes(handle, database_);
        if (!after)
            return {after.error()};
        if (*after > growth_limit() && (!near_limit || writer.growth() > 0))
            return {lmdb_error(MDB_MAP_FULL, "write")};

        Companions companions{queue_, alone || near_limit ? 0 : options_.writes_per_commit - 1};
        if (!gather(handle, companions))
            return {.again = true};
        auto committed = commit(std::move(transaction));
        if (committed.map_error == 0)
            companions.finish(committed.outcome);
        return committed;
    }

    // Runs the bodies of others that wait, each in a transaction inside this one, so that each comes to nothing by
    // itself. False: this transaction is of no use any more.
    bool gather(MDB_txn* parent, Companions& companions)
    {
        auto const end = std::chrono::steady_clock::now() + gathering_patience;
        while (!companions.full() && std::chrono::steady_clock::now() < end)
        {
            auto* const write = queue_.take();
            if (!write)
                return true;
            companions.add(*write);
            auto const joined = join(parent, *write, companions);
            if (joined == Joined::not_now) // it leads next, with all the room that there is
                companions.put_back_last();
            if (joined != Joined::yes)
                return joined == Joined::not_now;
        }
        return true;
    }

    Joined join(MDB_txn* parent, PendingWrite& write, Companions const& companions)
    {
        MDB_txn* handle = nullptr;
        if (mdb_txn_begin(environment_.get(), parent, 0, &handle) != 0)
            return Joined::not_now;
        TransactionHandle transaction{handle};
        WriteTransaction writer{handle, database_, max_key_size_, queue_, companions.number(), false};
        try
        {
            write.outcome = write.body(writer);
        }
        catch (...)
        {
            write.thrown = std::current_exception();
        }
        if (writer.failure() != 0)
            return Joined::not_now;
        if (write.thrown || !write.outcome)
            return Joined::yes; // nothing of it stays, and it is told with the others: it may have seen their writes
        auto const after = live_bytes(handle, database_);
        if (!after || *after > growth_limit() - growth_limit() / 8)
            return Joined::not_now;
        return mdb_txn_commit(transaction.release()) == 0 ? Joined::yes : Joined::broken;
    }

    Attempt commit(TransactionHandle transaction)
    {
        if (auto there = options_.fsync ? file_is_there(environment_.get()) : result<void>{}; !there)
            return {there.error()};
        errno = 0;
        int error = mdb_txn_commit(transaction.release());
        if (error == 0)
            return {};
        // LMDB says EIO too when the system wrote less than it was given, which is how a disk becomes full. Then no
        // system call failed, and errno shows the difference.
        if (error == EIO && errno != EIO)
            error = ENOSPC;
        // After a failed fsync the system may have dropped the pages and call the next fsync a success: nothing
        // that is written from now on could be trusted. What was committed before lies in other pages: it can be read.
        if (error == EIO)
            lose(writes_lost);
        return failed(error, "mdb_txn_commit");
    }

    void lose(Loss loss) noexcept
    {
        if (lost_.load() < loss)
            lost_.store(loss);
    }

    // LMDB copies pages even to erase, so the last eighth is not for growing.
    std::size_t growth_limit() const { return options_.max_map_bytes - options_.max_map_bytes / 8; }

    // The caller holds writer_ and no transaction is active on this thread.
    result<void> make_room(int map_error)
    {
        std::size_t next = 0; // the size that another process chose
        if (map_error == MDB_MAP_FULL)
        {
            auto const now = map_bytes(environment_.get());
            if (now >= options_.max_map_bytes)
                return lmdb_error(MDB_MAP_FULL, "write");
            next = now > options_.max_map_bytes / 2 ? options_.max_map_bytes : now * 2;
        }
        return move_without_readers(next);
    }

    // The map can move only while nobody reads. Readers must not wait for each other for long, and may be kept out for
    // a moment only; so the gate closes and opens again, until a moment is found in which nobody is inside.
    result<void> move_without_readers(std::size_t next)
    {
        auto const end = std::chrono::steady_clock::now() + growth_patience;
        do
        {
            ReaderSlots::ClosedGate const gate{slots_, gate_patience};
            if (!gate.alone())
                continue;
            bool lost = false;
            auto moved = move_map(environment_.get(), next, lost);
            if (lost)
                lose(map_lost);
            return moved;
        } while (std::this_thread::sleep_for(std::chrono::milliseconds{20}), std::chrono::steady_clock::now() < end);
        return Error{ErrorCode::busy,
                     "Storage failure: the map must grow, and readers that stay do not let it.",
                     {},
                     std::chrono::seconds{5}};
    }

    // Destroyed from the last to the first: readers, then the environment, then the lock.
    LmdbOptions options_;
    DirectoryLock lock_;
    EnvironmentHandle environment_;
    MDB_dbi database_;
    std::size_t max_key_size_;
    ReaderSlots slots_;
    WriteQueue queue_;
    std::mutex writer_;                                         // of the map: the leader's, or a reader's that moves it
    std::chrono::steady_clock::time_point next_reader_check_{}; // guarded by writer_
    std::atomic<Loss> lost_{nothing_lost};
};

} // namespace

result<std::unique_ptr<kv::Engine>> open_engine(std::filesystem::path const& directory, LmdbOptions const& options)
{
    return open_and_see(directory, options, [](std::string_view, std::string_view) {});
}

result<std::unique_ptr<kv::Engine>> open_and_see(std::filesystem::path const& directory, LmdbOptions const& options,
                                                 SeeEntry see)
{
    auto const settings = normalised(options);
    StandardDescriptorsTaken const standard_descriptors; // none of them may become the database
    if (!standard_descriptors)
        return located(lmdb_error(errno, "open"), directory.native());
    if (auto const made = make_directory(directory); !made)
        return located(made.error(), directory.native());
    auto lock = DirectoryLock::take(directory);
    if (!lock)
        return located(lock.error(), directory.native());
    // Under the lock and before LMDB, which would trust what it finds.
    if (auto checked = check_pages(directory / "data.mdb", settings.check_bytes, see); !checked)
        return located(checked.error(), directory.native());
    auto environment = open_environment(directory, settings);
    if (!environment)
        return located(environment.error(), directory.native());
    // A disk that is full keeps the note out as well; a later start writes it.
    [[maybe_unused]] auto const noted = lock->note_database();
    if (auto const synced = settings.fsync ? sync_directory(directory) : result<void>{}; !synced)
        return located(synced.error(), directory.native());
    return std::unique_ptr<kv::Engine>(
        std::make_unique<LmdbEngine>(std::move(*lock), std::move(*environment), settings));
}

} // namespace scimkit::lmdb
