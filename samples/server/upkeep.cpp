// The change log grows with every write and holds personal data, so somebody has to trim it. Each trim is short for
// those who write meanwhile.
#include "upkeep.hpp"

#include <scimkit/store/change_log.hpp>
#include <scimkit/store/store.hpp>

#include "rounds.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

namespace server
{

namespace
{

constexpr std::chrono::hours every{1};
constexpr std::chrono::minutes longest_trim{1}; // for the trim of one tenant; the rest goes the next time

void log_trim(scimkit::result<std::uint64_t> const& trimmed, Upkeep::Log const& log)
{
    if (!trimmed)
        log(scimkit::LogLevel::error, "the change log was not trimmed: " + trimmed.error().detail);
    else if (*trimmed > 0)
        log(scimkit::LogLevel::info, "trimmed " + std::to_string(*trimmed) + " old changes");
}

} // namespace

scimkit::result<std::uint64_t> trim_change_logs(scimkit::ResourceStore& store, scimkit::Instant now,
                                                std::chrono::hours kept, std::stop_token const& stop)
{
    auto* const changes = store.change_log();
    if (!changes)
        return std::uint64_t{0};
    std::vector<std::string> tenants;
    auto const listed =
        store.tenants({.now = now}, [&](std::string_view name) { return tenants.emplace_back(name), true; });
    if (!listed)
        return listed.error();
    scimkit::result<std::uint64_t> outcome{std::uint64_t{0}};
    std::atomic<bool> is_stopped{false}; // a trim takes a minute at most, and whoever stops the server waits for less
    std::stop_callback const stops{stop, [&] { is_stopped = true; }};
    for (std::string const& tenant : tenants)
    {
        auto const deadline = std::chrono::steady_clock::now() + longest_trim;
        scimkit::Budget budget{scimkit::Budget::unlimited, deadline, &is_stopped};
        auto const trimmed = changes->trim(tenant, {.now = now, .deadline = deadline, .budget = &budget},
                                           {.before = now - kept, .readers_since = now - kept});
        if (is_stopped)
            break;
        if (trimmed && outcome)
            *outcome += trimmed->changes;
        else if (!trimmed && outcome)
            outcome = trimmed.error();
    }
    return outcome;
}

Upkeep::Upkeep(std::shared_ptr<scimkit::ResourceStore> store, std::chrono::hours kept, Log log)
{
    if (kept == std::chrono::hours{0} || !store->change_log())
        return;
    thread_ = std::jthread{[store = std::move(store), kept, log = std::move(log)](std::stop_token const& stop)
                           {
                               std::mutex mutex;
                               std::condition_variable_any stopped;
                               std::unique_lock lock{mutex};
                               do
                                   one_round(log,
                                             [&]
                                             {
                                                 auto const now = scimkit::system_environment()->now();
                                                 log_trim(trim_change_logs(*store, now, kept, stop), log);
                                             });
                               while (!stopped.wait_for(lock, stop, every, [&] { return stop.stop_requested(); }));
                           }};
}

} // namespace server
