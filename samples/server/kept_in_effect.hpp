// What the administration has stored holds on every server over the same database, within a second or two, and after a
// store that failed: a key that is revoked by the one must not stay good on the others.
#pragma once

#include <scimkit/service/service.hpp>
#include <scimkit/store/change_log.hpp>
#include <scimkit/store/store.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

namespace server
{

/// Follows the change log of the administration, in a thread of its own, and has no place in the store: whoever starts
/// has read everything.
class KeptInEffect
{
public:
    struct Effect
    {
        std::function<scimkit::result<void>()> put; ///< all that is stored; called again until it succeeds
        std::function<scimkit::LogPosition()>
            reached{}; ///< up to which change of the log that was done, by anybody here
        /// Between two attempts; twice as long after each one, 30 s at most.
        std::chrono::milliseconds pause{500};
    };
    using Log = std::function<void(scimkit::LogLevel, std::string_view)>;

    /// Calls `effect.put` after each change of what matters() in `tenant` of the store that is not in effect yet. Does
    /// nothing over a store without a change log.
    /// Lifetimes: what the functions use outlives the object, whose end waits for a call that is under way.
    KeptInEffect(std::shared_ptr<scimkit::ResourceStore> store, std::string tenant, Effect effect, Log log);

private:
    std::jthread thread_;
};

} // namespace server
