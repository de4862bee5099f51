// AttachedRegistry: the registry that a store serves. Resource types and attributes are known by their addresses, so a
// store cannot serve two registries at once: with those of the second one, what was stored through the first would seem
// to lack its large attributes, and be written back without them.
#pragma once

#include <scimkit/store/store.hpp>

#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace scimkit
{

/// Threading: attach() may be called from any number of threads at once.
class AttachedRegistry
{
public:
    /// Runs `prepare` for the first registry and remembers it if that succeeds. The same registry again is welcome,
    /// another one is refused. Errors: invalid_value, those of `prepare`.
    result<void> attach(std::shared_ptr<SchemaRegistry const> registry, std::string_view store,
                        function_ref<result<void>()> prepare)
    {
        std::scoped_lock const lock(mutex_);
        if (registry_)
            return registry == registry_ ? result<void>{} : result<void>{refusal(store)};
        if (auto prepared = prepare(); !prepared)
            return prepared;
        registry_ = std::move(registry);
        return {};
    }

private:
    static Error refusal(std::string_view store)
    {
        return {ErrorCode::invalid_value, "store '" + std::string{store} +
                                              "' is in use with another registry; services that share a store must "
                                              "share one SchemaRegistry object (ServiceOptions::registry)"};
    }

    std::mutex mutex_;
    std::shared_ptr<SchemaRegistry const> registry_;
};

} // namespace scimkit
