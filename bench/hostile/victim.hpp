// The other client: small requests at a steady pace, whose waits are what this benchmark is about.
#pragma once

#include "client.hpp"

#include <map>
#include <optional>
#include <vector>

namespace hostile
{

struct Waits
{
    std::vector<double> milliseconds{};
    std::size_t failures = 0; ///< answers other than 2xx, and none at all

    double percentile(double part) const;
    double longest() const;
    void add(Waits const& others);
};

/// What the victim asks, by name: "GET", "filter", "POST".
using Measured = std::map<std::string, Waits>;

struct Victim
{
    Server server;
    std::string token;
    std::string user;   ///< target of a GET
    std::string filter; ///< target of a look-up by userName
    /// A new connection for each request, where the attack is on connections.
    bool fresh_connections = false;

    /// Asks for so long. One connection for each kind of request.
    ///
    /// A request that waits delays the ones that would have come after it; they are counted with the waits that they
    /// would have had (correction of coordinated omission), so that one long stall is not a single sample.
    Measured measure(Clock::duration time) const;

    /// Waits until a look-up and a POST have been quick for half a second; how long they were not, nothing if that did
    /// not end within `most`.
    std::optional<double> recover(Clock::duration most) const;
};

} // namespace hostile
