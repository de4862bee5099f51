// The log is the store of events: a token is made when it is asked for, and what is kept is a place in the log.
#include <scimkit/events/security_event.hpp>

#include "../core/timed_lock.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <semaphore>
#include <set>
#include <stdexcept>
#include <thread>
#include <utility>

namespace scimkit
{
namespace
{

constexpr std::chrono::seconds longest_poll{10}; // of a poll in the store; then 503

constexpr std::size_t jti_size = 32; // of change_id()

// What one poll looks at and acknowledges is one piece of work of its tenant: the others wait for it.
constexpr std::chrono::seconds longest_turn{1}; // that a poll waits for others of its tenant; then 503
constexpr int most_in_line = 4; // polls of a tenant that are at work or wait for that; further ones get 503 at once

constexpr std::size_t most_told = 10; // tokens that one poll could not take, by name; of further ones the number

constexpr std::chrono::milliseconds busy_pause{50}; // of a poll that waits and may not look at the moment

constexpr std::chrono::seconds look_interval{5}; // of a poll that waits, at those who may have ended it

/// What a receiver said.
struct Polled
{
    std::set<std::string, std::less<>> acknowledged{};
    std::vector<std::string> refused{}; ///< among `acknowledged` too: they would be refused again
    std::size_t most = 0;
    bool may_wait = true;
};

Error wrong(std::string why) { return {ErrorCode::invalid_value, std::move(why)}; }

result<Polled> read_poll(json::value const& request, std::size_t most)
{
    auto const* const object = request.if_object();
    if (!object)
        return wrong("A poll is a JSON object.");
    Polled polled{.most = most};
    if (auto const* const value = object->if_contains("maxEvents"))
    {
        if (!value->is_int64() || value->get_int64() < 0)
            return wrong("maxEvents: a number that is not negative is wanted.");
        polled.most = static_cast<std::size_t>(std::min<std::uint64_t>(most, value->to_number<std::uint64_t>()));
    }
    if (auto const* const value = object->if_contains("returnImmediately"))
    {
        if (!value->is_bool())
            return wrong("returnImmediately: true or false is wanted.");
        polled.may_wait = !value->get_bool();
    }
    polled.may_wait = polled.may_wait && polled.most > 0;
    if (auto const* const value = object->if_contains("ack"))
    {
        if (!value->is_array())
            return wrong("ack: an array of jti is wanted.");
        for (auto const& each : value->get_array())
        {
            if (!each.is_string())
                return wrong("ack: an array of jti is wanted.");
            polled.acknowledged.emplace(each.get_string());
        }
    }
    if (auto const* const value = object->if_contains("setErrs"))
    {
        if (!value->is_object())
            return wrong("setErrs: an object of jti is wanted.");
        for (auto const& each : value->get_object())
        {
            polled.refused.emplace_back(each.key());
            polled.acknowledged.emplace(each.key());
        }
    }
    return polled;
}

/// One of those that may wait.
class Turn
{
public:
    explicit Turn(std::counting_semaphore<>& of)
        : of_(of)
    {
    }
    Turn(Turn const&) = delete;
    Turn& operator=(Turn const&) = delete;
    ~Turn() { of_.release(); }

private:
    std::counting_semaphore<>& of_;
};

} // namespace

struct EventStreams::State
{
    /// One tenant's.
    struct Stream
    {
        std::timed_mutex mutex{};                          ///< for the next two
        std::set<std::string, std::less<>> acknowledged{}; ///< of what comes behind the place
        std::string gap{};                                 ///< `jti` of the one that `problem` was told of
        std::atomic<int> in_line{0};
    };

    /// A poll's turn at its tenant's stream, if it gets one. One that has waited for changes has stood in line already:
    /// how many do that is bounded, and they come all at once when there is one.
    class StreamTurn
    {
    public:
        StreamTurn(Stream& of, bool is_new)
            : of_(of)
            , is_new_(is_new)
        {
            if (!is_new || ++of.in_line <= most_in_line)
                detail::lock_until(lock_, std::chrono::steady_clock::now() + longest_turn);
        }
        StreamTurn(StreamTurn const&) = delete;
        StreamTurn& operator=(StreamTurn const&) = delete;
        ~StreamTurn()
        {
            if (is_new_)
                --of_.in_line;
        }

        explicit operator bool() const noexcept { return lock_.owns_lock(); }

