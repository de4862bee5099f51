// By the store's address: whoever holds the work holds a service, and that holds the store, so that no other store can
// have the address meanwhile.
#include "shared_work.hpp"

#include <scimkit/store/forwarding_store.hpp>

#include <map>
#include <mutex>

namespace scimkit::service
{

std::shared_ptr<SharedWork> shared_work_of(ResourceStore const& store)
{
    static std::mutex mutex;
    static std::map<ResourceStore const*, std::weak_ptr<SharedWork>> all;

    auto const* innermost = &store;
    while (auto const* const forwarding = dynamic_cast<ForwardingStore const*>(innermost))
        innermost = &forwarding->inner();
    std::lock_guard const lock{mutex};
    std::erase_if(all, [](auto const& each) { return each.second.expired(); });
    auto& known = all[innermost];
    auto work = known.lock();
    if (!work)
        known = work = std::make_shared<SharedWork>();
    return work;
}

} // namespace scimkit::service
