// What a look over copies finds: accounts that belong to nobody, accounts that look alike, inactive ones that still are
// members of groups.
//
//     Finder finder;
//     finder.read("hr", true, *hr);          // its users are the identities
//     finder.read("app", false, *app);
//     auto const findings = finder.finish();
//
// Threading: used by one thread. Lifetimes: the findings refer to nothing. Failures: those of the Mirror.
// Complexity: time and memory are linear in the accounts.
#pragma once

#include <scimkit/connector/mirror.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace scimkit::connector
{

/// A user of a source.
struct Account
{
    std::string source;
    std::string id;
    std::string name; ///< userName
    bool active = true;
    std::size_t groups = 0;
};

/// Accounts that have one value in common, without regard to case.
struct Duplicate
{
    std::string attribute; ///< userName, email, externalId, employeeNumber
    std::string value;
    std::vector<std::size_t> accounts; ///< places in Findings::accounts
};

/// A value; places are those in `accounts`.
struct Findings
{
    std::vector<Account> accounts;
    /// Accounts of a source that is not authoritative, none of whose marks (userName, e-mail, externalId,
    /// employeeNumber) is one of an identity's, or its id.
    std::vector<std::size_t> orphans;
    std::vector<Duplicate> duplicates;
    std::vector<std::size_t> inactive_members;
    std::map<std::string, std::uint64_t> users; ///< of each source
    bool has_identities = false;                ///< a source is authoritative, so that there can be orphans
};

/// Reads copies, one after the other.
class SCIMKIT_API Finder
{
public:
    Finder();
    ~Finder();
    Finder(Finder const&) = delete;
    Finder& operator=(Finder const&) = delete;

    /// `authoritative`: its users are the identities that accounts elsewhere belong to.
    outcome<void> read(std::string const& source, bool authoritative, Mirror const& mirror);
    /// Once, after all were read.
    Findings finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace scimkit::connector
