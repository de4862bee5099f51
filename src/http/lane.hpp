// Lane: threads that carry out one kind of work, and the queue in front of them. Two lanes keep long work from holding
// up short work. The queue is bounded, in all and for each client, and more tightly for strangers; clients take
// turns, so that a thousand requests of one wait behind one of another, not the other way round.
//
// Threading: all functions from anywhere. Jobs run on the lane's threads.
#pragma once

#include "../core/urgency.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <list>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

namespace scimkit::http
{

class Job
{
public:
    virtual ~Job() = default;

    /// Does the work. Must not throw: nobody could say so to whoever waits.
    virtual void run() noexcept = 0;

    /// Nobody waits for it any more: a job that waits is dropped, one that runs should end soon if it may.
    void cancel() noexcept { cancelled_.store(true, std::memory_order_relaxed); }
    std::atomic<bool> const& cancelled() const noexcept { return cancelled_; }

private:
    std::atomic<bool> cancelled_{false};
};

/// For whom a job is.
enum class Caller
{
    known,
    stranger ///< anybody: how many clients they seem to be is theirs to choose
};

struct LaneOptions
{
    unsigned threads = 1;
    Urgency urgency = Urgency::soon;
    std::size_t max_queued = 0;
    std::size_t max_per_client = 0;
    std::size_t max_running_per_client = std::numeric_limits<std::size_t>::max();

    // A part of the places is for those who are known, however many strangers come.
    std::size_t max_strangers() const noexcept { return std::max<std::size_t>(1, max_queued / 2); }
    std::size_t max_per_stranger() const noexcept
    {
        return std::min(max_per_client, std::max<std::size_t>(1, max_queued / 8));
    }
};

class Lane
{
public:
    /// Starts the threads. Throws std::system_error if there are none to be had.
    explicit Lane(LaneOptions options);
    Lane(Lane const&) = delete;
    Lane& operator=(Lane const&) = delete;
    ~Lane();

    /// Takes a job. False: there is no room, or the lane has stopped.
    bool submit(std::uint64_t client, std::shared_ptr<Job> job, Caller caller = Caller::known);

    /// Takes a job that no limit counts: the server's own.
    void submit_own(std::shared_ptr<Job> job);

    /// Jobs that wait.
    std::size_t queued() const
    {
        std::lock_guard const lock{mutex_};
        return queued_;
    }

    /// Cancels what runs and what waits.
    void cancel() noexcept;

    /// Drops what waits, and returns when what runs has ended. Nothing of the lane holds a job afterwards.
    void stop() noexcept;

private:
    struct Queue
    {
        Caller caller = Caller::known;
        std::deque<std::shared_ptr<Job>> jobs{};
    };

    struct Running
    {
        std::shared_ptr<Job> job{}; ///< null: the thread has nothing to do
        std::uint64_t client = 0;
    };

    void work(std::size_t thread) noexcept;
    std::shared_ptr<Job> take(std::size_t thread);
    std::list<std::uint64_t>::iterator next_turn();
    void push(std::uint64_t client, std::shared_ptr<Job> job, Caller caller);
    bool has_room(std::uint64_t client, Caller caller) const;
    void note_taken(Queue const& queue) noexcept;
    void drop_cancelled(std::vector<std::shared_ptr<Job>>& dropped);

    LaneOptions const options_;
    mutable std::mutex mutex_;
    std::condition_variable ready_;
    bool stopped_ = false;
    std::unordered_map<std::uint64_t, Queue> waiting_; ///< no queue in it is empty; a client is of one kind
    std::list<std::uint64_t> turns_;                   ///< the clients of waiting_, whose turn is next in front
    std::size_t queued_ = 0;
    std::size_t strangers_ = 0;    ///< of queued_
    std::vector<Running> running_; ///< one place for each thread
    std::vector<std::thread> threads_;
};

} // namespace scimkit::http
