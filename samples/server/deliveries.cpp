// A reader ends with the post that is under way, which may take ten seconds. Whoever exchanges targets does not wait
// for that, so one thread ends and begins readers; and it never begins one of a tenant before the one before has ended,
// since two of one name would take each other's changes away.
#include "deliveries.hpp"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace server
{

using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::result;

namespace
{

/// What the readers of one kind have in common.
struct Common
{
    Posting posting;
    Deliveries::IsServed is_served;
    Deliveries::Log log;
    mutable std::mutex mutex{}; ///< for the next three
    /// By tenant, whether it is served or not; of "" the one for those that have none of their own.
    std::map<std::string, std::string, std::less<>> hosts{};
    DeliveryCounts counts{};
    std::map<std::string, DeliveryState, std::less<>> states{};

    bool has_own(std::string_view tenant) const
    {
        std::lock_guard const lock{mutex};
        return !tenant.empty() && hosts.contains(tenant);
    }

    void note(std::string_view tenant, result<bool> const& posted)
    {
        if (posted && !*posted)
            return;
        auto const now = scimkit::system_environment()->now();
        std::lock_guard const lock{mutex};
        DeliveryState& state = states[std::string{tenant}];
        ++(posted ? counts.delivered : counts.failed);
        ++(posted ? state.counts.delivered : state.counts.failed);
        (posted ? state.delivered : state.failed) = now;
        state.next.reset();
        if (!posted)
            state.reason = posted.error().detail;
    }

    void failed(std::string_view tenant, Error const& error, std::chrono::milliseconds again)
    {
        {
            std::lock_guard const lock{mutex};
            if (auto const known = states.find(tenant); known != states.end() && known->second.reason == error.detail)
                known->second.next = scimkit::system_environment()->now() + again;
        }
        if (is_served(tenant))
            log(scimkit::LogLevel::warning, posting.what + " was not delivered: tenant " + std::string{tenant} + ": " +
                                                error.detail + " Next attempt in " + std::to_string(again.count()) +
                                                " ms");
    }
};

/// What of a URL may be shown: some receivers have their secret in the path.
std::string host_of(std::string_view url)
{
    auto const scheme = url.find("://");
    return std::string{scheme == url.npos ? url : url.substr(0, url.find_first_of("/?#", scheme + 3))};
}

Error not_served() { return {ErrorCode::unavailable, "the tenant is switched off, or gone."}; }
Error has_own_target() { return {ErrorCode::unavailable, "the tenant has a target of its own."}; }

struct Poster
{
    std::shared_ptr<Common> common;
    Target target;
    Outgoing outgoing;

    result<std::string> secret() const { return target.secret ? target.secret() : result<std::string>{std::string{}}; }

    /// Asked before each message: the tenant may have been switched off, or given a target of its own, meanwhile.
    result<void> may_be_told(std::string_view tenant) const
    {
        if (!common->is_served(tenant))
            return not_served();
        return target.tenant.empty() && common->has_own(tenant) ? result<void>{has_own_target()} : result<void>{};
    }

    /// What became of an attempt is noted in any case.
    result<void> noted(std::string_view tenant, result<bool> const& posted) const
    {
        common->note(tenant, posted);
        return posted ? result<void>{} : posted.error();
    }

    result<void> post(scimkit::LogBatch& batch) const
    {
        auto const known = secret();
        if (!known)
            return noted(batch.tenant, known.error());
        for (auto const& change : batch.changes)
        {
            if (batch.stop.stop_requested())
                return Error{ErrorCode::unavailable, "the server stops."};
            if (auto may = may_be_told(batch.tenant); !may)
                return may;
            if (auto done = noted(batch.tenant, common->posting.change(outgoing, *known, change)); !done)
                return done;
            ++batch.done;
        }
        return {};
    }

    result<void> post(scimkit::LogGap const& gap) const
    {
        if (auto may = may_be_told(gap.tenant); !may)
            return may;
        auto const known = secret();
        return noted(gap.tenant, known ? common->posting.gap(outgoing, *known, gap) : known.error());
    }
};

scimkit::LogReaderOptions reader_options(std::shared_ptr<Common> const& common,
                                         std::shared_ptr<Poster const> const& poster)
{
    scimkit::LogReaderOptions options{.name = common->posting.reader};
    options.tenant = poster->target.tenant;
    options.own_types = common->posting.own_types;
    options.handle = [poster](scimkit::LogBatch& batch) { return poster->post(batch); };
    options.gap = [poster](scimkit::LogGap const& gap) { return poster->post(gap); };
    options.failed = [common](std::string_view tenant, Error const& error, std::chrono::milliseconds again)
    { common->failed(tenant, error, again); };
    if (options.tenant.empty())
        options.follows = [common](std::string_view tenant)
        { return common->is_served(tenant) && !common->has_own(tenant); };
    options.max_batch = 20; // what may come again after a crash
    return options;
}

} // namespace

struct Deliveries::State
{
    struct Running
    {
        Target target;
        std::unique_ptr<scimkit::LogReader> reader;
    };

    std::shared_ptr<scimkit::ResourceStore> store;
    std::shared_ptr<Common> common;
    std::mutex mutex{}; ///< for the next three
    std::condition_variable_any changed{};
    Targets targets{};
    bool has_news = false;
    std::map<std::string, Running, std::less<>> running{}; ///< of the thread alone
    std::jthread thread{};                                 ///< last: it uses all the others

    void news()
    {
        {
            std::lock_guard const lock{mutex};
            has_news = true;
        }
        changed.notify_all();
    }

    void run(std::stop_token const& stop)
    {
        while (!stop.stop_requested())
        {
            std::unique_lock lock{mutex};
            changed.wait(lock, stop, [&] { return has_news; });
            has_news = false;
            auto const wanted = served(targets);
            lock.unlock();
            forget_others();
            if (!stop.stop_requested())
                settle(wanted);
        }
        for (auto& [tenant, each] : running)
            each.reader->request_stop();
        running.clear();
    }

    /// A tenant that is made anew does not begin with what became of another one's.
    void forget_others() const
    {
        std::lock_guard const lock{common->mutex};
        std::erase_if(common->states, [&](auto const& each) { return !common->is_served(each.first); });
    }

    Targets served(Targets const& all) const
    {
        Targets some;
        for (Target const& each : all)
            if (each.tenant.empty() || common->is_served(each.tenant))
                some.push_back(each);
        return some;
    }

    void settle(Targets const& wanted)
    {
        std::map<std::string_view, Target const*> by_tenant;
        for (Target const& each : wanted)
            by_tenant.emplace(each.tenant, &each);
        std::vector<std::unique_ptr<scimkit::LogReader>> ending;
        for (auto each = running.begin(); each != running.end();)
        {
            auto const found = by_tenant.find(each->first);
            if (found != by_tenant.end() && *found->second == each->second.target)
            {
                ++each;
                continue;
            }
            each->second.reader->request_stop();
            ending.push_back(std::move(each->second.reader));
            each = running.erase(each);
        }
        ending.clear(); // waits
        for (auto const& [tenant, target] : by_tenant)
            if (!running.contains(tenant))
                begin(*target);
    }

    void begin(Target const& target)
    {
        auto const complain = [&](std::string const& why)
        {
            common->log(scimkit::LogLevel::error, common->posting.what + " cannot be delivered: " +
                                                      (target.tenant.empty() ? "" : "tenant " + target.tenant + ": ") +
                                                      why);
        };
        if (running.size() > max_own_targets)
            return complain("there are targets of " + std::to_string(max_own_targets) + " other tenants already");
        auto outgoing = Outgoing::create(common->posting.what, target.url);
        if (!outgoing)
            return complain(outgoing.error().detail);
        auto const poster = std::make_shared<Poster const>(Poster{common, target, std::move(*outgoing)});
        auto reader = scimkit::LogReader::start(store, reader_options(common, poster));
        if (!reader)
            return complain(reader.error().detail);
        running.emplace(target.tenant, Running{target, std::move(*reader)});
    }
};

Deliveries::Deliveries(std::shared_ptr<scimkit::ResourceStore> store, Posting posting, IsServed is_served, Log log)
    : state_(new State{.store = std::move(store),
                       .common = std::make_shared<Common>(std::move(posting), std::move(is_served), std::move(log))})
{
    state_->thread = std::jthread{[state = state_.get()](std::stop_token const& stop) { state->run(stop); }};
}

Deliveries::~Deliveries() = default;

void Deliveries::exchange(Targets targets)
{
    {
        std::lock_guard const lock{state_->common->mutex};
        state_->common->hosts.clear();
        for (Target const& each : targets)
            state_->common->hosts.try_emplace(each.tenant, host_of(each.url));
    }
    {
        std::lock_guard const lock{state_->mutex};
        state_->targets = std::move(targets);
    }
    refresh();
}

void Deliveries::refresh() { state_->news(); }

DeliveryCounts Deliveries::counts() const
{
    std::lock_guard const lock{state_->common->mutex};
    return state_->common->counts;
}

std::optional<DeliveryState> Deliveries::state_of(std::string_view tenant) const
{
    auto const& common = *state_->common;
    if (!common.is_served(tenant))
        return std::nullopt;
    std::lock_guard const lock{common.mutex};
    auto host = common.hosts.find(tenant);
    if (host == common.hosts.end())
        host = common.hosts.find(std::string_view{});
    if (host == common.hosts.end())
        return std::nullopt;
    auto const known = common.states.find(tenant);
    auto state = known == common.states.end() ? DeliveryState{} : known->second;
    state.host = host->second;
    return state;
}

} // namespace server
