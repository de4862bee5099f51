// Hosts: the servers that a connection string names, tried one by one, each with its share of the time. libpq tries
// them too, but gives the first one that keeps silent all the time there is, again and again.
#pragma once

#include <scimkit/core/error.hpp>

#include <map>
#include <string>
#include <vector>

namespace scimkit::postgresql
{

/// One attempt: words and values as PQconnectStartParams() has them.
using ConnectParams = std::map<std::string, std::string>;

/// Threading: immutable.
class Hosts
{
public:
    /// Error: invalid_value, which tells no password.
    static result<Hosts> parse(std::string const& conninfo);

    /// At least one. What the string does not say of lost connections is said here: a server that vanished without a
    /// word is given up after seconds instead of a quarter of an hour. So is, where it names several hosts, that one
    /// is looked for which takes writes.
    std::vector<ConnectParams> const& all() const noexcept { return all_; }

private:
    std::vector<ConnectParams> all_{};
};

} // namespace scimkit::postgresql
