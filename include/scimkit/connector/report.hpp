// What a look over copies finds: accounts that belong to nobody, accounts that look alike, inactive ones that still are
// members of groups.
//
//     Finder finder;
//     finder.read("hr", true, *hr);          // its users are the identities
//     finder.read("app", false, *app);
//     auto const findings = finder.finish();
//
// Two accounts are taken for one person's by a mark that they share: userName, an e-mail, externalId or employeeNumber,
// without regard to case (comparison_key() of core/text.hpp). An account's externalId may be the id of its identity.
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

/// A user of a source. A value.
struct Account
{
    std::string source; ///< its name, as read() was given it
    std::string id;     ///< at the source
    std::string name;   ///< userName
    bool active = true;
    std::size_t groups = 0; ///< that it is a direct or indirect member of
};

/// Accounts that have one value of an attribute in common, without regard to case, in one source or in several.
struct Duplicate
{
    std::string attribute;             ///< userName, email, externalId, employeeNumber
    std::string value;                 ///< in the form that is compared
    std::vector<std::size_t> accounts; ///< places in Findings::accounts, at least two
};

/// A value, which refers to nothing; places are those in `accounts`.
struct Findings
{
    std::vector<Account> accounts; ///< source after source, in the order in which they were read
    /// Accounts of a source that is not authoritative, none of whose marks, and not whose id, is a mark or the id of an
    /// identity. None where there are no identities.
    std::vector<std::size_t> orphans;
    std::vector<Duplicate> duplicates;          ///< by attribute, then by value
    std::vector<std::size_t> inactive_members;  ///< not active, and still in a group
    std::map<std::string, std::uint64_t> users; ///< how many, by source
    bool has_identities = false;                ///< a source is authoritative, so that there can be orphans
};

/// Reads copies, one after the other; then it is done.
///
/// Threading: one thread at a time. Lifetimes: refers to no copy that was read. Complexity: time is that of sorting the
/// accounts, memory linear in them.
class SCIMKIT_API Finder
{
public:
    Finder();
    ~Finder();
    Finder(Finder const&) = delete;
    Finder& operator=(Finder const&) = delete;

    /// All users of a copy. `source`: a name, each once. `authoritative`: its users are the identities that accounts
    /// elsewhere belong to.
    ///
    /// Failures: those of Mirror::for_each(). What was read until then counts, so a finder that failed is given up.
    outcome<void> read(std::string const& source, bool authoritative, Mirror const& mirror);

    /// What there is to find. Once, after all were read; nothing may be read afterwards.
    Findings finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace scimkit::connector
