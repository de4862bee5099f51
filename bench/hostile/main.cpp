// Runs one case of hostile work against a running server and prints what it did to another client, as JSON.
//
//     scimkit_bench_hostile PORT PID CASE SECONDS TARGETS.json VICTIM_TOKEN ATTACKER_TOKEN ROUNDS
//     scimkit_bench_hostile --probe PORT PID CASE SECONDS TARGETS.json VICTIM_TOKEN ATTACKER_TOKEN
//     scimkit_bench_hostile --list
//
// Windows of SECONDS alternate, in ROUNDS: the victim alone, under attack, alone, under attack. At the end, still under
// attack, the server gets SIGTERM. With --probe: one client of the attack, for one answer or at most so many seconds.
#include <scimkit/core/json.hpp>

#include "attack.hpp"
#include "process_watch.hpp"
#include "victim.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <iostream>
#include <iterator>

namespace
{

using namespace hostile;
namespace json = boost::json;
using std::chrono::milliseconds;

constexpr auto longest_recovery = std::chrono::seconds{8};
constexpr auto longest_stop = std::chrono::seconds{15}; // the server's own grace is ten

struct Setup
{
    Server server;
    Targets targets;
    Victim victim;
    std::string attacker_token;
    Attack attack;
    Clock::duration window;
    int rounds;
};

json::object as_json(Measured const& measured)
{
    json::object out;
    for (auto const& [name, waits] : measured)
        out[name] = {{"p50", waits.percentile(0.5)},
                     {"p99", waits.percentile(0.99)},
                     {"max", waits.longest()},
                     {"samples", waits.milliseconds.size()},
                     {"failures", waits.failures}};
    return out;
}

json::object as_json(Outcomes const& outcomes)
{
    json::object out;
    for (auto const& [what, kind] : outcomes.kinds)
        out[what] = {{"count", kind.count}, {"longest", kind.longest}};
    return out;
}

void add(Measured& sum, Measured const& more)
{
    for (auto const& [name, waits] : more)
        sum[name].add(waits);
}

/// Seconds from SIGTERM to the end of the process; null if it goes on for longer than it may.
json::value stop(int pid)
{
    auto const begun = Clock::now();
    ::kill(pid, SIGTERM);
    while (Clock::now() - begun < longest_stop)
    {
        if (!is_alive(pid))
            return std::chrono::duration<double>(Clock::now() - begun).count();
        std::this_thread::sleep_for(milliseconds{5});
    }
    return nullptr;
}

json::object run(Setup const& setup)
{
    Outcomes outcomes;
    Scene const scene{setup.server, setup.targets, setup.attacker_token, outcomes};
    json::object report;
    Measured alone, attacked;
    double idle_memory = 0, peak_memory = 0;
    bool calm = true;
    json::value recovery = 0.0;                    // null: not in time, once
    (void)setup.victim.measure(milliseconds{200}); // warms up
    for (int round = 1; round <= setup.rounds; ++round)
    {
        if (calm)
            add(alone, setup.victim.measure(setup.window));
        if (round == 1)
            idle_memory = own_memory(setup.server.pid);
        {
            MemoryWatch const memory{setup.server.pid};
            Running const running{setup.attack, scene};
            add(attacked, setup.victim.measure(setup.window));
            if (round == setup.rounds)
                report["stop"] = stop(setup.server.pid);
            peak_memory = std::max(peak_memory, memory.peak());
        }
        if (round == setup.rounds)
            break;
        auto const recovered = setup.victim.recover(longest_recovery);
        calm = recovered.has_value();
        recovery = calm && !recovery.is_null() ? json::value(*recovered) : json::value(nullptr);
        if (round == 1)
            report["memory_after"] = own_memory(setup.server.pid);
    }
    report["recovery"] = recovery;
    report["alone"] = as_json(alone);
    report["attacked"] = as_json(attacked);
    report["outcomes"] = as_json(outcomes);
    report["memory_idle"] = idle_memory;
    report["memory_peak"] = peak_memory;
    return report;
}

json::object probe(Setup& setup)
{
    Outcomes outcomes;
    setup.attack.clients = 1;
    MemoryWatch const memory{setup.server.pid};
    auto const begun = Clock::now();
    {
        Running const running{setup.attack, {setup.server, setup.targets, setup.attacker_token, outcomes}};
        while (outcomes.noted == 0 && Clock::now() - begun < setup.window)
            std::this_thread::sleep_for(milliseconds{5});
    }
    return {{"outcomes", as_json(outcomes)},
            {"seconds", std::chrono::duration<double>(Clock::now() - begun).count()},
            {"memory_peak", memory.peak()}};
}

Targets read_targets(json::object const& made, std::string const& prefix)
{
    auto const target = [&](char const* kind, char const* name)
    { return prefix + "/" + kind + "/" + std::string{made.at(name).as_string()}; };
    auto const targets = [&](char const* kind, char const* name)
    {
        std::vector<std::string> all;
        if (auto const* ids = made.if_contains(name))
            for (json::value const& id : ids->as_array())
                all.push_back(prefix + "/" + kind + "/" + std::string{id.as_string()});
        return all;
    };
    return {.everyone = target("Groups", "everyone"),
            .joiner = target("Users", "joiner"),
            .long_email = target("Users", "long_email"),
            .plain = target("Users", "plain"),
            .users = made.at("users").to_number<std::uint64_t>(),
            .crowds = targets("Groups", "crowds"),
            .leavers = targets("Users", "leavers")};
}

Setup read_setup(std::vector<std::string> const& arguments)
{
    Server const server{.port = static_cast<std::uint16_t>(std::stoi(arguments.at(0))),
                        .pid = std::stoi(arguments.at(1))};
    std::ifstream file{arguments.at(4)};
    std::string const text{std::istreambuf_iterator<char>{file}, {}};
    json::object const made = scimkit::parse_json(text).value().as_object();
    Targets const targets = read_targets(made, server.prefix);
    auto const all = all_attacks(targets, server, arguments.at(6));
    auto const attack = std::ranges::find(all, arguments.at(2), &Attack::name);
    if (attack == all.end())
        throw std::runtime_error("there is no case '" + arguments.at(2) + "'");
    Victim const victim{.server = server,
                        .token = arguments.at(5),
                        .user = targets.plain,
                        .filter = server.prefix + "/Users?filter=" +
                                  encode("userName eq \"" + std::string{made.at("plain_name").as_string()} + "\""),
                        .fresh_connections = attack->on_connections};
    auto const window =
        std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(std::stod(arguments.at(3))));
    int const rounds = arguments.size() > 7 ? std::stoi(arguments.at(7)) : 1;
    return {server, targets, victim, arguments.at(6), *attack, window, rounds};
}

} // namespace

int main(int argc, char** argv)
{
    std::vector<std::string> arguments(argv + 1, argv + argc);
    try
    {
        if (arguments == std::vector<std::string>{"--list"})
        {
            for (Attack const& attack : all_attacks({}, {}, {}))
                std::cout << attack.name << (attack.single ? " single" : "") << (attack.on_crowds ? " crowds" : "")
                          << '\n';
            return 0;
        }
        bool const probing = !arguments.empty() && arguments.front() == "--probe";
        if (probing)
            arguments.erase(arguments.begin());
        Setup setup = read_setup(arguments);
        std::cout << json::serialize(probing ? probe(setup) : run(setup)) << std::endl;
        return 0;
    }
    catch (std::exception const& exception)
    {
        std::cerr << "scimkit_bench_hostile: " << exception.what() << '\n';
        return 1;
    }
}
