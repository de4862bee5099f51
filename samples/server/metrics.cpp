// Every label has few values, whatever clients send: types are those of the registry, tenants those of callers who were
// let in. Otherwise a stranger could fill Prometheus.
#include "metrics.hpp"

#include <scimkit/core/text.hpp>
#include <scimkit/version.hpp>

#include "credentials.hpp"
#include "entrance.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <shared_mutex>
#include <sstream>
#include <string_view>
#include <unordered_map>

namespace server
{

namespace
{

using scimkit::equal_ascii_ignoring_case;

prometheus::Histogram::BucketBoundaries const seconds{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                                      0.05,   0.1,     0.25,   0.5,   1,      2.5,   5,    10};

/// One kind of request: what is counted together.
struct Series
{
    prometheus::Counter* requests = nullptr;
    prometheus::Histogram* duration = nullptr;

    void add(std::chrono::duration<double> took) const
    {
        requests->Increment();
        duration->Observe(took.count());
    }
};

struct Kind
{
    std::string_view type;
    std::string_view operation;
};

std::string_view operation_of(std::string_view method, bool one) noexcept
{
    if (method == "GET" || method == "HEAD")
        return one ? "read" : "query";
    if (method == "POST")
        return "create";
    if (method == "PUT")
        return "replace";
    if (method == "PATCH")
        return "patch";
    return method == "DELETE" ? "delete" : "other";
}

/// What stands behind a type, or at the root, and is no resource; empty otherwise.
std::string_view verb_of(std::string_view segment) noexcept
{
    if (segment == "/.search")
        return "query";
    if (segment == "/.delta")
        return "delta";
    return segment == "/.deltaToken" ? "delta_token" : std::string_view{};
}

/// Of no type.
std::string_view other_operation_of(std::string_view parent, std::string_view last) noexcept
{
    for (std::string_view const discovery : {"/ServiceProviderConfig", "/ResourceTypes", "/Schemas"})
        if (equal_ascii_ignoring_case(last, discovery) || equal_ascii_ignoring_case(parent, discovery))
            return "discover";
    if (last == "/jwks.json")
        return "discover";
    if (equal_ascii_ignoring_case(last, "/Bulk"))
        return "bulk";
    if (equal_ascii_ignoring_case(last, "/Me"))
        return "me";
    if (equal_ascii_ignoring_case(parent, "/Async"))
        return "async_result";
    if (last == "/events")
        return "events";
    if (parent == "/oauth" && last == "/token")
        return "token";
    return last == "/healthz" || last == "/readyz" || last == "/metrics" ? "watch" : "other";
}

/// The last two segments say what a request is about, whatever stands in front of them.
Kind kind_of(std::string_view method, std::string_view path, scimkit::SchemaRegistry const& registry) noexcept
{
    if (path.starts_with("/.well-known/"))
        return {"none", "discover"};
    while (path.ends_with('/'))
        path.remove_suffix(1);
    auto const slash = path.rfind('/');
    if (slash == std::string_view::npos)
        return {"none", "other"};
    auto const last = path.substr(slash);
    auto const before = path.substr(0, slash);
    auto const parent = before.rfind('/') == std::string_view::npos ? before : before.substr(before.rfind('/'));
    auto const verb = verb_of(last);
    if (auto const* type = registry.find_endpoint(last, true))
        return {type->name(), operation_of(method, false)};
    if (auto const* type = registry.find_endpoint(parent, true))
        return {type->name(), verb.empty() ? operation_of(method, true) : verb};
    return {"none", verb.empty() ? other_operation_of(parent, last) : verb};
}

/// Which limit a request has met, as its answer tells. Empty: none.
std::string_view limit_of(scimkit::http::AccessRecord const& record) noexcept
{
    if (record.status == 429)
        return "rate";
    if (record.status == 413 || record.status == 414 || record.status == 431)
        return "size";
    if (record.status == 503)
        return "load";
    return record.status == 400 && record.scim_type == "tooMany" ? "work" : "";
}

struct Hash
{
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
};

} // namespace

struct Metrics::State
{
    std::shared_ptr<scimkit::SchemaRegistry const> types;
    prometheus::Registry registry{};
    prometheus::Family<prometheus::Counter>& requests =
        prometheus::BuildCounter()
            .Name("scimkit_requests_total")
            .Help("Requests by tenant, resource type, operation and status.")
            .Register(registry);
    prometheus::Family<prometheus::Counter>& limits =
        prometheus::BuildCounter()
            .Name("scimkit_limits_hit_total")
            .Help("Requests that a limit has stopped, by tenant and limit.")
            .Register(registry);
    prometheus::Family<prometheus::Histogram>& durations =
        prometheus::BuildHistogram()
            .Name("scimkit_request_duration_seconds")
            .Help("From a request's arrival to its answer, by resource type and operation.")
            .Register(registry);
    prometheus::Family<prometheus::Gauge>& queued =
        prometheus::BuildGauge()
            .Name("scimkit_queued_requests")
            .Help("Requests that wait for a thread, by what the threads are for.")
            .Register(registry);
    prometheus::Family<prometheus::Gauge>& bytes =
        prometheus::BuildGauge()
            .Name("scimkit_held_bytes")
            .Help("Bodies under way, and answers that clients have not taken yet.")
            .Register(registry);
    prometheus::Gauge& connections =
        prometheus::BuildGauge().Name("scimkit_connections").Help("Open connections.").Register(registry).Add({});
    prometheus::Gauge& store_up = prometheus::BuildGauge()
                                      .Name("scimkit_store_up")
                                      .Help("1 while the store can do its work, else 0.")
                                      .Register(registry)
                                      .Add({});
    prometheus::Family<prometheus::Gauge>& held_tenants =
        prometheus::BuildGauge()
            .Name("scimkit_tenants_with_held_deletions")
            .Help("Tenants whose deletions the guard holds until an administrator releases them.")
            .Register(registry);
    prometheus::Counter& dropped = prometheus::BuildCounter()
                                       .Name("scimkit_log_lines_dropped_total")
                                       .Help("Lines of the log that nobody took in time.")
                                       .Register(registry)
                                       .Add({});

