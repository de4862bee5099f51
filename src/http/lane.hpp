// Lane: threads that carry out one kind of work, and the queue in front of them. Two lanes keep long work from holding
// up short work. The queue is bounded, in all and for each client; clients take turns, so that a thousand requests of
// one wait behind one of another, not the other way round.
//
// Threading: all functions from anywhere. Jobs run on the lane's threads.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
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

struct LaneOptions
{
    unsigned threads = 1;
    bool low_priority = false;
    std::size_t max_queued = 0;
    std::size_t max_per_client = 0;
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
    bool submit(std::uint64_t client, std::shared_ptr<Job> job);

    /// Takes a job that no limit counts: the server's own.
    void submit_own(std::shared_ptr<Job> job);

    /// Cancels what runs and what waits.
    void cancel() noexcept;

    /// Drops what waits, and returns when what runs has ended. Nothing of the lane holds a job afterwards.
    void stop() noexcept;

private:
    using Queue = std::deque<std::shared_ptr<Job>>;

    void work(std::size_t thread) noexcept;
    std::shared_ptr<Job> take(std::size_t thread);
    void push(std::uint64_t client, std::shared_ptr<Job> job);
    bool has_room(std::uint64_t client) const;
    void drop_cancelled(std::vector<std::shared_ptr<Job>>& dropped);

    LaneOptions const options_;
    std::mutex mutex_;
    std::condition_variable ready_;
    bool stopped_ = false;
    std::unordered_map<std::uint64_t, Queue> waiting_; ///< no queue in it is empty
    std::list<std::uint64_t> turns_;                   ///< the clients of waiting_, whose turn is next in front
    std::size_t queued_ = 0;
    std::vector<std::shared_ptr<Job>> running_; ///< one place for each thread
    std::vector<std::thread> threads_;
};

} // namespace scimkit::http
