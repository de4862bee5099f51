// HashingSlots: how many requests may hash secrets at the same time. A hash takes milliseconds of a processor and
// megabytes of memory by design; without a bound a few clients that write passwords would hold every worker.
#pragma once

#include <scimkit/store/store.hpp>

#include <condition_variable>
#include <mutex>
#include <utility>

namespace scimkit::service
{

/// Threading: all functions from any thread.
class HashingSlots
{
public:
    /// `slots` requests hash at once, and as many may wait.
    explicit HashingSlots(unsigned slots) noexcept;

    /// A slot, given back when it goes. Neither copied nor kept beyond the request.
    class Slot
    {
    public:
        explicit Slot(HashingSlots& owner) noexcept
            : owner_{&owner}
        {
        }
        Slot(Slot&& other) noexcept
            : owner_{std::exchange(other.owner_, nullptr)}
        {
        }
        Slot& operator=(Slot&&) = delete;
        ~Slot();

    private:
        HashingSlots* owner_;
    };

    /// Waits for a slot, until the deadline at most. Error: busy (too many wait already, or it took too long).
    result<Slot> take(CallContext const& context);

private:
    void give_back() noexcept;

    std::mutex mutex_;
    std::condition_variable given_back_;
    unsigned const slots_;
    unsigned taken_ = 0;
    unsigned waiting_ = 0;
};

} // namespace scimkit::service
