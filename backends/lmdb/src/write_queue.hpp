// WriteQueue: who waits to write. One thread at a time leads: it commits its own body and those of others that came
// meanwhile, since one fsync makes them all durable. Bodies of others run on the leader's thread, while theirs wait.
#pragma once

#include <scimkit/kv/engine.hpp>

#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <vector>

namespace scimkit::lmdb
{

using WriteBody = function_ref<result<void>(kv::Writer&)>;

/// One write that waits. Lives on the stack of the thread that wants it.
class PendingWrite
{
public:
    explicit PendingWrite(WriteBody wanted) noexcept
        : body(wanted)
    {
    }
    PendingWrite(PendingWrite const&) = delete;
    PendingWrite& operator=(PendingWrite const&) = delete;

    WriteBody body;
    result<void> outcome{};
    std::exception_ptr thrown{}; ///< by the body

private:
    friend class WriteQueue;
    enum class State
    {
        waiting, ///< in the queue
        taken,   ///< a leader has it
        leading,
        finished
    };
    State state_ = State::waiting;
    PendingWrite* next_ = nullptr; ///< that waits: a queue without memory of its own cannot run out of it
    std::condition_variable changed_;
};

/// Threading: all members from any thread; take(), put_back(), finish(), waiting() and leave() from the leader.
class WriteQueue
{
public:
    /// Waits until this write leads (true), or has been carried out by another leader (false). It waits to begin until
    /// `deadline` at most; then false too, with an outcome that says so, and nobody will ever begin it.
    bool enter(PendingWrite& write, std::chrono::steady_clock::time_point deadline);

    /// The one that waits longest, or null. It has to be put back or finished.
    PendingWrite* take();

    /// It waits again, before all others.
    void put_back(PendingWrite& write);

    /// `outcome` and `thrown` are set; its thread goes on, and the object may be gone at once.
    void finish(PendingWrite& write);

    /// Those that the leader has not taken.
    std::size_t waiting() noexcept;

    /// Somebody else leads from now on.
    void leave();

private:
    // The caller holds mutex_.
    PendingWrite* take_first() noexcept;
    void remove(PendingWrite& write) noexcept;

    std::mutex mutex_;
    PendingWrite* first_ = nullptr;
    PendingWrite* last_ = nullptr;
    std::size_t waiting_ = 0; // from the one to the other
    bool led_ = false;
};

/// Those whose bodies are in the leader's transaction. What is neither finished nor put back when this is destroyed is
/// put back then.
class Companions
{
public:
    /// `most` that can be added.
    Companions(WriteQueue& queue, std::size_t most)
        : queue_(queue)
    {
        writes_.reserve(most);
    }
    Companions(Companions const&) = delete;
    Companions& operator=(Companions const&) = delete;
    ~Companions() { put_back(); }

    bool full() const noexcept { return writes_.size() == writes_.capacity(); }
    std::size_t number() const noexcept { return writes_.size(); }
    void add(PendingWrite& write) { writes_.push_back(&write); } // within what was reserved: does not throw

    /// The last one in first, so that they wait in the order in which they came.
    void put_back();
    void put_back_last();

    /// All of them: with their own outcomes, or, where the commit failed, with its error.
    void finish(result<void> const& commit);

private:
    WriteQueue& queue_;
    std::vector<PendingWrite*> writes_;
};

} // namespace scimkit::lmdb
