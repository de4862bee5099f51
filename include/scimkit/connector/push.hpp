// Provisioning from a copy to a target: a plan first, which writes nothing, then its actions one after the other.
//
//     auto links = Links::read("data/app", "hr");
//     auto plan = plan_push(*mirror, target, discovery, *links, observer);
//     if (plan && agreed(*plan))
//         carry_out(target, *plan, *links, observer);
//
// What the target has and the source does not know is left alone, as are accounts that were there before and match
// nobody. Each change of a user is made only if she still is what was looked at, where the target has versions.
//
// Threading: one thread uses a plan and its links; no two pushes to one target at once. Lifetimes: plans and links are
// values; nothing refers to the arguments afterwards. Failures: those of both ends.
#pragma once

#include <scimkit/client/discovery.hpp>
#include <scimkit/connector/mirror.hpp>
#include <scimkit/connector/observer.hpp>

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace scimkit::connector
{

/// One step of a plan. A value.
struct Action
{
    enum class Kind
    {
        create_user,
        update_user,
        deactivate_user,
        create_group,
        update_group
    };

    Kind kind;
    std::string source_id;    ///< empty: the source has it no more
    std::string target_id;    ///< empty: to be created
    std::string name;         ///< userName or displayName, for a human
    std::string version{};    ///< of the target's resource when it was looked at; empty: it says none
    json::object body{};      ///< to create
    json::array operations{}; ///< to change, those of a PatchOp (RFC 7644 section 3.5.2)
    /// Of groups: users of the source that become members; those without an id at the target yet are known by then.
    std::vector<std::string> add{};
    std::vector<std::string> remove{}; ///< ids at the target
};

/// "create user", "update group", ...: names for programs and reports. Lifetimes: static.
SCIMKIT_API std::string_view name_of(Action::Kind kind) noexcept;
/// {"action": "create user", "name": ..., ...}: what `scimkit-connector push --json` says.
SCIMKIT_API json::object to_json(Action const& action);

/// What would be done, in the order in which it would be done. A value.
struct Plan
{
    std::vector<Action> actions; ///< of users, then of groups
    /// Ids at the target of the users of the source that have one.
    std::unordered_map<std::string, std::string> users;
    std::size_t target_users = 0;   ///< all that the target has
    std::vector<std::string> notes; ///< what could not be decided, one sentence each

    /// Complexity, of both: linear in the actions.
    SCIMKIT_API std::size_t deactivations() const noexcept;
    /// More deactivations than ten, and than a tenth of the target's users: somebody should look at it.
    SCIMKIT_API bool has_many_deactivations() const noexcept;
};

/// What is known of earlier pushes: id at the source, id at the target, by type ("User", "Group"). In a file of the
/// target's directory, which has one for each source. Ids are compared exactly.
///
/// Threading: used by one thread at a time. Complexity: a look-up by hash; read() and write() are linear in the links.
class SCIMKIT_API Links
{
public:
    /// Those of the last write(); none where there is no file. `source`: a name, which becomes part of the file's.
    ///
    /// Failures: misuse (the file is damaged or cannot be read; a name that is empty or has a "/" in it).
    static outcome<Links> read(std::filesystem::path const& directory, std::string const& source);

    /// The target's id of a resource of the source; empty: there is none yet.
    std::string target_of(std::string const& type, std::string const& source_id) const;
    /// The source's id of a resource at the target; empty: it was not made or matched by us.
    std::string source_of(std::string const& type, std::string const& target_id) const;
    /// In memory, in place of what `source_id` was linked to.
    void set(std::string const& type, std::string const& source_id, std::string const& target_id);
    /// Failures: misuse (the file cannot be written); then it is as it was.
    outcome<void> write() const;

private:
    std::filesystem::path file_;
    std::map<std::string, std::unordered_map<std::string, std::string>> forward_;
    std::map<std::string, std::unordered_map<std::string, std::string>> backward_;
};

/// Users first, then groups. Accounts are matched by earlier pushes, then by externalId, then by userName; groups by
/// earlier pushes, then by externalId, then by displayName. An account that an earlier push made or matched, and whose
/// user the source has no more, is to be deactivated. No user and no group is ever to be removed.
///
/// Failures: misuse (the target has no /Users), those of the copy, those of the target's lists: without the whole of
/// them there is no plan. Complexity: all users and groups of the target are read once; memory is linear in the ids and
/// names of users, and in the source's groups with their members.
SCIMKIT_API outcome<Plan> plan_push(Mirror const& source, client::Client const& target,
                                    client::Discovery const& discovery, Links const& links, Observer& observer);

/// What became of a plan.
struct Carried
{
    std::size_t succeeded = 0;
    std::vector<std::string> errors{}; ///< one sentence for each action that the target refused
};

/// One action after the other; what the target refuses (412 too, where somebody has changed a user meanwhile) is told,
/// and the others go on. `plan` learns the ids of who was created. Members come and go by operations of their own, so
/// that others who change a group meanwhile are not overruled.
///
/// Failures: those after which nothing further would succeed: not reachable, no answer. What was done until then is in
/// `links`, and written, if that can be. An action without an answer may have been done: the next plan finds out.
/// Misuse: all was done, and the links cannot be written.
/// Complexity: a request for each action, and for each 500 members that come into a group.
SCIMKIT_API outcome<Carried> carry_out(client::Client const& target, Plan& plan, Links& links, Observer& observer);

} // namespace scimkit::connector
