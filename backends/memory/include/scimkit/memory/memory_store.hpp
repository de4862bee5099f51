// The in-memory backend: a KvStore over a sorted map. For tests, samples and caches: nothing survives the process.
#pragma once

#include <scimkit/kv/engine.hpp>
#include <scimkit/kv/store.hpp>

#include <memory>

namespace scimkit::memory
{

/// An empty engine. Snapshots are isolated: a writer waits for running readers and the other way round, so keep
/// bodies short. max_key_size() is 511, as LMDB's, so that both behave the same.
SCIMKIT_API std::unique_ptr<kv::Engine> make_engine();

/// An empty store with every ability of KvStore; not durable. Threading: as ResourceStore.
SCIMKIT_API std::shared_ptr<ResourceStore> make_store(kv::StoreOptions options = {});

} // namespace scimkit::memory