    private:
        Stream& of_;
        bool const is_new_;
        std::unique_lock<std::timed_mutex> lock_{of_.mutex, std::defer_lock};
    };

    /// Where a receiver is.
    struct Place
    {
        LogPosition position{};
        std::optional<LogGap> gap{}; ///< in front of it, not acknowledged
    };

    explicit State(EventStreamOptions given)
        : options(std::move(given))
        , log(*options.store->change_log())
        , waiting(static_cast<std::ptrdiff_t>(options.max_waiting))
    {
    }

    CallContext context() const
    {
        return {.now = options.environment->now(), .deadline = std::chrono::steady_clock::now() + longest_poll};
    }

    std::shared_ptr<Stream> stream(std::string_view tenant)
    {
        std::scoped_lock const lock{mutex};
        auto found = streams.find(tenant);
        if (found == streams.end())
            found = streams.emplace(tenant, std::make_shared<Stream>()).first;
        return found->second;
    }

    void tell(std::string_view tenant, std::string_view what) const
    {
        if (options.problem)
            options.problem(tenant, what);
    }

    EventStreamOptions const options;
    ChangeLog& log;
    std::mutex mutex{};
    std::map<std::string, std::shared_ptr<Stream>, std::less<>> streams{};
    std::counting_semaphore<> waiting;

    /// The tokens that are due, oldest first, and how far everything in front of them is acknowledged.
    struct Due
    {
        std::vector<json::object> claims{};
        LogPosition done{};
        std::vector<std::string> passed{}; ///< acknowledged, and in front of `done`
        bool more = false;
    };

    result<Due> due(std::string_view tenant, Stream const& stream, Place const& place, std::size_t most) const
    {
        Due found{.done = place.position};
        auto const about = options.about(tenant);
        std::size_t bytes = 0;
        found.more = place.gap && most == 0;
        if (place.gap && most > 0)
            found.claims.push_back(security_event(*place.gap, about, options.environment->now()));
        auto const look = [&](LoggedChange&& change)
        {
            auto const jti = change_id(change, about.audience);
            bool const is_done = stream.acknowledged.contains(jti);
            auto claims = is_done ? std::nullopt : security_event(change, *options.registry, about);
            if (!claims && found.claims.empty() && !found.more && !place.gap)
            {
                found.done = change.position;
                if (is_done)
                    found.passed.push_back(jti);
            }
            else if (claims && (found.claims.size() == most || bytes >= options.max_answer_bytes))
                found.more = true;
            else if (claims)
            {
                bytes += estimate_json_size(*claims);
                found.claims.push_back(std::move(*claims));
            }
            return !found.more;
        };
        auto const scanned = options.max_events + options.max_acknowledged + 1;
        auto const read = log.read(tenant, context(), place.position, scanned, look);
        return read ? result<Due>{std::move(found)} : read.error();
    }

    /// Where the receiver is; a place that the log has not reached is of another log. A gap stays until a receiver has
    /// acknowledged that it knows of it.
    result<Place> place(std::string_view tenant, Stream& stream)
    {
        auto const stored = log.place(tenant, context(), options.reader);
        auto const extent = stored ? log.extent(tenant, context()) : result<LogExtent>{stored.error()};
        if (!extent)
            return extent.error();
        auto const at = stored->value_or(LogPosition{});
        bool const is_other = at > extent->end;
        if (at >= extent->begin && !is_other)
            return Place{.position = at};
        LogGap gap{.tenant = std::string{tenant},
                   .reason = is_other ? LogGap::Reason::replaced : LogGap::Reason::trimmed,
                   .from = at,
                   .to = extent->begin};
        auto jti = event_id(gap, options.about(tenant).audience);
        if (stream.acknowledged.erase(jti) > 0)
        {
            auto const kept = log.acknowledge(tenant, context(), options.reader, gap.to);
            return kept ? result<Place>{Place{.position = gap.to}} : kept.error();
        }
        if (stream.gap != jti)
            tell(tenant, "Changes have gone from the change log before a receiver had them; it is told so.");
        stream.gap = std::move(jti);
        return Place{.position = gap.to, .gap = std::move(gap)};
    }

