// `push`: from the local copy of a source to a target. The plan is always made and shown; it is carried out only with
// --apply, only at a connection with `write = true`, and each change only if the resource still is what was looked at.
#include "commands.hpp"
#include "plan.hpp"

namespace connector
{

namespace client = scimkit::client;
namespace json = scimkit::json;

namespace
{

constexpr std::size_t max_members = 500; // added by one PATCH; the others by further ones

class Push
{
public:
    Push(client::Client const& target, Links& links, Plan& plan, Output& output)
        : target_(target)
        , links_(links)
        , plan_(plan)
        , output_(output)
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
                ++succeeded_;
            else if (applied.error().status == 0 && applied.error().kind != client::FailureKind::misuse)
            {
                (void)links_.write(); // what was done is done
                return applied;
            }
            else
                errors_.emplace_back(std::string{name_of(action.kind)} + " " + action.name + ": " +
                                     client::describe(applied.error()));
            output_.progress("actions", ++done, plan_.actions.size());
        }
        output_.end_progress();
        return links_.write();
    }

    std::size_t succeeded() const noexcept { return succeeded_; }
    json::array const& errors() const noexcept { return errors_; }

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
    Output& output_;
    std::size_t succeeded_ = 0;
    json::array errors_;
};

json::object json_of(Plan const& plan)
{
    json::array actions, notes;
    std::map<std::string_view, std::uint64_t> counts;
    for (auto const& action : plan.actions)
    {
        actions.emplace_back(to_json(action));
        ++counts[name_of(action.kind)];
    }
    for (auto const& note : plan.notes)
        notes.emplace_back(note);
    json::object summary;
    for (auto const& [name, count] : counts)
        summary[name] = count;
    return {{"actions", std::move(actions)}, {"summary", std::move(summary)}, {"notes", std::move(notes)}};
}

void say(Output& output, Plan const& plan)
{
    for (auto const& action : plan.actions)
    {
        std::string line = std::string{name_of(action.kind)} + " " + action.name;
        for (auto const& operation : action.operations)
            if (auto const* const path = operation.as_object().if_contains("path"); path && path->is_string())
                line += " " + std::string{path->get_string()};
        if (!action.add.empty())
            line += " +" + std::to_string(action.add.size()) + " members";
        if (!action.remove.empty())
            line += " -" + std::to_string(action.remove.size()) + " members";
        output.say(line);
    }
    for (auto const& note : plan.notes)
        output.say("note: " + note);
    output.say(std::to_string(plan.actions.size()) + " actions");
}

std::size_t deactivations(Plan const& plan)
{
    std::size_t count = 0;
    for (auto const& action : plan.actions)
        count += action.kind == Action::Kind::deactivate_user;
    return count;
}

} // namespace

outcome<Exit> push(Settings const& settings, Connection const& source, Connection const& target,
                   PushOptions const& options, Output& output)
{
    if (options.apply)
        if (auto allowed = check_write(target); !allowed)
            return allowed.error();
    auto const from = settings.directory_of(source);
    if (!from)
        return from.error();
    if (std::error_code ignored; !std::filesystem::exists(*from / "mirror", ignored))
        return trouble("nothing was imported from " + source.name + " yet; begin with `import`");
    auto const mirror = Mirror::open(*from);
    if (!mirror)
        return mirror.error();
    auto const there = begin(settings, target);
    if (!there)
        return there.error();
    auto links = Links::read(there->directory, source.name);
    if (!links)
        return links.error();
    Plan plan;
    if (auto planned = plan_users(**mirror, there->source, there->discovery, *links, plan, output); !planned)
        return planned.error();
    if (auto planned = plan_groups(**mirror, there->source, there->discovery, *links, plan); !planned)
        return planned.error();
    say(output, plan);
    auto result = json_of(plan);
    result["source"] = source.name;
    result["target"] = target.name;
    result["applied"] = options.apply;
    if (!options.apply)
    {
        output.say("nothing was written; --apply carries it out");
        result["ok"] = true;
        output.finish(result);
        return Exit::good;
    }
    if (auto const many = deactivations(plan);
        many > std::max<std::size_t>(10, plan.target_users / 10) && !options.many)
        return trouble(std::to_string(many) + " of " + std::to_string(plan.target_users) +
                       " users would be deactivated; --many allows it, if that is meant");
    Push pushing{there->source, *links, plan, output};
    if (auto pushed = pushing.run(); !pushed)
        return pushed.error();
    for (auto const& error : pushing.errors())
        output.say("error: " + std::string{error.as_string()});
    output.say(std::to_string(pushing.succeeded()) + " of " + std::to_string(plan.actions.size()) +
               " actions were carried out");
    result["ok"] = pushing.errors().empty();
    result["succeeded"] = pushing.succeeded();
    result["errors"] = pushing.errors();
    output.finish(result);
    return pushing.errors().empty() ? Exit::good : Exit::failed;
}

} // namespace connector
