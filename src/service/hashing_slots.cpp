// Waiting takes a worker of the server too, so that no more wait than hash: who comes then is told to come again, in a
// second, and the other workers are there for those who write no secrets.
#include "hashing_slots.hpp"

namespace scimkit::service
{
namespace
{

Error busy()
{
    return {ErrorCode::busy,
            "The service hashes as many secrets as it can; nothing was changed. Try again.",
            {},
            std::chrono::seconds{1}};
}

} // namespace

HashingSlots::HashingSlots(unsigned slots) noexcept
    : slots_{slots}
{
}

HashingSlots::Slot::~Slot()
{
    if (owner_ != nullptr)
        owner_->give_back();
}

result<HashingSlots::Slot> HashingSlots::take(CallContext const& context)
{
    std::unique_lock lock{mutex_};
    if (taken_ >= slots_)
    {
        if (waiting_ >= slots_)
            return busy();
        ++waiting_;
        bool const got = given_back_.wait_until(lock, context.deadline, [&] { return taken_ < slots_; });
        --waiting_;
        if (!got)
            return busy();
    }
    ++taken_;
    return Slot{*this};
}

void HashingSlots::give_back() noexcept
{
    {
        std::lock_guard const lock{mutex_};
        --taken_;
    }
    given_back_.notify_one();
}

} // namespace scimkit::service
