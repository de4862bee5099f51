// A plan carried out: each change only if the resource still is what was looked at, and members one by one.
#include <scimkit/connector/push.hpp>

#include <algorithm>

namespace scimkit::connector
{

namespace
{

constexpr std::size_t max_members = 500; // added by one PATCH; the others by further ones

class Push
{
public:
    Push(client::Client const& target, Links& links, Plan& plan, Observer& observer)
        : target_(target)
        , links_(links)
        , plan_(plan)
        , observer_(observer)
    {
    }

    /// Carries out one action after the other; what fails is told, and the others go on.
    outcome<void> run()
    {
        for (auto const& [here, there] : plan_.users)
            links_.set("User", here, there);
        std::uint64_t done = 0;
        for (auto const& action : plan_.actions)
        {
            if (auto applied = apply(action); applied)
                ++carried_.succeeded;
            else if (applied.error().status == 0 && applied.error().kind != client::FailureKind::misuse)
            {
                (void)links_.write(); // what was done is done
                return applied;
            }
            else
                carried_.errors.push_back(std::string{name_of(action.kind)} + " " + action.name + ": " +
                                          client::describe(applied.error()));
            observer_.progress("actions", ++done, plan_.actions.size());
        }
        observer_.end_progress();
        return links_.write();
    }

    Carried const& carried() const noexcept { return carried_; }

private:
    outcome<void> apply(Action const& action)
    {
        switch (action.kind)
        {
        case Action::Kind::create_user:
        {
            auto const created = target_.create("/Users", action.body);
            if (!created)
                return created.error();
            plan_.users[action.source_id] = created->id;
            links_.set("User", action.source_id, created->id);
            return {};
        }
        case Action::Kind::update_user:
        case Action::Kind::deactivate_user:
            return patch("/Users", action.target_id, action.operations, action.version);
        case Action::Kind::create_group:
        {
            auto const created = target_.create("/Groups", action.body);
            if (!created)
                return created.error();
            links_.set("Group", action.source_id, created->id);
            return members(action, created->id);
        }
        case Action::Kind::update_group:
            links_.set("Group", action.source_id, action.target_id);
            if (!action.operations.empty())
                if (auto renamed = patch("/Groups", action.target_id, action.operations, action.version); !renamed)
                    return renamed;
            return members(action, action.target_id);
        }
        return {};
    }

    outcome<void> patch(std::string const& endpoint, std::string const& id, json::array operations,
                        std::string const& version)
    {
        auto const patched = target_.patch(endpoint, id, std::move(operations), version);
        if (!patched)
            return patched.error();
        return {};
    }

    /// Members come and go one by one, so that others who change the group meanwhile are not overruled.
    outcome<void> members(Action const& action, std::string const& group)
    {
        json::array values;
        auto const add = [&]() -> outcome<void>
        {
            if (values.empty())
                return {};
            json::array operations;
            operations.emplace_back(json::object{{"op", "add"}, {"path", "members"}, {"value", std::move(values)}});
            values = {};
            return patch("/Groups", group, std::move(operations), {});
        };
        for (auto const& source_id : action.add)
        {
            auto const user = plan_.users.find(source_id);
            if (user == plan_.users.end()) // could not be created; that was told
                continue;
            values.emplace_back(json::object{{"value", user->second}});
            if (values.size() >= max_members)
                if (auto added = add(); !added)
                    return added;
        }
        if (auto added = add(); !added)
            return added;
        json::array operations;
        for (auto const& id : action.remove)
            operations.emplace_back(
                json::object{{"op", "remove"}, {"path", "members[value eq " + client::filter_string(id) + "]"}});
        return operations.empty() ? outcome<void>{} : patch("/Groups", group, std::move(operations), {});
    }

    client::Client const& target_;
    Links& links_;
    Plan& plan_;
    Observer& observer_;
    Carried carried_{};
};

} // namespace

std::size_t Plan::deactivations() const noexcept
{
    return static_cast<std::size_t>(std::count_if(actions.begin(), actions.end(),
                                                  [](Action const& action)
                                                  { return action.kind == Action::Kind::deactivate_user; }));
}

bool Plan::has_many_deactivations() const noexcept
{
    return deactivations() > std::max<std::size_t>(10, target_users / 10);
}

outcome<Carried> carry_out(client::Client const& target, Plan& plan, Links& links, Observer& observer)
{
    Push push{target, links, plan, observer};
    if (auto done = push.run(); !done)
        return done.error();
    return push.carried();
}

} // namespace scimkit::connector
