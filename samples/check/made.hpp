// Made: what a check has made at a server, or may have, and how it goes again.
#pragma once

#include <scimkit/client/client.hpp>

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace check
{

struct Asked;

/// The target of what an answer says was made ("/Users/7"): by its id, which may be a number, or by Location. Empty: it
/// made nothing, or does not say where.
std::string place_of(Asked const& asked);

class Made
{
public:
    explicit Made(scimkit::client::Client const& client);

    /// A name that nobody has; all of one run begin alike.
    std::string new_name() const;

    /// To be told of everything that was asked.
    void remember(Asked const& asked);

    /// Removes what is known, and what a search for the names of this run finds besides. Returns what is still there,
    /// by its target, and what may be there, by endpoint and name.
    std::vector<std::string> clean_up();

private:
    /// Sent, and never said to be refused nor where it is.
    struct Lost
    {
        std::string endpoint;
        std::string name;
    };

    /// What a list says of this run.
    struct Look
    {
        std::set<std::string> targets{};
        std::set<std::string> names{}; ///< in lower case
        bool whole = false;            ///< what is not in it is not there
    };

    void remember_one(Asked const& asked);
    void remember_job(Asked const& asked);
    bool is_known(std::string const& endpoint) const;
    bool is_lost(std::string const& endpoint) const;
    bool is_ours(std::string_view name) const;
    Look look(std::string const& endpoint, bool filtered) const;
    bool remove(std::string const& target) const;
    bool is_gone(std::string const& target) const;
    void clean_up(std::string const& endpoint, std::vector<std::string>& left);

    scimkit::client::Client const& client_;
    std::string prefix_;
    std::vector<std::string> known_; ///< targets
    std::vector<Lost> lost_;
};

} // namespace check