    void take(std::string_view tenant, Stream& stream, Polled const& polled) const
    {
        auto const named = std::min(polled.refused.size(), most_told);
        for (std::size_t i = 0; i < named; ++i)
            tell(tenant, "A receiver could not take the token " + polled.refused[i].substr(0, 64) + ".");
        if (named < polled.refused.size())
            tell(tenant, "A receiver could not take " + std::to_string(polled.refused.size() - named) +
                             " further tokens of the same poll.");
        if (stream.acknowledged.size() + polled.acknowledged.size() > options.max_acknowledged)
            stream.acknowledged.clear(); // they come again
        for (std::string const& jti : polled.acknowledged)
            if (jti.size() == jti_size && stream.acknowledged.size() < options.max_acknowledged)
                stream.acknowledged.insert(jti);
    }

    /// What there is at the moment, and where it was looked for last.
    result<Due> look(std::string_view tenant, Polled const& polled, bool is_new)
    {
        auto const of = stream(tenant);
        StreamTurn const turn{*of, is_new};
        if (!turn)
            return Error{.code = ErrorCode::busy,
                         .detail = "Other polls of this stream are being answered. Try again.",
                         .retry_after = std::chrono::seconds{1}};
        take(tenant, *of, polled);
        auto const from = place(tenant, *of);
        if (!from)
            return from.error();
        auto found = due(tenant, *of, *from, polled.most);
        if (!found)
            return found;
        if (found->done > from->position)
            if (auto kept = log.acknowledge(tenant, context(), options.reader, found->done); !kept)
                return kept.error();
        for (std::string const& jti : found->passed)
            of->acknowledged.erase(jti);
        return found;
    }

    /// Until there is something, or no longer than it may.
    result<Due> wait(std::string_view tenant, Polled const& polled, Due found, EventWait const& how)
    {
        using Clock = std::chrono::steady_clock;
        auto const end = Clock::now() + how.most;
        auto next_check = Clock::now() + look_interval;
        Polled const again{.most = polled.most};
        while (found.claims.empty() && Clock::now() < end && !how.stop.stop_requested())
        {
            CallContext const context_of_wait{.now = options.environment->now(), .deadline = std::min(end, next_check)};
            auto const woken = log.wait(tenant, context_of_wait, found.done, how.stop);
            if (!woken && woken.error().code != ErrorCode::trimmed)
                return woken.error();
            if (!woken || *woken)
            {
                auto looked = look(tenant, again, false);
                if (!looked && looked.error().code != ErrorCode::busy)
                    return looked;
                if (looked)
                    found = std::move(*looked);
                else // it has time to ask again
                    std::this_thread::sleep_for(busy_pause);
            }
            if (found.claims.empty() && Clock::now() < next_check)
                continue; // what is told to nobody costs no check
            if (auto checked = how.check ? how.check() : result<void>{}; !checked)
                return checked.error();
            next_check = Clock::now() + look_interval;
        }
        return found;
    }

    result<json::object> answer(Due const& due) const
    {
        json::object sets;
        for (json::object const& claims : due.claims)
        {
            auto const token = options.sign(claims);
            if (!token)
                return token.error();
            sets[claims.at("jti").as_string()] = *token;
        }
        json::object made{{"sets", std::move(sets)}};
        if (due.more)
            made["moreAvailable"] = true;
        return made;
    }
};

EventStreams::EventStreams(EventStreamOptions options)
{
    if (!options.store || !options.store->change_log() || !options.registry || !options.about || !options.sign)
        throw std::invalid_argument{"streams of events need a store with a change log, a registry, about and sign"};
    if (!options.environment)
        options.environment = system_environment();
    state_ = std::make_unique<State>(std::move(options));
}

EventStreams::~EventStreams() = default;

result<json::object> EventStreams::poll(std::string_view tenant, json::value const& request, EventWait const& wait)
{
    auto const polled = read_poll(request, state_->options.max_events);
    if (!polled)
        return polled.error();
    auto found = state_->look(tenant, *polled, true);
    bool const waits = found && found->claims.empty() && polled->may_wait && wait.most.count() > 0;
    if (waits && state_->waiting.try_acquire())
    {
        Turn const turn{state_->waiting};
        found = state_->wait(tenant, *polled, std::move(*found), wait);
    }
    return found ? state_->answer(*found) : result<json::object>{found.error()};
}

void EventStreams::forget(std::string_view tenant)
{
    std::scoped_lock const lock{state_->mutex};
    if (auto const found = state_->streams.find(tenant); found != state_->streams.end())
        state_->streams.erase(found);
}

} // namespace scimkit
