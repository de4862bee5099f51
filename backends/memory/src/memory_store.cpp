// A store in memory is the key-value store over an engine that keeps everything in memory; nothing else differs from
// one that lasts.
#include <scimkit/kv/engine.hpp>
#include <scimkit/memory/memory_store.hpp>

namespace scimkit::memory
{

std::shared_ptr<ResourceStore> make_store(kv::StoreOptions options)
{
    if (options.name == kv::StoreOptions{}.name)
        options.name = "memory";
    return kv::make_store(make_engine(), std::move(options)).value(); // an empty engine is never refused
}

} // namespace scimkit::memory
