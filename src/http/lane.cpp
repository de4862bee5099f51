// Why not an asio::thread_pool: its queue has no bound, no order but that of arrival, and nothing in it can be taken
// back; and an exception that leaves a handler ends the process.
#include "lane.hpp"

#include <algorithm>
#include <utility>

namespace scimkit::http
{

namespace
{

constexpr std::uint64_t own_client = 0;

} // namespace

Lane::Lane(LaneOptions options)
    : options_(options)
    , running_(options.threads)
{
    threads_.reserve(options.threads);
    try
    {
        for (std::size_t i = 0; i < options.threads; ++i)
            threads_.emplace_back([this, i] { work(i); });
    }
    catch (...)
    {
        stop();
        throw;
    }
}

Lane::~Lane() { stop(); }

bool Lane::submit(std::uint64_t client, std::shared_ptr<Job> job, Caller caller)
{
    std::vector<std::shared_ptr<Job>> dropped; // the last reference to a job may go with it: not under the lock
    std::lock_guard const lock{mutex_};
    if (stopped_)
        return false;
    if (!has_room(client, caller))
    {
        drop_cancelled(dropped);
        if (!has_room(client, caller))
            return false;
    }
    push(client, std::move(job), caller);
    return true;
}

void Lane::submit_own(std::shared_ptr<Job> job)
{
    std::lock_guard const lock{mutex_};
    if (!stopped_)
        push(own_client, std::move(job), Caller::known);
}

void Lane::cancel() noexcept
{
    std::lock_guard const lock{mutex_};
    for (auto const& running : running_)
        if (running.job)
            running.job->cancel();
    for (auto const& [client, queue] : waiting_)
        for (auto const& job : queue.jobs)
            job->cancel();
}

void Lane::stop() noexcept
{
    std::unordered_map<std::uint64_t, Queue> dropped;
    {
        std::lock_guard const lock{mutex_};
        stopped_ = true;
        dropped.swap(waiting_);
        turns_.clear();
        queued_ = 0;
        strangers_ = 0;
    }
    cancel();
    ready_.notify_all();
    for (auto& thread : threads_)
        if (thread.joinable())
            thread.join();
}

void Lane::work(std::size_t thread) noexcept
{
    set_urgency(options_.urgency);
    while (auto const job = take(thread))
    {
        if (!job->cancelled().load(std::memory_order_relaxed))
            job->run();
        std::lock_guard const lock{mutex_};
        running_[thread] = {}; // should one of the same client have waited for this, take() finds it now
    }
}

/// The next job, or null when the lane has stopped.
std::shared_ptr<Job> Lane::take(std::size_t thread)
{
    std::unique_lock lock{mutex_};
    auto turn = turns_.end();
    ready_.wait(lock, [&] { return stopped_ || (turn = next_turn()) != turns_.end(); });
    if (stopped_)
        return nullptr;
    auto const queue = waiting_.find(*turn);
    running_[thread].client = *turn;
    auto job = std::move(queue->second.jobs.front());
    queue->second.jobs.pop_front();
    note_taken(queue->second);
    if (queue->second.jobs.empty())
    {
        waiting_.erase(queue);
        turns_.erase(turn);
    }
    else
        turns_.splice(turns_.end(), turns_, turn); // allocates nothing
    running_[thread].job = job;
    return job;
}

/// The first client that has not as much running as it may.
std::list<std::uint64_t>::iterator Lane::next_turn()
{
    if (options_.max_running_per_client >= options_.threads)
        return turns_.begin();
    return std::ranges::find_if(turns_,
                                [this](std::uint64_t client)
                                {
                                    auto const running =
                                        std::ranges::count_if(running_, [&](Running const& each)
                                                              { return each.job && each.client == client; });
                                    return static_cast<std::size_t>(running) < options_.max_running_per_client;
                                });
}

void Lane::push(std::uint64_t client, std::shared_ptr<Job> job, Caller caller)
{
    auto const [queue, is_new] = waiting_.try_emplace(client, Queue{.caller = caller});
    try
    {
        queue->second.jobs.push_back(std::move(job));
        if (is_new)
            turns_.push_back(client);
    }
    catch (...) // no memory: as if it had never been given
    {
        if (is_new)
            waiting_.erase(queue);
        throw;
    }
    ++queued_;
    if (queue->second.caller == Caller::stranger)
        ++strangers_;
    ready_.notify_one();
}

bool Lane::has_room(std::uint64_t client, Caller caller) const
{
    auto const stranger = caller == Caller::stranger;
    if (queued_ >= options_.max_queued || (stranger && strangers_ >= options_.max_strangers()))
        return false;
    auto const most = stranger ? options_.max_per_stranger() : options_.max_per_client;
    auto const queue = waiting_.find(client);
    return queue == waiting_.end() || queue->second.jobs.size() < most;
}

/// A job has left the queue.
void Lane::note_taken(Queue const& queue) noexcept
{
    --queued_;
    if (queue.caller == Caller::stranger)
        --strangers_;
}

void Lane::drop_cancelled(std::vector<std::shared_ptr<Job>>& dropped)
{
    dropped.reserve(queued_);
    for (auto entry = waiting_.begin(); entry != waiting_.end();)
    {
        auto& queue = entry->second;
        std::erase_if(queue.jobs,
                      [&](std::shared_ptr<Job> const& job)
                      {
                          if (!job->cancelled().load(std::memory_order_relaxed))
                              return false;
                          dropped.push_back(job);
                          note_taken(queue);
                          return true;
                      });
        if (queue.jobs.empty())
        {
            std::erase(turns_, entry->first);
            entry = waiting_.erase(entry);
        }
        else
            ++entry;
    }
}

} // namespace scimkit::http
