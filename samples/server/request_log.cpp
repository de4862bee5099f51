// The order of things decides what a flood costs: the counters are looked at before anything is copied, the copy is all
// that the request pays for, and whatever is slow (JSON, the store) is done by the writer, which drops what it cannot
// keep up with.
#include "request_log.hpp"

#include <scimkit/core/environment.hpp>
#include <scimkit/core/function_ref.hpp>
#include <scimkit/security/rate_limit.hpp>

#include "record_store.hpp"
#include "request_record.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace server
{

using scimkit::result;

namespace
{

constexpr double burst_of_seconds = 10;             // of RequestLogOptions::per_second, after a pause
constexpr double max_burst = 1e6;                   // what a RateLimiter takes; more is as much
constexpr std::chrono::milliseconds gathering{200}; // so that a commit has several records
constexpr std::size_t records_of_commit = 64;
constexpr std::chrono::minutes ageing{1}; // how often old records are looked for while none come

/// Asked by machines every few seconds, and never a reason to look.
bool is_watching(std::string_view path) noexcept
{
    return path == "/healthz" || path == "/readyz" || path == "/metrics";
}

/// Signed tokens of other people's changes: what is in them is encoded, so that no word in it could be taken out.
bool has_tokens(std::string_view path) noexcept { return path == "/events" || path.starts_with("/events/"); }

scimkit::Rate rate_kept(double per_second)
{
    return {.per_second = per_second, .burst = std::clamp(per_second * burst_of_seconds, 1.0, max_burst)};
}

} // namespace

struct RequestLog::State
{
    State(RecordStore given, Redactor with, RequestLogOptions how)
        : records(std::move(given))
        , redactor(std::move(with))
        , options(std::move(how))
        , refused(rate_kept(options.per_second))
        , others(rate_kept(options.per_second))
    {
    }

    RecordStore records; ///< the writer's
    Redactor const redactor;
    RequestLogOptions const options;
    scimkit::RateLimiter refused;
    scimkit::RateLimiter others;
    std::atomic<std::uint64_t> left_out{0};
    std::atomic<std::uint64_t> dropped{0};
    std::atomic<std::uint64_t> written{0};

    std::mutex mutex; ///< for all below
    std::condition_variable_any changed;
    std::condition_variable done; ///< what was taken is written
    std::vector<KeptExchange> waiting;
    std::size_t waiting_bytes = 0;
    std::uint64_t taken = 0;
    std::uint64_t finished = 0;
    bool is_hurried = false; ///< somebody waits for it
    std::map<std::string, KeptRequests, std::less<>> of_tenants;
    bool has_failed = false; ///< and it was told; the writer's

    std::jthread thread{}; ///< last: it ends first

    void run(std::stop_token const& stop);
    void write(std::vector<KeptExchange> const& exchanges);
    RecordStore::Record made_of(KeptExchange const& exchange) const;
    result<void> trim();
    bool guarded(scimkit::function_ref<result<void>()> what);
    void tell(result<void> const& outcome);
    bool push(KeptExchange exchange);
};

bool RequestLog::State::push(KeptExchange exchange)
{
    auto const bytes = exchange.bytes();
    std::lock_guard const lock{mutex};
    if (waiting_bytes + bytes > options.max_waiting_bytes)
        return false;
    waiting.push_back(std::move(exchange));
    waiting_bytes += bytes;
    ++taken;
    if (waiting.size() == 1 || waiting.size() == records_of_commit)
        changed.notify_one();
    return true;
}

void RequestLog::State::run(std::stop_token const& stop)
{
    guarded([&] { return records.load(); });
    for (std::unique_lock lock{mutex};;)
    {
        changed.wait_for(lock, stop, ageing, [&] { return !waiting.empty(); });
        if (!waiting.empty() && !is_hurried)
            changed.wait_for(lock, stop, gathering, [&] { return is_hurried || waiting.size() >= records_of_commit; });
        std::vector<KeptExchange> batch;
        batch.swap(waiting);
        waiting_bytes = 0;
        lock.unlock();
        write(batch);
        guarded([&] { return trim(); }); // that there was nothing to remove is no sign that it works again
        lock.lock();
        finished += batch.size();
        is_hurried = is_hurried && finished < taken;
        done.notify_all();
        if (stop.stop_requested() && waiting.empty())
            return;
    }
}

void RequestLog::State::write(std::vector<KeptExchange> const& exchanges)
{
    for (std::size_t begin = 0; begin < exchanges.size(); begin += records_of_commit)
    {
        std::vector<RecordStore::Record> batch;
        auto const end = std::min(begin + records_of_commit, exchanges.size());
        bool const is_written = guarded(
            [&]
            {
                for (auto i = begin; i < end; ++i)
                    batch.push_back(made_of(exchanges[i]));
                return records.add(std::move(batch));
            });
        (is_written ? written : dropped) += end - begin;
        if (is_written)
            tell({});
    }
}

RecordStore::Record RequestLog::State::made_of(KeptExchange const& exchange) const
{
    auto const root = options.root_of ? options.root_of(exchange.target) : std::string{};
    return {.tenant = exchange.tenant, .at = exchange.at, .attributes = record_of(exchange, root, redactor)};
}

/// What goes wrong here is told, and ends nothing: not even what throws.
bool RequestLog::State::guarded(scimkit::function_ref<result<void>()> what)
{
    result<void> outcome;
    try
    {
        outcome = what();
    }
    catch (std::exception const& exception)
    {
        outcome = scimkit::Error{scimkit::ErrorCode::internal, exception.what()};
    }
    if (!outcome)
        tell(outcome);
    return outcome.has_value();
}

result<void> RequestLog::State::trim()
{
    std::unique_lock lock{mutex};
    auto const others_want = of_tenants;
    lock.unlock();
    auto const kept = [&](std::string_view tenant)
    {
        auto const found = others_want.find(tenant);
        return found == others_want.end() ? options.kept : found->second;
    };
    return records.trim(scimkit::system_environment()->now(), kept);
}

/// Once, until it works again.
void RequestLog::State::tell(result<void> const& outcome)
{
    if (outcome.has_value() != has_failed)
        return;
    has_failed = !outcome;
    if (options.log && !outcome)
        options.log(scimkit::LogLevel::warning, "requests are not kept: " + outcome.error().detail);
    else if (options.log)
        options.log(scimkit::LogLevel::info, "requests are kept again");
}

RequestLog::RequestLog(std::unique_ptr<State> state)
    : state_(std::move(state))
{
}

RequestLog::~RequestLog() = default;

result<std::shared_ptr<RequestLog>> RequestLog::start(std::shared_ptr<scimkit::ResourceStore> store,
                                                      std::shared_ptr<scimkit::SchemaRegistry const> records,
                                                      Redactor redactor, RequestLogOptions options)
{
    auto made = RecordStore::create(std::move(store), std::move(records));
    if (!made)
        return made.error();
    auto state = std::make_unique<State>(std::move(*made), std::move(redactor), std::move(options));
    state->thread = std::jthread{[&own = *state](std::stop_token const& stop) { own.run(stop); }};
    return std::shared_ptr<RequestLog>{new RequestLog{std::move(state)}};
}

void RequestLog::take(scimkit::http::ExchangeRecord const& record) noexcept
{
    if (is_watching(record.access.path))
        return;
    try
    {
        auto& limiter = record.access.status >= 400 ? state_->refused : state_->others;
        if (limiter.take(record.access.tenant))
            state_->left_out.fetch_add(1, std::memory_order_relaxed);
        else if (auto const body_bytes = has_tokens(record.access.path) ? 0 : state_->options.max_body_bytes;
                 !state_->push(keep(record, body_bytes, scimkit::system_environment()->now())))
            ++state_->dropped;
    }
    catch (...)
    {
        ++state_->dropped; // out of memory
    }
}

void RequestLog::set_kept(std::map<std::string, KeptRequests, std::less<>> of_tenants)
{
    std::lock_guard const lock{state_->mutex};
    state_->of_tenants = std::move(of_tenants);
}

void RequestLog::flush()
{
    std::unique_lock lock{state_->mutex};
    auto const wanted = state_->taken;
    state_->is_hurried = true;
    state_->changed.notify_one();
    state_->done.wait(lock, [&] { return state_->finished >= wanted; });
}

RequestLogCounts RequestLog::counts() const noexcept
{
    return {.written = state_->written, .left_out = state_->left_out, .dropped = state_->dropped};
}

std::shared_ptr<scimkit::ResourceStore> const& RequestLog::store() const noexcept { return state_->records.store(); }

} // namespace server
