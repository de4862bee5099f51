// A waiting thread is told under the lock: what it waits on lies on its own stack, which it may leave at once.
#include "write_queue.hpp"

#include <utility>

namespace scimkit::lmdb
{

bool WriteQueue::enter(PendingWrite& write)
{
    std::unique_lock lock(mutex_);
    if (!led_)
    {
        led_ = true;
        write.state_ = PendingWrite::State::leading;
        return true;
    }
    (last_ ? last_->next_ : first_) = &write;
    last_ = &write;
    write.changed_.wait(lock, [&] { return write.state_ != PendingWrite::State::waiting; });
    return write.state_ == PendingWrite::State::leading;
}

PendingWrite* WriteQueue::take()
{
    std::scoped_lock const lock(mutex_);
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
    return first;
}

void WriteQueue::put_back(PendingWrite& write)
{
    write.outcome = {};
    write.thrown = nullptr;
    std::scoped_lock const lock(mutex_);
    write.next_ = first_;
    first_ = &write;
    if (!last_)
        last_ = &write;
}

void WriteQueue::finish(PendingWrite& write)
{
    std::scoped_lock const lock(mutex_);
    write.state_ = PendingWrite::State::finished;
    write.changed_.notify_one();
}

void WriteQueue::leave()
{
    std::scoped_lock const lock(mutex_);
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
