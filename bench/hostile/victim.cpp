// The pace is fixed and low, so that what is measured is the server's doing and not this client's.
#include "victim.hpp"

#include "../../src/core/urgency.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

namespace hostile
{
namespace
{

using std::chrono::milliseconds;

/// Not the attack's: another client is another machine.
asio::ip::address_v4 const own_address{{127, 0, 0, 2}};

/// Which has a core for its client, whatever the server's machine does. Without the right to it (root has it) the
/// client waits for a core as the server does, and what is measured holds both.
void stand_for_another_machine()
{
    sched_param const first{.sched_priority = 1};
    if (::pthread_setschedparam(::pthread_self(), SCHED_FIFO, &first) != 0)
        scimkit::set_urgency(scimkit::Urgency::at_once);
}

double in_milliseconds(Clock::duration time) { return std::chrono::duration<double, std::milli>(time).count(); }

std::string new_user()
{
    static int number = 0;
    return R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"victim-)" +
           std::to_string(::getpid()) + "-" + std::to_string(++number) + R"(","displayName":"Victim","active":true})";
}

struct Kind
{
    std::string name;
    milliseconds pace;
    std::function<std::string()> request;
};

std::vector<Kind> kinds(Victim const& victim)
{
    std::string const get = make_request("GET", victim.user, victim.token);
    std::string const filter = make_request("GET", victim.filter, victim.token);
    return {{"GET", milliseconds{5}, [get] { return get; }},
            {"filter", milliseconds{5}, [filter] { return filter; }},
            {"POST", milliseconds{10},
             [victim] { return make_request("POST", victim.server.prefix + "/Users", victim.token, new_user()); }}};
}

void note(Waits& waits, Clock::duration waited, Clock::duration pace)
{
    for (; waited > Clock::duration::zero(); waited -= pace)
        waits.milliseconds.push_back(in_milliseconds(waited));
}

asio::awaitable<void> ask(Victim const& victim, Kind const& kind, Clock::time_point end, Waits& waits)
{
    // Whoever waits at the end has waited long enough to show.
    constexpr milliseconds beyond_the_end{1'000};
    std::optional<Stream> stream;
    for (auto next = Clock::now(); next < end; next = std::max(next + kind.pace, Clock::now()))
    {
        co_await sleep_for(next - Clock::now());
        auto const begun = Clock::now();
        error_code error;
        if (!stream)
        {
            stream.emplace(co_await asio::this_coro::executor);
            error = co_await connect(*stream, victim.server.port, 0, own_address);
        }
        Answer answer;
        auto const limit = std::chrono::duration_cast<milliseconds>(end - Clock::now()) + beyond_the_end;
        if (!error)
            answer = co_await exchange(*stream, kind.request(), limit);
        note(waits, Clock::now() - begun, kind.pace);
        waits.failures += answer.status / 100 == 2 ? 0 : 1;
        if (!answer.keep_alive || victim.fresh_connections)
            stream.reset();
    }
}

} // namespace

double Waits::percentile(double part) const
{
    if (milliseconds.empty())
        return 0;
    auto sorted = milliseconds;
    std::ranges::sort(sorted);
    auto const rank = static_cast<std::size_t>(std::ceil(part * static_cast<double>(sorted.size())));
    return sorted[std::max<std::size_t>(rank, 1) - 1];
}

double Waits::longest() const { return milliseconds.empty() ? 0 : *std::ranges::max_element(milliseconds); }

void Waits::add(Waits const& others)
{
    milliseconds.insert(milliseconds.end(), others.milliseconds.begin(), others.milliseconds.end());
    failures += others.failures;
}

Measured Victim::measure(Clock::duration time) const
{
    stand_for_another_machine();
    asio::io_context context{1};
    Measured measured;
    auto const all = kinds(*this);
    for (Kind const& kind : all)
        asio::co_spawn(context, ask(*this, kind, Clock::now() + time, measured[kind.name]), asio::detached);
    context.run();
    return measured;
}

std::optional<double> Victim::recover(Clock::duration most) const
{
    constexpr double quick = 10; // milliseconds
    constexpr int enough = 5;    // what the attack has left behind must not count as what the client has alone
    auto const begun = Clock::now();
    auto calm_since = begun;
    for (int calm = 0; calm < enough;)
    {
        if (Clock::now() - begun >= most)
            return std::nullopt;
        Measured const now = measure(milliseconds{100});
        bool const is_calm = std::ranges::all_of(now, [](auto const& one) { return one.second.longest() < quick; });
        if (calm == 0 && is_calm)
            calm_since = Clock::now();
        calm = is_calm ? calm + 1 : 0;
    }
    return in_milliseconds(calm_since - begun) / 1'000;
}

} // namespace hostile
