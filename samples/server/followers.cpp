// A tenant's own administrator asks "did they get it": so the lag of the reader and the outcome of its posts are one
// answer.
#include "followers.hpp"

#include <scimkit/core/date_time.hpp>
#include <scimkit/core/environment.hpp>

#include "audit.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace server
{

using scimkit::result;
namespace json = scimkit::json;

namespace
{

constexpr std::string_view poll_reader = "events"; // EventStreamOptions::reader

void add_time(json::object& object, char const* name, std::optional<scimkit::Instant> const& time)
{
    if (time)
        object[name] = scimkit::format_date_time(*time);
}

json::object description_of(ReaderLag const& lag)
{
    json::object all{{"reader", lag.reader}, {"waiting", lag.changes}, {"secondsBehind", lag.behind.count()}};
    add_time(all, "acknowledged", lag.acknowledged);
    return all;
}

void add_state(json::object& follower, DeliveryState const& state)
{
    follower["host"] = state.host;
    follower["delivered"] = state.counts.delivered;
    follower["failed"] = state.counts.failed;
    add_time(follower, "lastDelivered", state.delivered);
    add_time(follower, "lastFailed", state.failed);
    add_time(follower, "nextAttempt", state.next);
    if (!state.reason.empty())
        follower["reason"] = state.reason;
}

} // namespace

OwnReadersOf own_readers(Configuration const& configuration)
{
    return [targets = configuration.targets, is_audited = configuration.is_audited,
            is_polled = static_cast<bool>(configuration.event_token)](std::string_view tenant)
    {
        std::vector<OwnReader> all{{std::string{audit_reader}, is_audited}};
        for (auto const& kind : targets->kinds(tenant))
            all.push_back({std::string{kind.reader}, kind.state.has_value()});
        if (!is_polled)
            all.push_back({std::string{poll_reader}, false});
        return all;
    };
}

result<json::object> followers_of(Configuration const& configuration, std::string_view tenant)
{
    auto const found = look_at_log(*configuration.service.store, tenant, own_readers(configuration),
                                   scimkit::system_environment()->now());
    if (!found)
        return found.error();
    auto const kinds = configuration.targets->kinds(tenant);
    json::array followers;
    for (ReaderLag const& lag : found->readers)
    {
        auto follower = description_of(lag);
        if (auto const kind = std::ranges::find(kinds, lag.reader, &TargetsOfTenants::Kind::reader);
            kind != kinds.end() && kind->state)
            add_state(follower, *kind->state);
        followers.push_back(std::move(follower));
    }
    return json::object{{"tenant", tenant},
                        {"logBytes", found->bytes},
                        {"isPolled", static_cast<bool>(configuration.event_token)},
                        {"followers", std::move(followers)}};
}

} // namespace server
