// Waiting is bounded: who waits holds a thread, and a resource may be kept for as long as the longest change takes.
#include "turns.hpp"

#include <algorithm>

namespace scimkit::service
{
namespace
{

constexpr std::chrono::seconds patience{2};
constexpr int pause = 4; ///< times what a dry run took: others have four fifths of the writer's time

std::string key_of(std::string_view tenant, ResourceType const& type, std::string_view id)
{
    std::string key{tenant};
    key += '\0';        // which no tenant has
    key += type.name(); // an index is of one registry
    key += '/';
    key += id;
    return key;
}

Turns::Deadline at_most_patience(Turns::Deadline until)
{
    return std::min(until, std::chrono::steady_clock::now() + patience);
}

} // namespace

Turns::Turn::~Turn()
{
    if (owner_)
        owner_->give_back(key_);
}

Turns::Turn Turns::take(std::string_view tenant, ResourceType const& type, std::string_view id, Deadline until)
{
    auto key = key_of(tenant, type, id);
    std::unique_lock lock{mutex_};
    if (!given_back_.wait_until(lock, at_most_patience(until), [&] { return !taken_.contains(key); }))
        return {};
    taken_.insert(key);
    ++count_;
    return {*this, std::move(key)};
}

bool Turns::is_taken(std::string_view tenant, ResourceType const& type, std::string_view id)
{
    if (count_.load(std::memory_order_relaxed) == 0) // who comes too early is found out by the version
        return false;
    std::scoped_lock const lock{mutex_};
    return taken_.contains(key_of(tenant, type, id));
}

void Turns::wait(std::string_view tenant, ResourceType const& type, std::string_view id, Deadline until)
{
    auto const key = key_of(tenant, type, id);
    std::unique_lock lock{mutex_};
    given_back_.wait_until(lock, at_most_patience(until), [&] { return !taken_.contains(key); });
}

void Turns::give_back(std::string const& key) noexcept
{
    {
        std::scoped_lock const lock{mutex_};
        taken_.erase(key);
        --count_;
    }
    given_back_.notify_all();
}

result<void> DryRuns::begin(CallContext const& context)
{
    auto const until = at_most_patience(context.deadline);
    std::unique_lock lock{mutex_};
    for (;;) // whoever waits looks again before anybody else may wait
    {
        auto const now = std::chrono::steady_clock::now();
        if (!running_ && now >= next_)
        {
            running_ = true;
            return {};
        }
        if (now >= until || (!running_ && next_ > until) || somebody_waits_)
            return Error{.code = ErrorCode::busy,
                         .detail = "Dry runs have had their share of the store's time. Try again.",
                         .retry_after = std::chrono::seconds{1}};
        somebody_waits_ = true;
        ended_.wait_until(lock, running_ ? until : std::min(until, next_));
        somebody_waits_ = false;
    }
}

void DryRuns::end(std::chrono::steady_clock::time_point began) noexcept
{
    {
        std::scoped_lock const lock{mutex_};
        auto const now = std::chrono::steady_clock::now();
        running_ = false;
        next_ = now + pause * (now - began);
    }
    ended_.notify_all();
}

} // namespace scimkit::service
