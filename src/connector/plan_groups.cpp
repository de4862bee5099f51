// Groups of a plan: made where they are missing, and otherwise only the members that differ, one by one, so that
// members which the source does not know stay.
#include "plan_groups.hpp"

#include <scimkit/connector/push.hpp>
#include <scimkit/core/text.hpp>

#include "text_at.hpp"

#include <set>

namespace scimkit::connector
{

namespace
{

std::vector<std::string> members_of(json::object const& body)
{
    std::vector<std::string> ids;
    auto const* const members = body.if_contains("members");
    if (members && members->is_array())
        for (auto const& member : members->get_array())
            if (member.is_object())
                ids.push_back(text_at(member.get_object(), "value"));
    return ids;
}

class GroupPlanner
{
public:
    GroupPlanner(Mirror const& source, client::Client const& target, ResourceType const& type, Links const& links,
                 Plan& plan)
        : source_(source)
        , target_(target)
        , type_(type)
        , links_(links)
        , plan_(plan)
    {
        for (auto const& [here, there] : plan.users)
            source_of_.emplace(there, here);
        for (auto const& action : plan.actions)
            if (action.kind == Action::Kind::create_user)
                created_.insert(action.source_id);
    }

    outcome<void> run()
    {
        auto const read =
            source_.for_each("Group", {},
                             [&](client::RemoteResource const& group) -> outcome<void>
                             {
                                 by_name_.emplace(comparison_key(text_at(group.body, "displayName"), false), group.id);
                                 groups_.emplace(group.id, group.body);
                                 return {};
                             });
        if (!read)
            return read;
        for (auto const& resource : target_.resources(type_.endpoint(), {.count = 100}))
        {
            if (!resource)
                return resource.error();
            look_at(*resource);
        }
        for (auto const& [id, body] : groups_)
            if (!matched_.contains(id))
                plan_creation(id, body);
        return {};
    }

private:
    void look_at(client::RemoteResource const& there)
    {
        auto id = links_.source_of("Group", there.id);
        if (id.empty() || !groups_.contains(id))
            id = text_at(there.body, "externalId");
        if (!groups_.contains(id))
        {
            auto const found = by_name_.find(comparison_key(text_at(there.body, "displayName"), false));
            id = found == by_name_.end() ? std::string{} : found->second;
        }
        if (id.empty() || !matched_.insert(id).second)
            return;
        Action action{Action::Kind::update_group, id, there.id, text_at(there.body, "displayName"), there.version};
        std::set<std::string> members; // at the target
        for (auto const& member : members_of(there.body))
            members.insert(member);
        std::set<std::string> wanted;
        for (auto const& member : members_of(groups_.at(id)))
        {
            auto const user = plan_.users.find(member);
            if (user != plan_.users.end())
                wanted.insert(user->second);
            bool const missing =
                user != plan_.users.end() ? !members.contains(user->second) : created_.contains(member);
            if (missing)
                action.add.push_back(member);
        }
        for (auto const& member : members)
            if (is_ours(member) && !wanted.contains(member)) // who is not known here stays
                action.remove.push_back(member);
        if (auto const name = text_at(groups_.at(id), "displayName"); !name.empty() && name != action.name)
            action.operations.emplace_back(json::object{{"op", "replace"}, {"path", "displayName"}, {"value", name}});
        if (!action.add.empty() || !action.remove.empty() || !action.operations.empty())
            plan_.actions.push_back(std::move(action));
    }

    /// An account of the source's, also of somebody who has left it.
    bool is_ours(std::string const& member) const
    {
        return source_of_.contains(member) || !links_.source_of("User", member).empty();
    }

    void plan_creation(std::string const& id, json::object const& body)
    {
        Action action{Action::Kind::create_group, id, {}, text_at(body, "displayName")};
        if (action.name.empty())
        {
            plan_.notes.push_back("the group " + id + " has no displayName and is not created");
            return;
        }
        action.body = json::object{{"schemas", json::array{json::string{type_.schema().id}}},
                                   {"displayName", action.name},
                                   {"externalId", id}};
        for (auto const& member : members_of(body))
            if (plan_.users.contains(member) || created_.contains(member))
                action.add.push_back(member);
        plan_.actions.push_back(std::move(action));
    }

    Mirror const& source_;
    client::Client const& target_;
    ResourceType const& type_;
    Links const& links_;
    Plan& plan_;
    std::unordered_map<std::string, std::string> source_of_;
    std::set<std::string> created_;
    std::map<std::string, json::object> groups_;
    std::map<std::string, std::string> by_name_;
    std::set<std::string> matched_;
};

} // namespace

outcome<void> plan_groups(Mirror const& source, client::Client const& target, client::Discovery const& discovery,
                          Links const& links, Plan& plan)
{
    auto const* const type = discovery.registry->find_endpoint("/Groups", true);
    if (!type)
    {
        plan.notes.push_back("the target has no /Groups");
        return {};
    }
    auto planned = GroupPlanner{source, target, *type, links, plan}.run();
    if (!planned && planned.error().status == 404)
    {
        plan.notes.push_back("the target has no /Groups");
        return {};
    }
    return planned;
}

} // namespace scimkit::connector
