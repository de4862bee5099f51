// A label is the name of a reader, and those are the server's own or an operator's: never a tenant, of which there may
// be thousands. The page says which tenant it is.
#include "log_metrics.hpp"

#include <scimkit/core/environment.hpp>
#include <scimkit/service/async_requests.hpp>

#include "followers.hpp"
#include "log_lag.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <sstream>
#include <utility>

namespace server
{

namespace
{

using Clock = std::chrono::steady_clock;
using Gauges = prometheus::Family<prometheus::Gauge>;

constexpr std::chrono::seconds between_looks{5}; // into the store
constexpr std::size_t max_readers = 32;          // whose lag is told; of further ones nothing

Gauges& gauges(prometheus::Registry& registry, char const* name, char const* help)
{
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

/// One reader over all tenants.
struct OfAll
{
    std::uint64_t changes = 0;
    std::chrono::seconds behind{0};
};

std::map<std::string, OfAll> by_reader(LogState const& state)
{
    std::map<std::string, OfAll> all;
    for (ReaderLag const& each : state.readers)
    {
        if (all.size() >= max_readers && !all.contains(each.reader))
            continue;
        OfAll& sum = all[each.reader];
        sum.changes += each.changes;
        sum.behind = std::max(sum.behind, each.behind);
    }
    return all;
}

} // namespace

struct LogMetrics::State
{
    std::shared_ptr<scimkit::ResourceStore> store;
    std::shared_ptr<TargetsOfTenants const> targets;
    std::shared_ptr<scimkit::AsyncRequests const> async_requests;
    OwnReadersOf own;

    prometheus::Registry registry{};
    Gauges& lag = gauges(registry, "scimkit_log_reader_lag_changes",
                         "Changes that a reader of the change logs has not acknowledged, of all tenants; 10,000 are "
                         "counted at most.");
    Gauges& behind = gauges(registry, "scimkit_log_reader_lag_seconds",
                            "Age of the oldest change that a reader has not acknowledged, in the tenant where it is "
                            "furthest behind.");
    Gauges& log_bytes =
        gauges(registry, "scimkit_change_log_bytes", "What the change logs of all tenants take, about.");
    prometheus::Gauge& look_seconds =
        gauges(registry, "scimkit_store_look_seconds",
               "How long the last look into the store for these numbers took: it grows with tenants and readers, and "
               "jumps where the store is slow.")
            .Add({});
    prometheus::Family<prometheus::Counter>& deliveries =
        prometheus::BuildCounter()
            .Name("scimkit_deliveries_total")
            .Help("Webhooks and pushed events by outcome; each attempt that failed counts, and is made again.")
            .Register(registry);
    Gauges& waiting = gauges(registry, "scimkit_deliveries_waiting",
                             "Changes that a webhook or a receiver of pushed events has still to be told of.");
    Gauges& requests = gauges(registry, "scimkit_async_requests_waiting",
                              "Asynchronous requests that are accepted and not yet carried out.");

    std::mutex mutex{}; ///< for the rest
    Clock::time_point next_look{};
    std::map<std::string, std::pair<prometheus::Gauge*, prometheus::Gauge*>> of_readers{}; ///< changes, seconds

    void look();
    void forget_lags();
    void count();
};

/// What could not be found out is not told: an old number would look like a new one.
void LogMetrics::State::forget_lags()
{
    for (auto const& [reader, told] : of_readers)
    {
        lag.Remove(told.first);
        behind.Remove(told.second);
        waiting.Remove(&waiting.Add({{"reader", reader}}));
    }
    of_readers.clear();
    log_bytes.Remove(&log_bytes.Add({}));
}

void LogMetrics::State::look()
{
    if (Clock::now() < next_look)
        return;
    auto const begun = Clock::now();
    auto const found = look_at_logs(*store, own, scimkit::system_environment()->now());
    auto const ended = Clock::now();
    look_seconds.Set(std::chrono::duration<double>{ended - begun}.count());
    next_look = ended + between_looks;
    if (!found)
        return forget_lags();
    auto all = by_reader(*found);
    for (auto const& [reader, told] : of_readers)
        all.try_emplace(reader); // it has gone, or lacks nothing
    for (auto const& [reader, sum] : all)
    {
        prometheus::Labels const labels{{"reader", reader}};
        auto& told = of_readers[reader];
        told = {&lag.Add(labels), &behind.Add(labels)};
        told.first->Set(static_cast<double>(sum.changes));
        told.second->Set(static_cast<double>(sum.behind.count()));
        if (reader == webhook_reader || reader == push_reader)
            waiting.Add(labels).Set(static_cast<double>(sum.changes));
    }
    log_bytes.Add({}).Set(static_cast<double>(found->bytes));
}

void LogMetrics::State::count()
{
    for (auto const& kind : targets->kinds())
        for (auto const& [outcome, count] :
             {std::pair{"delivered", kind.counts.delivered}, std::pair{"failed", kind.counts.failed}})
        {
            auto& counter = deliveries.Add({{"reader", std::string{kind.reader}}, {"outcome", outcome}});
            counter.Increment(static_cast<double>(count) - counter.Value());
        }
    if (async_requests)
        requests.Add({}).Set(static_cast<double>(async_requests->waiting()));
}

LogMetrics::LogMetrics(Configuration const& configuration)
    : state_(new State{.store = configuration.service.store,
                       .targets = configuration.targets,
                       .async_requests = configuration.service.async_requests,
                       .own = own_readers(configuration)})
{
}

LogMetrics::~LogMetrics() = default;

std::string LogMetrics::text()
{
    std::lock_guard const lock{state_->mutex};
    state_->look();
    state_->count();
    std::ostringstream out;
    prometheus::TextSerializer{}.Serialize(out, state_->registry.Collect());
    return std::move(out).str();
}

} // namespace server
