// What tests of readers have in common: a store, clients of two tenants, and a reader that notes what it is told.
#pragma once

#include <scimkit/events/log_reader.hpp>

#include "support/service_fixture.hpp"

#include <condition_variable>
#include <mutex>

namespace scimkit::test
{

using namespace std::chrono_literals;

/// Notes what a reader hands over, and lets a test wait for it.
class Noted
{
public:
    void add(std::string what)
    {
        {
            std::scoped_lock const lock{mutex_};
            all_.push_back(std::move(what));
        }
        changed_.notify_all();
    }

    std::vector<std::string> all() const
    {
        std::scoped_lock const lock{mutex_};
        return all_;
    }

    std::size_t count(std::string_view what) const
    {
        std::scoped_lock const lock{mutex_};
        return static_cast<std::size_t>(std::ranges::count(all_, what));
    }

    /// False: there were not as many within twenty seconds.
    bool wait_for(std::size_t count) const
    {
        std::unique_lock lock{mutex_};
        return changed_.wait_for(lock, 20s, [&] { return all_.size() >= count; });
    }

    void forget()
    {
        std::scoped_lock const lock{mutex_};
        all_.clear();
    }

private:
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::vector<std::string> all_;
};

/// "a:created id-1"
inline std::string say(LoggedChange const& change)
{
    return change.tenant +
           (change.operation == LoggedChange::Operation::created    ? ":created "
            : change.operation == LoggedChange::Operation::replaced ? ":replaced "
                                                                    : ":removed ") +
           change.id;
}

struct EventsFixture
{
    explicit EventsFixture(std::shared_ptr<ResourceStore> given = default_store()())
        : store(std::move(given))
    {
    }

    ServiceOptions options(std::string tenant) const
    {
        return {.store = store, .environment = environment, .default_tenant = std::move(tenant)};
    }

    /// Notes each change in `noted`, unless `fault` says otherwise.
    LogReaderOptions reader_options()
    {
        LogReaderOptions made{.name = "test"};
        made.handle = [this](LogBatch& batch) -> result<void>
        {
            for (LoggedChange const& change : batch.changes)
            {
                if (fault)
                    if (auto wrong = fault(change); !wrong)
                        return wrong;
                noted.add(say(change));
                ++batch.done;
            }
            return {};
        };
        made.gap = [this](LogGap const& gap) -> result<void>
        {
            noted.add(gap.tenant + (gap.reason == LogGap::Reason::trimmed ? ":trimmed" : ":replaced"));
            return {};
        };
        made.failed = [this](std::string_view tenant, Error const& error, std::chrono::milliseconds)
        { failures.add(std::string{tenant} + ":" + error.detail); };
        made.interval = 5ms;
        made.first_pause = 1ms;
        made.longest_pause = 20ms;
        return made;
    }

    std::unique_ptr<LogReader> start() { return LogReader::start(store, reader_options()).value(); }

    LogPosition place(std::string_view tenant, std::string_view name = "test") const
    {
        return store->change_log()->place(tenant, {}, name).value().value_or(LogPosition{});
    }

    LogPosition end(std::string_view tenant) const { return store->change_log()->extent(tenant, {}).value().end; }

    /// The reader acknowledges after it has handed over.
    bool wait_for_place(std::string_view tenant) const
    {
        for (int i = 0; i < 2'000 && place(tenant) != end(tenant); ++i)
            std::this_thread::sleep_for(10ms);
        return place(tenant) == end(tenant);
    }

    /// All of tenant a.
    std::vector<LoggedChange> changes() const
    {
        std::vector<LoggedChange> all;
        store->change_log()
            ->read("a", {}, {}, 10'000, [&](LoggedChange&& one) { return all.push_back(std::move(one)), true; })
            .value();
        return all;
    }

    void trim(std::string_view tenant) const
    {
        auto const trimmed = store->change_log()->trim(tenant, {}, {.most_bytes = 0, .readers_since = Instant::max()});
        if (!trimmed)
            throw std::runtime_error{trimmed.error().detail};
    }

    std::shared_ptr<TickingEnvironment> environment = std::make_shared<TickingEnvironment>();
    std::shared_ptr<ResourceStore> store;
    ServiceFixture scim{options("a")};
    ServiceFixture other{options("b")};
    Noted noted;
    Noted failures;
    std::function<result<void>(LoggedChange const&)> fault; ///< set it while no reader runs
};

} // namespace scimkit::test
