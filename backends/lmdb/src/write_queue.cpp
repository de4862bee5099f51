// A waiting thread is told under the lock: what it waits on lies on its own stack, which it may leave at once.
#include "write_queue.hpp"

#include <utility>

namespace scimkit::lmdb
{

bool WriteQueue::enter(PendingWrite& write, std::chrono::steady_clock::time_point deadline)
{
    using State = PendingWrite::State;
    std::unique_lock lock{mutex_};
    if (!led_)
    {
        led_ = true;
        write.state_ = State::leading;
        return true;
    }
    (last_ ? last_->next_ : first_) = &write;
    last_ = &write;
    ++waiting_;
    auto const is_decided = [&] { return write.state_ == State::leading || write.state_ == State::finished; };
    while (!is_decided())
    {
        // No clock is waited for where there is no deadline: adding to its last time would run over.
        if (write.state_ == State::taken || deadline == std::chrono::steady_clock::time_point::max())
            write.changed_.wait(lock);
        else if (write.changed_.wait_until(lock, deadline) == std::cv_status::timeout && write.state_ == State::waiting)
        {
            remove(write);
            write.outcome =
                Error{ErrorCode::busy, "Others write for longer than this request may wait; nothing was changed."};
            return false;
        }
    }
    return write.state_ == State::leading;
}

void WriteQueue::remove(PendingWrite& write) noexcept
{
    PendingWrite* before = nullptr;
    for (auto* each = first_; each != &write; each = each->next_)
        before = each;
    (before ? before->next_ : first_) = write.next_;
    if (last_ == &write)
        last_ = before;
    write.next_ = nullptr;
    --waiting_;
}

std::size_t WriteQueue::waiting() noexcept
{
    std::scoped_lock const lock{mutex_};
    return waiting_;
}

PendingWrite* WriteQueue::take()
{
    std::scoped_lock const lock{mutex_};
    return take_first();
}

PendingWrite* WriteQueue::take_first() noexcept
{
    auto* const first = first_;
    if (!first)
        return nullptr;
    first_ = std::exchange(first->next_, nullptr);
    if (!first_)
        last_ = nullptr;
    --waiting_;
    first->state_ = PendingWrite::State::taken;
    return first;
}

void WriteQueue::put_back(PendingWrite& write)
{
    write.outcome = {};
    write.thrown = nullptr;
    std::scoped_lock const lock{mutex_};
    write.next_ = first_;
    first_ = &write;
    if (!last_)
        last_ = &write;
    ++waiting_;
    write.state_ = PendingWrite::State::waiting;
    write.changed_.notify_one(); // it looks at the clock again
}

void WriteQueue::finish(PendingWrite& write)
{
    std::scoped_lock const lock{mutex_};
    write.state_ = PendingWrite::State::finished;
    write.changed_.notify_one();
}

void WriteQueue::leave()
{
    std::scoped_lock const lock{mutex_};
    auto* const next = take_first();
    led_ = next != nullptr;
    if (!next)
        return;
    next->state_ = PendingWrite::State::leading;
    next->changed_.notify_one();
}

void Companions::put_back_last()
{
    queue_.put_back(*writes_.back());
    writes_.pop_back();
}

void Companions::put_back()
{
    while (!writes_.empty())
        put_back_last();
}

void Companions::finish(result<void> const& commit)
{
    for (auto* const write : writes_)
    {
        if (!commit)
        {
            write->outcome = commit.error();
            write->thrown = nullptr;
        }
        queue_.finish(*write);
    }
    writes_.clear();
}

} // namespace scimkit::lmdb
