// The log is the store of events: a token is made when it is asked for, and what is kept is a place in the log.
#include <scimkit/events/security_event.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <utility>

namespace scimkit
{
namespace
{

constexpr std::chrono::seconds longest_poll{10}; // of a poll in the store; then 503

constexpr std::size_t jti_size = 32; // of change_id()

/// What a receiver said.
struct Polled
{
    std::set<std::string, std::less<>> acknowledged{};
    std::vector<std::string> refused{}; ///< among `acknowledged` too: they would be refused again
    std::size_t most = 0;
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

} // namespace

struct EventStreams::State
{
    /// One tenant's.
    struct Stream
    {
        std::mutex mutex{};
        std::set<std::string, std::less<>> acknowledged{}; ///< of what comes behind the place
    };

    explicit State(EventStreamOptions given)
        : options{std::move(given)}
        , log{*options.store->change_log()}
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

    /// The tokens that are due, oldest first, and how far everything in front of them is acknowledged.
    struct Due
    {
        std::vector<json::object> claims{};
        LogPosition done{};
        std::vector<std::string> passed{}; ///< acknowledged, and in front of `done`
        bool more = false;
    };

    result<Due> due(std::string_view tenant, Stream const& stream, LogPosition place, std::size_t most) const
    {
        Due found{.done = place};
        auto const about = options.about(tenant);
        std::size_t bytes = 0;
        auto const look = [&](LoggedChange&& change)
        {
            auto const jti = change_id(change, about.audience);
            bool const is_done = stream.acknowledged.contains(jti);
            auto claims = is_done ? std::nullopt : security_event(change, *options.registry, about);
            if (!claims && found.claims.empty() && !found.more)
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
        auto const read = log.read(tenant, context(), place, scanned, look);
        return read ? result<Due>{std::move(found)} : read.error();
    }

    /// Where the receiver is; a place that the log has not reached is of another log.
    result<LogPosition> place(std::string_view tenant)
    {
        auto const stored = log.place(tenant, context(), options.reader);
        auto const extent = stored ? log.extent(tenant, context()) : result<LogExtent>{stored.error()};
        if (!extent)
            return extent.error();
        auto const at = stored->value_or(LogPosition{});
        if (at < extent->begin)
        {
            tell(tenant, "Changes have gone from the change log before a receiver had them.");
            auto const kept = log.acknowledge(tenant, context(), options.reader, extent->begin); // once is enough
            return kept ? result<LogPosition>{extent->begin} : kept.error();
        }
        return at > extent->end ? LogPosition{} : at;
    }

    void take(std::string_view tenant, Stream& stream, Polled const& polled) const
    {
        for (std::string const& jti : polled.refused)
            tell(tenant, "A receiver could not take the token " + jti.substr(0, 64) + ".");
        if (stream.acknowledged.size() + polled.acknowledged.size() > options.max_acknowledged)
            stream.acknowledged.clear(); // they come again
        for (std::string const& jti : polled.acknowledged)
            if (jti.size() == jti_size && stream.acknowledged.size() < options.max_acknowledged)
                stream.acknowledged.insert(jti);
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

result<json::object> EventStreams::poll(std::string_view tenant, json::value const& request)
{
    auto const polled = read_poll(request, state_->options.max_events);
    if (!polled)
        return polled.error();
    auto const stream = state_->stream(tenant);
    std::scoped_lock const lock{stream->mutex};
    state_->take(tenant, *stream, *polled);
    auto const place = state_->place(tenant);
    if (!place)
        return place.error();
    auto const due = state_->due(tenant, *stream, *place, polled->most);
    if (!due)
        return due.error();
    if (due->done > *place)
        if (auto kept = state_->log.acknowledge(tenant, state_->context(), state_->options.reader, due->done); !kept)
            return kept.error();
    for (std::string const& jti : due->passed)
        stream->acknowledged.erase(jti);
    return state_->answer(*due);
}

} // namespace scimkit
