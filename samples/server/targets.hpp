// Which targets the settings name: those of the command line, of the tenants' file, and of the administration.
#pragma once

#include "deliveries.hpp"
#include "log_lag.hpp"
#include "settings.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace server
{

class Sealing;

/// Of both kinds.
struct AllTargets
{
    Targets webhooks{};
    Targets pushes{};
};

/// What a tenant of the administration says: the secrets are sealed, or there are none.
struct TargetSettings
{
    std::string tenant{};
    std::string webhook{};
    std::string webhook_secret{};
    std::string event_push{};
    std::string event_push_authorization{};
    bool has_events = false; ///< --event-key-file: there are tokens that could be pushed
};

/// Of --webhook, --event-push and the tenants file. Errors: one sentence for the operator, of the first that is wrong.
scimkit::result<AllTargets> read_targets(Settings const& settings);

/// Adds what it says to `all`. Error: what is wrong with it first; what is wrong is added as a target that takes
/// nothing, so that what is the tenant's own waits and goes to no target of all.
scimkit::result<void> add_targets(AllTargets& all, TargetSettings const& said,
                                  std::shared_ptr<Sealing const> const& sealing);

/// Those of both sides together, and the deliveries that are told of them. Where a tenant of both has one, the file's
/// counts.
///
/// Threading: any. Lifetimes: the deliveries outlive it, or are told no more.
class TargetsOfTenants
{
public:
    void set_files(AllTargets of_files);
    void set_administered(AllTargets administered);
    /// Which tenants are served may have changed.
    void refresh();
    /// From now on they are told; null: no more.
    void tell(Deliveries* webhooks, Deliveries* pushes);

    /// One kind of deliveries, by its reader in the log.
    struct Kind
    {
        std::string_view reader;
        DeliveryCounts counts{};              ///< of all tenants
        std::optional<DeliveryState> state{}; ///< of the one that was asked for; nothing: it is not told
    };
    std::vector<Kind> kinds(std::string_view tenant = {}) const;

private:
    void tell() const; ///< under the lock

    mutable std::mutex mutex_;
    AllTargets of_files_;
    AllTargets administered_;
    Deliveries* webhooks_ = nullptr;
    Deliveries* pushes_ = nullptr;
};

} // namespace server
