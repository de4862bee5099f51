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
// Threading: one plan is used by one thread. Lifetimes: values. Failures: those of both ends. Complexity: all users and
// groups of the target are read once; memory is linear in the ids of users, and in the members of groups.
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
    std::string version{};    ///< of the target's resource when it was looked at
    json::object body{};      ///< to create
    json::array operations{}; ///< to change
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
    std::vector<Action> actions;
    /// Ids at the target of the users of the source.
    std::unordered_map<std::string, std::string> users;
    std::size_t target_users = 0;
    std::vector<std::string> notes; ///< what could not be decided, one sentence each

    SCIMKIT_API std::size_t deactivations() const noexcept;
    /// More deactivations than ten, and than a tenth of the target's users: somebody should look at it.
    SCIMKIT_API bool has_many_deactivations() const noexcept;
};

/// What is known of earlier pushes: id at the source, id at the target, by type. In a file of the target's directory.
class SCIMKIT_API Links
{
public:
    /// Failure: misuse (the file is damaged).
    static outcome<Links> read(std::filesystem::path const& directory, std::string const& source);

    std::string target_of(std::string const& type, std::string const& source_id) const;
    /// The source's id of a resource at the target; empty: it was not made or matched by us.
    std::string source_of(std::string const& type, std::string const& target_id) const;
    void set(std::string const& type, std::string const& source_id, std::string const& target_id);
    /// Failure: misuse (the file cannot be written).
    outcome<void> write() const;

private:
    std::filesystem::path file_;
    std::map<std::string, std::unordered_map<std::string, std::string>> forward_;
    std::map<std::string, std::unordered_map<std::string, std::string>> backward_;
};

/// Users first, then groups. Accounts are matched by earlier pushes, then by externalId, then by userName.
///
/// Failure: misuse (the target has no /Users).
SCIMKIT_API outcome<Plan> plan_push(Mirror const& source, client::Client const& target,
                                    client::Discovery const& discovery, Links const& links, Observer& observer);

/// What became of a plan.
struct Carried
{
    std::size_t succeeded = 0;
    std::vector<std::string> errors{}; ///< one sentence for each action that the target refused
};

/// One action after the other; what the target refuses is told, and the others go on. `plan` learns the ids of who was
/// created.
///
/// Failures: those after which nothing further would succeed: not reachable, no answer. What was done until then is
/// in `links`, and written.
SCIMKIT_API outcome<Carried> carry_out(client::Client const& target, Plan& plan, Links& links, Observer& observer);

} // namespace scimkit::connector
