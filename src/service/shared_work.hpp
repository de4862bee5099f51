// SharedWork: what the services of one store have together. Each tenant has a service of its own, but the processors
// and the store's writer are there once.
#pragma once

#include "hashing_slots.hpp"
#include "turns.hpp"

#include <atomic>
#include <cstddef>
#include <memory>

namespace scimkit::service
{

struct SharedWork
{
    HashingSlots hashing{};
    Turns turns{};
    DryRuns dry_runs{};
    std::atomic<std::size_t> bulk_sections{0}; ///< of Bulks, that write or wait to
};

/// The one of a store, which lives as long as some service of the store holds it. Stores that forward to it have the
/// same. Threading: any.
std::shared_ptr<SharedWork> shared_work_of(ResourceStore const& store);

} // namespace scimkit::service
