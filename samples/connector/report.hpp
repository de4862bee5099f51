// What a report finds: accounts that belong to nobody, accounts that look alike, inactive ones that still are members.
#pragma once

#include "settings.hpp"

#include <map>
#include <vector>

namespace connector
{

struct Account
{
    std::string connection;
    std::string id;
    std::string name; ///< userName
    bool active = true;
    std::size_t groups = 0;
};

/// Accounts that have one value in common.
struct Duplicate
{
    std::string attribute; ///< userName, email, externalId, employeeNumber
    std::string value;
    std::vector<std::size_t> accounts; ///< places in Findings::accounts
};

struct Findings
{
    std::vector<Account> accounts;
    std::vector<std::size_t> orphans;
    std::vector<Duplicate> duplicates;
    std::vector<std::size_t> inactive_members;
    std::map<std::string, std::uint64_t> users; ///< of each connection
    bool has_identities = false;                ///< a connection is authoritative, so that there can be orphans
};

outcome<Findings> find(Settings const& settings);

/// A page that needs nothing but itself: tables, and charts as SVG.
std::string page_of(Findings const& findings);

} // namespace connector
