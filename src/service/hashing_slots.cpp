// Waiting takes a worker of the server too, so that no more wait than hash: who comes then is told to come again, in a
// second, and the other workers are there for those who write no secrets. Who waits longest is next.
#include "hashing_slots.hpp"

#include <algorithm>

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

HashingSlots::Slot::~Slot()
{
    if (owner_)
        owner_->give_back(tenant_);
}

result<HashingSlots::Slot> HashingSlots::take(CallContext const& context, std::string_view tenant, unsigned slots)
{
    std::string name{tenant};
    std::unique_lock lock{mutex_};
    if (taken_ < slots && waiting_.empty())
    {
        ++places_[name];
        ++taken_;
        return Slot{*this, std::move(name)};
    }
    if (waiting_.size() >= slots && !make_room(name))
        return busy();
    Waiting self{name};
    auto& places = places_[name];
    auto const place = waiting_.insert(waiting_.end(), &self); // the last that may fail
    ++places;
    bool const in_time = changed_.wait_until(
        lock, context.deadline, [&] { return self.sent_away || (taken_ < slots && waiting_.front() == &self); });
    if (self.sent_away) // make_room() has taken it off the list
        return busy();
    waiting_.erase(place);
    changed_.notify_all(); // somebody else is the first now
    if (!in_time)
    {
        leave(name);
        return busy();
    }
    ++taken_;
    return Slot{*this, std::move(name)};
}

/// Sends away the last who waits of the tenant that has most places, if that has more than `tenant` would have.
bool HashingSlots::make_room(std::string const& tenant)
{
    auto const places_of = [&](std::string const& name)
    {
        auto const found = places_.find(name);
        return found == places_.end() ? 0U : found->second;
    };
    auto most = waiting_.end();
    for (auto each = waiting_.begin(); each != waiting_.end(); ++each)
        if (most == waiting_.end() || places_of((*each)->tenant) >= places_of((*most)->tenant))
            most = each;
    if (most == waiting_.end() || places_of((*most)->tenant) <= places_of(tenant) + 1)
        return false;
    (*most)->sent_away = true;
    leave((*most)->tenant);
    waiting_.erase(most);
    changed_.notify_all();
    return true;
}

void HashingSlots::leave(std::string const& tenant) noexcept
{
    auto const found = places_.find(tenant);
    if (--found->second == 0)
        places_.erase(found);
}

void HashingSlots::give_back(std::string const& tenant) noexcept
{
    {
        std::lock_guard const lock{mutex_};
        --taken_;
        leave(tenant);
    }
    changed_.notify_all();
}

} // namespace scimkit::service
