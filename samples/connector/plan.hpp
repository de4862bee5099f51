// Plan: what `push` would do at a target, in the order in which it would be done.
#pragma once

#include "connection.hpp"
#include "mirror.hpp"

#include <map>
#include <set>
#include <unordered_map>

namespace connector
{

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
    std::string source_id;             ///< empty: the source has it no more
    std::string target_id;             ///< empty: to be created
    std::string name;                  ///< userName or displayName, for a human
    std::string version{};             ///< of the target's resource when it was looked at
    scimkit::json::object body{};      ///< to create
    scimkit::json::array operations{}; ///< to change
    /// Of groups: users of the source that become members; those without an id at the target yet are known by then.
    std::vector<std::string> add{};
    std::vector<std::string> remove{}; ///< ids at the target
};

std::string_view name_of(Action::Kind kind) noexcept;
scimkit::json::object to_json(Action const& action);

struct Plan
{
    std::vector<Action> actions;
    /// Ids at the target of the users of the source.
    std::unordered_map<std::string, std::string> users;
    std::size_t target_users = 0;
    std::vector<std::string> notes; ///< what could not be decided, one sentence each
};

/// What is known of earlier pushes: id at the source, id at the target, by type.
class Links
{
public:
    static outcome<Links> read(std::filesystem::path const& directory, std::string const& source);

    std::string target_of(std::string const& type, std::string const& source_id) const;
    /// The source's id of a resource at the target; empty: it was not made or matched by us.
    std::string source_of(std::string const& type, std::string const& target_id) const;
    void set(std::string const& type, std::string const& source_id, std::string const& target_id);
    outcome<void> write() const;

private:
    std::filesystem::path file_;
    std::map<std::string, std::unordered_map<std::string, std::string>> forward_;
    std::map<std::string, std::unordered_map<std::string, std::string>> backward_;
};

/// Looks at all users of the target, one page at a time. Nothing is written.
outcome<void> plan_users(Mirror const& source, scimkit::client::Client const& target,
                         scimkit::client::Discovery const& discovery, Links const& links, Plan& plan, Output& output);
/// After the users.
outcome<void> plan_groups(Mirror const& source, scimkit::client::Client const& target,
                          scimkit::client::Discovery const& discovery, Links const& links, Plan& plan);

} // namespace connector
