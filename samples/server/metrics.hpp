// What Prometheus is told: requests and how long they took, what waits, and whether store and log keep up.
#pragma once

#include <scimkit/http/server.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace server
{

/// Threading: all functions from any thread; count() costs well below a microsecond.
class Metrics
{
public:
    /// `registry` names the types, and has to live as long.
    explicit Metrics(std::shared_ptr<scimkit::SchemaRegistry const> registry);
    ~Metrics();
    Metrics(Metrics const&) = delete;
    Metrics& operator=(Metrics const&) = delete;

    void count(scimkit::http::AccessRecord const& record);

    /// A limit that stopped a request, beside those that the status tells: of whom, and which.
    void hit(std::string_view tenant, std::string_view limit);

    /// Takes away what was counted of that tenant, which is no more.
    void forget(std::string_view tenant);

    /// From now on what waits in `server` is told too, whether the store can do its work, and the lines of the log that
    /// were dropped. All have to live as long as anybody asks.
    void watch(scimkit::http::Server const& server, std::function<bool()> healthy,
               std::function<std::uint64_t()> dropped_lines);

    /// From now on what became of requests that were to be kept is told too: written, left out, dropped.
    struct KeptCounts
    {
        std::uint64_t written = 0, left_out = 0, dropped = 0;
    };
    void watch_request_log(std::function<KeptCounts()> counts);

    /// From now on the tenants whose deletions are held are counted too. Empty: no more.
    void watch_holds(std::function<std::size_t()> held);

    /// From now on this text follows that of the rest.
    void watch_more(std::function<std::string()> text);

    /// The text format of Prometheus.
    std::string text();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// /metrics, for those whom `authenticator` lets in with the scope "metrics", unless their tenant is off or gone.
/// `tenants` are as enter() has them.
scimkit::http::ServerPage metrics_page(std::shared_ptr<Metrics> metrics,
                                       std::shared_ptr<scimkit::Authenticator> authenticator,
                                       std::shared_ptr<scimkit::TenantDirectory const> tenants,
                                       std::string default_tenant);

} // namespace server
