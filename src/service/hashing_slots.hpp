// HashingSlots: how many requests may hash secrets at the same time. A hash takes milliseconds of a processor and
// megabytes of memory by design; without a bound a few clients that write passwords would hold every worker.
#pragma once

#include <scimkit/store/store.hpp>

#include <condition_variable>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace scimkit::service
{

/// Shared by all services of a store, so that many tenants take no more than one. Threading: all functions from any
/// thread.
class HashingSlots
{
public:
    /// A slot, given back when it goes. Neither copied nor kept beyond the request.
    class Slot
    {
    public:
        Slot(HashingSlots& owner, std::string tenant) noexcept
            : owner_(&owner)
            , tenant_(std::move(tenant))
        {
        }
        Slot(Slot&& other) noexcept
            : owner_(std::exchange(other.owner_, nullptr))
            , tenant_(std::move(other.tenant_))
        {
        }
        Slot& operator=(Slot&&) = delete;
        ~Slot();

    private:
        HashingSlots* owner_;
        std::string tenant_;
    };

    /// Waits for one of `slots` slots, until the deadline at most; as many may wait. While all places are taken, a
    /// tenant that has fewer of them takes the place of one who waits of a tenant that has more. Error: busy (too many
    /// wait already, it took too long, or the place went to another tenant).
    result<Slot> take(CallContext const& context, std::string_view tenant, unsigned slots);

private:
    struct Waiting
    {
        std::string const& tenant;
        bool sent_away = false;
    };

    bool make_room(std::string const& tenant);
    void leave(std::string const& tenant) noexcept;
    void give_back(std::string const& tenant) noexcept;

    std::mutex mutex_;
    std::condition_variable changed_;
    unsigned taken_ = 0;
    std::list<Waiting*> waiting_;                         ///< in the order in which they came
    std::map<std::string, unsigned, std::less<>> places_; ///< of each tenant: slots, and those who wait
};

} // namespace scimkit::service
