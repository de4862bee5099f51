// The in-memory backend: a KvStore over a sorted map. For tests, samples and caches: nothing survives the process.
#pragma once

#include <scimkit/kv/store.hpp>

#include <memory>

namespace scimkit::kv
{
class Engine; // kv/engine.hpp
}

namespace scimkit::memory
{

/// An empty engine, for tests of engines; whoever calls this includes kv/engine.hpp. Snapshots are isolated: a writer
/// waits for running readers and the other way round, so keep bodies short. max_key_size() is 511, as LMDB's, so that
/// both behave the same.
///
/// Threading: as Engine. Lifetimes: the caller's. Errors: none here; of its members none but those of bodies, keys and
/// values that are too long, transactions within transactions, and cursors that are moved after a write without a new
/// seek (internal). Complexity: a transaction that writes takes what it writes; nothing is copied for a reader.
SCIMKIT_API std::unique_ptr<kv::Engine> make_engine();

/// An empty store with every ability of KvStore; not durable.
///
/// Threading: as ResourceStore. Lifetimes: shared; what it holds goes with the last owner. Errors: none here.
/// Complexity: as KvStore; memory in proportion to what it holds, a few times its size as JSON.
SCIMKIT_API std::shared_ptr<ResourceStore> make_store(kv::StoreOptions options = {});

} // namespace scimkit::memory