    prometheus::Family<prometheus::Counter>& records =
        prometheus::BuildCounter()
            .Name("scimkit_request_records_total")
            .Help("Requests that the request log has kept, or left out as too many, or dropped as it was too slow.")
            .Register(registry);

    std::shared_mutex mutex; ///< for the next two
    std::unordered_map<std::string, Series, Hash, std::equal_to<>> series;
    std::unordered_map<std::string, prometheus::Counter*, Hash, std::equal_to<>> hits;

    std::mutex watched_mutex; ///< for what is watched, and so that one at a time collects
    scimkit::http::Server const* server = nullptr;
    std::function<bool()> healthy;
    std::function<std::uint64_t()> dropped_lines;
    std::function<KeptCounts()> kept;
    std::function<std::size_t()> held;
    std::function<std::string()> more;

    void count(scimkit::http::AccessRecord const& record);
    void look();
};

/// Under the lock, since forget() takes counters away.
void Metrics::State::count(scimkit::http::AccessRecord const& record)
{
    auto const kind = kind_of(record.method, record.path, *types);
    auto const status = std::to_string(record.status);
    thread_local std::string key;
    key.assign(record.tenant).append("\n").append(kind.type).append("\n").append(kind.operation).append(status);
    {
        std::shared_lock const lock{mutex};
        if (auto const known = series.find(key); known != series.end())
            return known->second.add(record.duration);
    }
    std::unique_lock const lock{mutex};
    prometheus::Labels labels{{"type", std::string{kind.type}}, {"operation", std::string{kind.operation}}};
    Series made;
    made.duration = &durations.Add(labels, seconds);
    labels.emplace("tenant", record.tenant);
    labels.emplace("status", status);
    made.requests = &requests.Add(labels);
    series.try_emplace(key, made).first->second.add(record.duration);
}

void Metrics::State::look()
{
    if (held)
        held_tenants.Add({}).Set(static_cast<double>(held()));
    if (!server)
        return;
    auto const now = server->statistics();
    queued.Add({{"threads", "workers"}}).Set(static_cast<double>(now.queued));
    queued.Add({{"threads", "reads"}}).Set(static_cast<double>(now.queued_reads));
    queued.Add({{"threads", "long_writes"}}).Set(static_cast<double>(now.queued_long_writes));
    queued.Add({{"threads", "searches"}}).Set(static_cast<double>(now.queued_searches));
    queued.Add({{"threads", "bulks"}}).Set(static_cast<double>(now.queued_bulks));
    bytes.Add({{"of", "bodies"}}).Set(static_cast<double>(now.buffered_bytes));
    bytes.Add({{"of", "answers"}}).Set(static_cast<double>(now.unsent_bytes));
    connections.Set(static_cast<double>(now.connections));
    store_up.Set(healthy() ? 1 : 0);
    dropped.Increment(static_cast<double>(dropped_lines()) - dropped.Value());
    if (!kept)
        return;
    auto const counts = kept();
    auto const tell = [&](char const* outcome, std::uint64_t count)
    {
        auto& counter = records.Add({{"outcome", outcome}});
        counter.Increment(static_cast<double>(count) - counter.Value());
    };
    tell("kept", counts.written);
    tell("left_out", counts.left_out);
    tell("dropped", counts.dropped);
}

Metrics::Metrics(std::shared_ptr<scimkit::SchemaRegistry const> registry)
    : state_(std::make_unique<State>(std::move(registry)))
{
    prometheus::BuildGauge()
        .Name("scimkit_build_info")
        .Help("1, with the version of this server.")
        .Register(state_->registry)
        .Add({{"version", SCIMKIT_VERSION}})
        .Set(1);
}

Metrics::~Metrics() = default;

void Metrics::count(scimkit::http::AccessRecord const& record)
{
    state_->count(record);
    if (auto const limit = limit_of(record); !limit.empty())
        hit(record.tenant, limit);
}

void Metrics::hit(std::string_view tenant, std::string_view limit)
{
    auto const key = std::string{tenant} + "\n" + std::string{limit};
    std::unique_lock const lock{state_->mutex};
    auto& counter = state_->hits[key];
    if (!counter)
        counter = &state_->limits.Add({{"tenant", std::string{tenant}}, {"limit", std::string{limit}}});
    counter->Increment();
}

void Metrics::forget(std::string_view tenant)
{
    auto const begin = std::string{tenant} + "\n"; // of the keys of its series
    std::unique_lock const lock{state_->mutex};
    std::erase_if(state_->series,
                  [&](auto const& each)
                  {
                      bool const is_its = each.first.starts_with(begin);
                      if (is_its) // the histogram is of all tenants
                          state_->requests.Remove(each.second.requests);
                      return is_its;
                  });
    std::erase_if(state_->hits,
                  [&](auto const& each)
                  {
                      bool const is_its = each.first.starts_with(begin);
                      if (is_its)
                          state_->limits.Remove(each.second);
                      return is_its;
                  });
}

void Metrics::watch(scimkit::http::Server const& server, std::function<bool()> healthy,
                    std::function<std::uint64_t()> dropped_lines)
{
    std::lock_guard const lock{state_->watched_mutex};
    state_->server = &server;
    state_->healthy = std::move(healthy);
    state_->dropped_lines = std::move(dropped_lines);
}

void Metrics::watch_request_log(std::function<KeptCounts()> counts)
{
    std::lock_guard const lock{state_->watched_mutex};
    state_->kept = std::move(counts);
}

void Metrics::watch_holds(std::function<std::size_t()> held)
{
    std::lock_guard const lock{state_->watched_mutex};
    state_->held = std::move(held);
}

void Metrics::watch_more(std::function<std::string()> text)
{
    std::lock_guard const lock{state_->watched_mutex};
    state_->more = std::move(text);
}

std::string Metrics::text()
{
    std::lock_guard const lock{state_->watched_mutex};
    state_->look();
    std::ostringstream out;
    prometheus::TextSerializer{}.Serialize(out, state_->registry.Collect());
    return std::move(out).str() + (state_->more ? state_->more() : std::string{});
}

scimkit::http::ServerPage metrics_page(std::shared_ptr<Metrics> metrics,
                                       std::shared_ptr<scimkit::Authenticator> authenticator,
                                       std::shared_ptr<scimkit::TenantDirectory const> tenants,
                                       std::string default_tenant)
{
    auto answer = [metrics = std::move(metrics), authenticator = std::move(authenticator), tenants = std::move(tenants),
                   default_tenant = std::move(default_tenant)](scimkit::Request const& request)
    {
        auto const [principal, refused] = enter(request, *authenticator, tenants.get());
        if (!principal)
            return refused;
        if (std::ranges::find(principal->scopes, metrics_scope) == principal->scopes.end())
            return scimkit::error_response(
                {scimkit::ErrorCode::forbidden, "Metrics are for tokens with the scope metrics."});
        auto const tenant =
            tenants ? tenants->find_named(principal->tenant.empty() ? default_tenant : principal->tenant) : nullptr;
        if (tenants && !tenant && !principal->tenant.empty())
            return scimkit::error_response(
                {scimkit::ErrorCode::not_found, "There is no tenant for these credentials."});
        if (tenant && !tenant->enabled)
            return scimkit::error_response(
                {scimkit::ErrorCode::forbidden, "Provisioning for " + tenant->name + " is switched off."});
        return scimkit::Response{.status = 200,
                                 .headers = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}},
                                 .body = metrics->text(),
                                 .subject = principal->subject};
    };
    return {.path = "/metrics", .answer = std::move(answer)};
}

} // namespace server
