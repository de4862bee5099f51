// `push`: from the local copy of a source to a target. The plan is always made and shown; it is carried out only with
// --apply, only at a connection with `write = true`, and each change only if the resource still is what was looked at.
#include <scimkit/connector/push.hpp>

#include "commands.hpp"
#include "connection.hpp"
#include "local_mirror.hpp"

namespace connector
{

namespace json = scimkit::json;

namespace
{

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
    if (!has_mirror(*from))
        return trouble("Nothing was imported from " + source.name + " yet; begin with `import`.");
    auto const mirror = open_mirror(*from);
    if (!mirror)
        return mirror.error();
    auto const there = begin(settings, target);
    if (!there)
        return there.error();
    auto links = Links::read(there->directory, source.name);
    if (!links)
        return links.error();
    auto plan = plan_push(**mirror, there->source, there->discovery, *links, output);
    if (!plan)
        return plan.error();
    say(output, *plan);
    auto result = json_of(*plan);
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
    if (plan->has_many_deactivations() && !options.many)
        return trouble(std::to_string(plan->deactivations()) + " of " + std::to_string(plan->target_users) +
                       " users would be deactivated; --many allows it, if that is meant.");
    auto const done = carry_out(there->source, *plan, *links, output);
    if (!done)
        return done.error();
    json::array errors;
    for (auto const& error : done->errors)
    {
        output.say("error: " + error);
        errors.emplace_back(error);
    }
    output.say(std::to_string(done->succeeded) + " of " + std::to_string(plan->actions.size()) +
               " actions were carried out");
    result["ok"] = errors.empty();
    result["succeeded"] = done->succeeded;
    result["errors"] = std::move(errors);
    output.finish(result);
    return done->errors.empty() ? Exit::good : Exit::failed;
}

} // namespace connector
