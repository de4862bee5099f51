// Runs a plan against a server on this machine.
#pragma once

#include "latencies.hpp"
#include "plan.hpp"

#include <map>
#include <string>
#include <vector>

namespace load
{

struct Outcome
{
    double seconds = 0;                              ///< from the first request to the last answer
    std::vector<Latencies> kinds{};                  ///< in the order of the plan; of 2xx answers
    std::vector<Latencies> windows{};                ///< of all kinds, by the moment at which a request was due
    std::map<std::string, std::uint64_t> failures{}; ///< "get 404", "get no answer": how often
    /// Of an open loop: requests that were due and never sent, because every connection was busy. They count among the
    /// kinds' and windows' latencies with what they had waited by the end, under no kind.
    std::uint64_t unsent = 0;
    Latencies all{};
};

/// Closed loop: each connection asks again as soon as it has its answer; a latency is from sending to the whole answer.
/// Open loop: requests are due at a constant rate, whatever the server does, and go to the next free connection; a
/// latency is from the moment at which the request was due, so that a stall counts for all that it held up.
///
/// Threading: one thread, the caller's. Errors: throws std::runtime_error where nobody listens.
Outcome run(Plan const& plan);

} // namespace load
