// A few threads go from tenant to tenant, and each takes the oldest request of one that no other thread is at. Which
// ones there are stands in the store; what is in memory is an index of that, made anew at the start and now and then,
// since others may write to the store.
#include <scimkit/core/json.hpp>
#include <scimkit/store/store.hpp>

#include "async_queue.hpp"
#include "async_worker.hpp"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace scimkit
{

namespace
{

using Clock = std::chrono::steady_clock;

constexpr unsigned max_threads = 64;                // that carry out asynchronous requests; more are refused
constexpr std::chrono::seconds upkeep_interval{30}; // between two looks at all that the store has
constexpr std::chrono::milliseconds first_pause{200};
constexpr std::chrono::milliseconds longest_pause{60'000}; // of an asynchronous request that is tried again

/// Those of a tenant that wait, and room that is spoken for.
struct Waiting
{
    std::map<std::string, std::size_t> requests{}; ///< bytes, by txn, which is the order of their arrival
    std::size_t reserved = 0;
    std::size_t bytes = 0; ///< of all of them, the reserved ones too
    Clock::time_point next{};
    std::chrono::milliseconds pause{0};
    int failures = 0;  ///< of the oldest one
    bool busy = false; ///< a thread is at it
};

} // namespace

struct AsyncRequests::State
{
    explicit State(AsyncRequestOptions given)
        : options(std::move(given))
    {
    }

    AsyncRequestOptions options;
    std::mutex mutex{}; ///< for those up to news
    std::condition_variable_any changed{};
    std::map<std::string, Waiting, std::less<>> tenants{};
    std::string last_tenant{};
    bool running = false;
    std::uint64_t news = 0; ///< counted, so that each thread knows whether there were some since it has looked
    struct Known
    {
        std::weak_ptr<SchemaRegistry const> registry;
        std::weak_ptr<SchemaRegistry const> with_own;
    };
    std::mutex registries_mutex{};
    std::map<SchemaRegistry const*, Known> registries{};
    std::unique_ptr<service::AsyncWorker> worker{};
    std::vector<std::jthread> threads{}; ///< last: they use all the others

    /// One of the threads looks around too.
    void run(std::stop_token const& stop, bool looks_around)
    {
        auto next_upkeep = Clock::now() + (looks_around ? Clock::duration{} : upkeep_interval);
        while (!stop.stop_requested())
        {
            if (Clock::now() >= next_upkeep)
            {
                if (looks_around)
                    unless_it_throws([&] { look_around(stop); });
                next_upkeep = Clock::now() + upkeep_interval;
            }
            std::optional<std::pair<std::string, std::string>> next;
            unless_it_throws([&] { next = take(next_upkeep, stop); });
            if (!next || stop.stop_requested())
                continue;
            auto end = service::AsyncWorker::End::later;
            unless_it_throws([&]
                             { end = worker->carry_out(next->first, next->second, stop, failures_of(next->first)); });
            note(*next, end);
        }
    }

    /// Without memory a thread goes on, and what it was at comes again: nobody else would catch what it throws.
    void unless_it_throws(function_ref<void()> what) const noexcept
    try
    {
        what();
    }
    catch (...)
    {
        try
        {
            if (options.log)
                options.log(LogLevel::error,
                            "An asynchronous request has thrown, for want of memory perhaps; it comes again.");
        }
        catch (...) // there is no memory to say so either
        {
        }
        std::this_thread::sleep_for(first_pause);
    }

    int failures_of(std::string const& tenant)
    {
        std::scoped_lock const lock{mutex};
        auto const found = tenants.find(tenant);
        return found == tenants.end() ? 0 : found->second.failures;
    }

    /// Finds what is in the store, and takes away results that are too old.
    void look_around(std::stop_token const& stop)
    {
        for (std::string const& tenant : worker->tenants())
        {
            if (stop.stop_requested())
                return;
            for (auto& [txn, bytes] : worker->pending(tenant))
            {
                std::scoped_lock const lock{mutex};
                add(tenant, std::move(txn), bytes);
            }
            changed.notify_all();
            worker->forget_old_results(tenant, stop);
        }
    }

    void add(std::string_view tenant, std::string txn, std::size_t bytes)
    {
        Waiting& waiting = tenants[std::string{tenant}];
        if (!waiting.requests.emplace(std::move(txn), bytes).second)
            return;
        waiting.bytes += bytes;
        ++news;
    }

    /// The oldest of the next tenant that has any; nothing: it is time for something else.
    std::optional<std::pair<std::string, std::string>> take(Clock::time_point until, std::stop_token const& stop)
    {
        std::unique_lock lock{mutex};
        auto const known = news;
        auto wake = until;
        for (bool behind : {true, false})
            for (auto& [name, waiting] : tenants)
            {
                if ((name > last_tenant) != behind || waiting.requests.empty() || waiting.busy)
                    continue;
                if (waiting.next <= Clock::now())
                {
                    last_tenant = name;
                    std::optional<std::pair<std::string, std::string>> found{{name, waiting.requests.begin()->first}};
                    waiting.busy = true;
                    return found;
                }
                wake = std::min(wake, waiting.next);
            }
        changed.wait_until(lock, stop, wake, [&] { return news != known; });
        return std::nullopt;
    }

    void note(std::pair<std::string, std::string> const& request, service::AsyncWorker::End end)
    {
        std::scoped_lock const lock{mutex};
        auto const found = tenants.find(request.first);
        if (found == tenants.end())
            return;
        Waiting& waiting = found->second;
        waiting.busy = false;
        if (end == service::AsyncWorker::End::later)
        {
            waiting.pause = waiting.pause.count() == 0 ? first_pause : std::min(waiting.pause * 2, longest_pause);
            waiting.next = Clock::now() + waiting.pause;
            ++waiting.failures;
            ++news; // for the time at which it is to be tried again
            changed.notify_all();
            return;
        }
        waiting.pause = {};
        waiting.next = {};
        waiting.failures = 0;
        if (auto const done = waiting.requests.find(request.second); done != waiting.requests.end())
        {
            waiting.bytes -= done->second;
            waiting.requests.erase(done);
        }
        if (!waiting.requests.empty())
        {
            ++news; // the others have passed over it while this thread was at it
            changed.notify_all();
        }
        else if (waiting.reserved == 0)
            tenants.erase(found);
    }

    void stop() noexcept
    {
        {
            std::scoped_lock const lock{mutex};
            running = false;
        }
        for (auto& thread : threads)
            thread.request_stop();
        threads.clear(); // waits
    }
};

result<std::shared_ptr<AsyncRequests>> AsyncRequests::create(AsyncRequestOptions options)
{
    auto const wrong = [](std::string why) { return Error{ErrorCode::invalid_value, std::move(why)}; };
    if (!options.store)
        return wrong("async_requests: store is missing.");
    auto const traits = options.store->traits();
    if (!traits.atomic || !traits.tenants)
        return wrong("async_requests: the store \"" + traits.name +
                     "\" has no transactions, or cannot say which "
                     "tenants it has.");
    if (options.max_pending == 0 || options.max_pending_bytes == 0 || options.max_results == 0 ||
        options.keep_results.count() <= 0)
        return wrong("async_requests: a limit of 0 would refuse, or forget, every request.");
    if (options.threads == 0 || options.threads > max_threads)
        return wrong("async_requests: threads has to be 1 to " + std::to_string(max_threads) + ".");
    if (!options.environment)
        options.environment = system_environment();
    auto state = std::make_unique<State>(std::move(options));
    auto worker = service::AsyncWorker::create(state->options);
    if (!worker)
        return worker.error();
    state->worker = std::move(*worker);
    return std::shared_ptr<AsyncRequests>{new AsyncRequests{std::move(state)}};
}

AsyncRequests::AsyncRequests(std::unique_ptr<State> state)
    : state_(std::move(state))
{
}

AsyncRequests::~AsyncRequests() { stop(); }

void AsyncRequests::start(std::function<Response(Request const&)> handle)
{
    stop();
    state_->worker->set_handle(std::move(handle));
    try
    {
        for (unsigned i = 0; i < state_->options.threads; ++i)
            state_->threads.emplace_back([state = state_.get(), first = i == 0](std::stop_token const& stop)
                                         { state->run(stop, first); });
    }
    catch (...)
    {
        stop();
        throw;
    }
    std::scoped_lock const lock{state_->mutex};
    state_->running = true; // not before there are threads: nobody would carry out what is accepted
}

void AsyncRequests::stop() noexcept { state_->stop(); }

std::size_t AsyncRequests::waiting() const
{
    std::scoped_lock const lock{state_->mutex};
    std::size_t count = 0;
    for (auto const& [tenant, waiting] : state_->tenants)
        count += waiting.requests.size();
    return count;
}

namespace service
{

bool AsyncAccess::accepts(AsyncRequests const& requests) noexcept
{
    std::scoped_lock const lock{requests.state_->mutex};
    return requests.state_->running;
}

AsyncRequestOptions const& AsyncAccess::options(AsyncRequests const& requests) noexcept
{
    return requests.state_->options;
}

result<std::shared_ptr<SchemaRegistry const>>
AsyncAccess::registry_for(AsyncRequests& requests, std::shared_ptr<SchemaRegistry const> const& registry)
{
    auto& state = *requests.state_;
    std::scoped_lock const lock{state.registries_mutex};
    std::erase_if(state.registries, [](auto const& each) { return each.second.with_own.expired(); });
    if (auto const known = state.registries.find(registry.get()); known != state.registries.end())
        if (auto made = known->second.with_own.lock(); made && known->second.registry.lock() == registry)
            return made;
    auto made = with_own_types(registry);
    if (made)
        state.registries.insert_or_assign(registry.get(), AsyncRequests::State::Known{registry, *made});
    return made;
}

result<void> AsyncAccess::reserve(AsyncRequests& requests, std::string_view tenant, std::size_t bytes)
{
    auto& state = *requests.state_;
    std::scoped_lock const lock{state.mutex};
    Waiting& waiting = state.tenants[std::string{tenant}];
    if (waiting.requests.size() + waiting.reserved >= state.options.max_pending ||
        waiting.bytes + bytes > state.options.max_pending_bytes)
        return Error{.code = ErrorCode::too_many_requests,
                     .detail = "There are as many asynchronous requests waiting as the service takes (" +
                               std::to_string(state.options.max_pending) + ", or " +
                               std::to_string(state.options.max_pending_bytes) + " bytes). Nothing was stored.",
                     .retry_after = std::chrono::seconds{1}};
    ++waiting.reserved;
    waiting.bytes += bytes;
    return {};
}

void AsyncAccess::arrived(AsyncRequests& requests, std::string_view tenant, std::string txn, std::size_t bytes)
{
    auto& state = *requests.state_;
    {
        std::scoped_lock const lock{state.mutex};
        Waiting& waiting = state.tenants[std::string{tenant}];
        --waiting.reserved;
        waiting.bytes -= bytes;
        state.add(tenant, std::move(txn), bytes);
    }
    state.changed.notify_all();
}

void AsyncAccess::refused(AsyncRequests& requests, std::string_view tenant, std::size_t bytes)
{
    auto& state = *requests.state_;
    std::scoped_lock const lock{state.mutex};
    Waiting& waiting = state.tenants[std::string{tenant}];
    --waiting.reserved;
    waiting.bytes -= bytes;
}

} // namespace service
} // namespace scimkit
