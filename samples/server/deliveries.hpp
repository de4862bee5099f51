// Whom the server posts to about the changes of a tenant, and the readers of the change log that do so: signed messages
// (webhooks.hpp), or security event tokens (event_push.hpp).
#pragma once

#include <scimkit/events/log_reader.hpp>
#include <scimkit/service/service.hpp>

#include "outgoing.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace server
{

/// Where the changes of a tenant are posted to.
struct Target
{
    std::string tenant; ///< empty: all that have none of their own
    std::string url;
    /// Where its secret is, or how that is stored: with another one it is another target. Empty: it has none.
    std::string source{};
    /// The secret as it is now. Called for each batch, so that it can be exchanged. Empty: it has none.
    std::function<scimkit::result<std::string>()> secret{};

    friend bool operator==(Target const& a, Target const& b)
    {
        return a.tenant == b.tenant && a.url == b.url && a.source == b.source;
    }
};

using Targets = std::vector<Target>;

/// Names of readers: places in the log are kept under these.
inline constexpr std::string_view webhook_reader = "webhook";
inline constexpr std::string_view push_reader = "events-push";

/// What is posted, and how the target sees who posts it.
struct Posting
{
    std::string reader;     ///< one of these names
    std::string what;       ///< "a webhook", for the log
    bool own_types = false; ///< of the framework's own resources too
    /// False: of such a change there is nothing to tell.
    std::function<scimkit::result<bool>(Outgoing const&, std::string const& secret, scimkit::LoggedChange const&)>
        change;
    std::function<scimkit::result<bool>(Outgoing const&, std::string const& secret, scimkit::LogGap const&)> gap;
};

struct DeliveryCounts
{
    std::uint64_t delivered = 0;
    std::uint64_t failed = 0; ///< attempts; what failed is tried again
};

/// What became of a tenant's deliveries since it is served.
struct DeliveryState
{
    std::string host{}; ///< where they go; the rest of the URL may be a secret
    DeliveryCounts counts{};
    std::optional<scimkit::Instant> delivered{}; ///< the last one
    std::optional<scimkit::Instant> failed{};    ///< the last attempt that did
    std::string reason{};                        ///< why, without a secret
    std::optional<scimkit::Instant> next{};      ///< when it is tried again; nothing: nothing waits for that
};

inline constexpr std::size_t max_own_targets = 256; ///< tenants with a target of their own, a thread each; others wait

/// Posts to targets for as long as it lives, in the order of each tenant, each target on a thread of its own. An answer
/// of 2xx within ten seconds is a delivery; everything else, a redirection too, is tried again after a pause that grows
/// to a minute, and what comes after it waits. Of a tenant that is not served nothing is posted; what changes
/// meanwhile, or has changed before, is posted when it is served again. The end waits for the posts that are under way.
///
/// Threading: all functions from any thread; they do not wait.
class Deliveries
{
public:
    using Log = std::function<void(scimkit::LogLevel, std::string_view)>;
    using IsServed = std::function<bool(std::string_view tenant)>;

    /// `is_served` is called often, by several threads.
    Deliveries(std::shared_ptr<scimkit::ResourceStore> store, Posting posting, IsServed is_served, Log log);
    ~Deliveries();
    Deliveries(Deliveries const&) = delete;
    Deliveries& operator=(Deliveries const&) = delete;

    /// From now on these are the targets; one for each tenant.
    void exchange(Targets targets);
    /// Which tenants are served may have changed.
    void refresh();

    /// Of all tenants, since the start.
    DeliveryCounts counts() const;
    /// Nothing: the tenant's changes are posted nowhere.
    std::optional<DeliveryState> state_of(std::string_view tenant) const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace server
