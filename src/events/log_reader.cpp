// One thread goes from tenant to tenant, so that a server with thousands of them needs no thousands of threads. The
// place is asked of the store again before changes are handed over: a tenant may have been removed and made again.
#include <scimkit/events/log_reader.hpp>
#include <scimkit/store/own_types.hpp>

#include "../core/guarded.hpp"
#include "elements.hpp"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace scimkit
{
namespace
{

using Clock = std::chrono::steady_clock;
using detail::guarded;

constexpr std::size_t max_batch_bytes = std::size_t{16} << 20; // of values in one batch, about, beyond its last change
constexpr std::chrono::seconds longest_call{30};               // of a reader to the store; then it is tried again

/// What is known of a tenant between two looks.
struct Followed
{
    std::optional<LogPosition> place{}; ///< as it was acknowledged or read last
    std::chrono::milliseconds pause{0}; ///< after the last error; 0: there was none
    Clock::time_point next{};           ///< not before
    bool idle = false;                  ///< at the last look there was nothing behind the place
};

std::size_t bytes_of(LoggedChange const& change)
{
    std::size_t bytes = 0;
    for (auto const* const values : {&change.changed, &change.kept})
        for (LoggedChange::Value const& each : *values)
            bytes += estimate_json_size(each.value);
    return bytes;
}

} // namespace

class LogReader::Loop
{
public:
    Loop(std::shared_ptr<ResourceStore> store, LogReaderOptions options)
        : store_(std::move(store))
        , log_(*store_->change_log())
        , options_(std::move(options))
        , thread_([this](std::stop_token const& stop) { run(stop); })
    {
    }

    void request_stop() noexcept { thread_.request_stop(); }

private:
    CallContext context() const
    {
        return {.now = options_.environment->now(), .deadline = Clock::now() + longest_call};
    }

    void run(std::stop_token const& stop)
    {
        while (!stop.stop_requested())
        {
            find_tenants();
            bool found = false;
            for (auto& [tenant, followed] : tenants_)
                if (!stop.stop_requested() && followed.next <= Clock::now())
                    found = look(tenant, followed, stop) || found;
            if (!found)
                rest(stop);
        }
    }

    void find_tenants()
    {
        if (!options_.tenant.empty())
        {
            tenants_.try_emplace(options_.tenant);
            return;
        }
        if (Clock::now() < next_list_)
            return;
        next_list_ = Clock::now() + options_.interval;
        std::map<std::string, Followed, std::less<>> found;
        auto const listed = guarded(
            [&]
            {
                return store_->tenants(context(),
                                       [&](std::string_view name)
                                       {
                                           if (!options_.follows || options_.follows(name))
                                               found.try_emplace(std::string{name});
                                           return true;
                                       });
            });
        if (!listed)
            return tell({}, listed.error(), options_.interval);
        for (auto& [name, followed] : found)
            if (auto const known = tenants_.find(name); known != tenants_.end())
                followed = known->second;
        tenants_ = std::move(found);
    }

    /// Whether there was something to do, and it was done.
    bool look(std::string const& tenant, Followed& followed, std::stop_token const& stop)
    {
        bool found = false;
        auto const done = guarded(
            [&]() -> result<void>
            {
                auto const stepped = step(tenant, followed, stop);
                found = stepped && *stepped;
                return stepped ? result<void>{} : result<void>{stepped.error()};
            });
        if (done)
        {
            followed.pause = std::chrono::milliseconds{0};
            return found;
        }
        if (stop.stop_requested())
            return false;
        followed.pause =
            followed.pause.count() == 0 ? options_.first_pause : std::min(followed.pause * 2, options_.longest_pause);
        followed.next = Clock::now() + followed.pause;
        tell(tenant, done.error(), followed.pause);
        return false;
    }

    void tell(std::string_view tenant, Error const& error, std::chrono::milliseconds again) const
    {
        if (options_.failed)
            options_.failed(tenant, error, again);
    }

    result<bool> step(std::string const& tenant, Followed& followed, std::stop_token const& stop)
    {
        auto const extent = log_.extent(tenant, context());
        if (!extent)
            return extent.error();
        followed.idle = extent->end == followed.place.value_or(LogPosition{});
        if (followed.idle)
            return false;
        if (options_.gather.count() > 0)
            sleep(options_.gather, stop);
        auto const stored = log_.place(tenant, context(), options_.name);
        if (!stored)
            return stored.error();
        auto const before = std::exchange(followed.place, *stored);
        // A place that is gone, or that the log has not reached: it is not the log that was read.
        if ((before && !*stored) || (*stored && **stored > extent->end))
            if (auto told = tell_gap(tenant, LogGap::Reason::replaced, *stored ? *stored : before, {}, followed); !told)
            {
                followed.place = before;
                return told.error();
            }
        return read(tenant, followed, stop);
    }

    result<bool> read(std::string const& tenant, Followed& followed, std::stop_token const& stop)
    {
        std::vector<LoggedChange> changes;
        std::size_t elements = 0;
        std::size_t bytes = 0;
        auto const from = followed.place.value_or(LogPosition{});
        LogPosition last; // that was looked at
        auto const gather = [&](LoggedChange&& change)
        {
            last = change.position;
            if (!options_.own_types && is_own_type(change.resource_type))
                return true;
            elements += events::elements_of(change);
            bytes += bytes_of(change);
            changes.push_back(std::move(change));
            return elements < options_.max_batch_elements && bytes < max_batch_bytes;
        };
        auto const gathered = log_.read(tenant, context(), from, options_.max_batch, gather);
        if (!gathered && gathered.error().code == ErrorCode::trimmed)
        {
            auto const extent = log_.extent(tenant, context());
            if (!extent)
                return extent.error();
            auto const told = tell_gap(tenant, LogGap::Reason::trimmed, from, extent->begin, followed);
            return told ? result<bool>{true} : told.error();
        }
        if (!gathered)
            return gathered.error();
        if (last == LogPosition{})
            return false;
        auto done = changes.empty() ? result<void>{} : hand_over(tenant, changes, followed, stop);
        if (done && (changes.empty() || last > changes.back().position))
            done = acknowledge(tenant, last, followed);
        return done ? result<bool>{true} : done.error();
    }

    result<void> hand_over(std::string const& tenant, std::vector<LoggedChange> const& changes, Followed& followed,
                           std::stop_token const& stop)
    {
        LogBatch batch{.tenant = tenant, .changes = changes, .stop = stop};
        auto handled = guarded([&] { return options_.handle(batch); });
        auto const done = handled ? changes.size() : std::min(batch.done, changes.size());
        if (done > 0)
        {
            followed.pause = std::chrono::milliseconds{0}; // it goes on, if slowly
            if (auto kept = acknowledge(tenant, changes[done - 1].position, followed); !kept)
                return kept;
        }
        return handled;
    }

    /// A tenant that was removed meanwhile must not come back by this: its log has not reached the place any more.
    result<void> acknowledge(std::string const& tenant, LogPosition position, Followed& followed)
    {
        auto kept = log_.acknowledge(tenant, context(), options_.name, position);
        if (kept)
            followed.place = position;
        else if (kept.error().code == ErrorCode::invalid_value)
            return {}; // the next look finds out what is there
        return kept;
    }

    result<void> tell_gap(std::string const& tenant, LogGap::Reason reason, std::optional<LogPosition> from,
                          LogPosition to, Followed& followed)
    {
        LogGap const gap{.tenant = tenant, .reason = reason, .from = from.value_or(LogPosition{}), .to = to};
        if (options_.gap)
            if (auto told = options_.gap(gap); !told)
                return told;
        followed.place.reset();
        return to == LogPosition{} ? result<void>{} : acknowledge(tenant, to, followed);
    }

    /// Until there may be something to do.
    void rest(std::stop_token const& stop)
    {
        auto until = Clock::now() + options_.interval;
        for (auto const& [tenant, followed] : tenants_)
            if (followed.pause.count() > 0)
                until = std::min(until, followed.next);
        if (tenants_.size() == 1 && tenants_.begin()->second.idle)
        {
            auto const& [tenant, followed] = *tenants_.begin();
            CallContext const waiting{.now = options_.environment->now(), .deadline = until};
            auto const place = followed.place.value_or(LogPosition{});
            auto const woken = guarded(
                [&]
                {
                    auto const waited = log_.wait(tenant, waiting, place, stop);
                    return waited ? result<void>{} : result<void>{waited.error()};
                });
            if (woken)
                return;
        }
        sleep(until - Clock::now(), stop);
    }

    static void sleep(Clock::duration time, std::stop_token const& stop)
    {
        std::mutex mutex;
        std::condition_variable_any stopped;
        std::unique_lock lock{mutex};
        stopped.wait_for(lock, stop, time, [] { return false; });
    }

    std::shared_ptr<ResourceStore> const store_;
    ChangeLog& log_;
    LogReaderOptions const options_;
    std::map<std::string, Followed, std::less<>> tenants_{};
    Clock::time_point next_list_{};
    std::jthread thread_; ///< last: it uses all the others
};

namespace
{

result<void> check(ResourceStore& store, LogReaderOptions const& options)
{
    auto const wrong = [](std::string why) { return Error{ErrorCode::invalid_value, std::move(why)}; };
    if (options.name.empty() || options.name.size() > max_log_reader_bytes)
        return wrong("The name of a reader has 1 to " + std::to_string(max_log_reader_bytes) + " bytes.");
    if (!options.handle)
        return wrong("A reader needs a function that is told of changes.");
    if (!store.change_log())
        return wrong("The store keeps no change log.");
    if (options.tenant.empty() && !store.traits().tenants)
        return wrong("The store cannot say which tenants it has: name the one to follow.");
    if (options.max_batch == 0 || options.max_batch_elements == 0 || options.interval.count() <= 0 ||
        options.gather.count() < 0 || options.first_pause.count() <= 0 || options.longest_pause < options.first_pause)
        return wrong("A number or a time of a reader is none.");
    return {};
}

} // namespace

result<std::unique_ptr<LogReader>> LogReader::start(std::shared_ptr<ResourceStore> store, LogReaderOptions options)
{
    if (auto checked = check(*store, options); !checked)
        return std::move(checked).error();
    if (!options.environment)
        options.environment = system_environment();
    try
    {
        return std::unique_ptr<LogReader>{new LogReader{std::make_unique<Loop>(std::move(store), std::move(options))}};
    }
    catch (std::system_error const&)
    {
        return Error{ErrorCode::unavailable, "The system has no thread for a reader of the log."};
    }
}

LogReader::LogReader(std::unique_ptr<Loop> loop)
    : loop_(std::move(loop))
{
}

LogReader::~LogReader() = default;

void LogReader::request_stop() noexcept { loop_->request_stop(); }

} // namespace scimkit
