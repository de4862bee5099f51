// Users of a plan: who is who at the target, and what differs. What the target has and the source does not know is left
// alone, as are accounts that were there before and match nobody.
#include <scimkit/connector/lifecycle.hpp>
#include <scimkit/connector/push.hpp>
#include <scimkit/core/text.hpp>
#include <scimkit/resource/same_state.hpp>

#include "plan_groups.hpp"
#include "text_at.hpp"

namespace scimkit::connector
{

namespace
{

std::string key(std::string_view name) { return comparison_key(name, false); }

/// What is kept of each user of the source while the target is read.
struct Wanted
{
    std::string id;
    bool matched = false;
};

class UserPlanner
{
public:
    UserPlanner(Mirror const& source, client::Client const& target, ResourceType const& type, Links const& links,
                Plan& plan, Observer& observer)
        : source_(source)
        , target_(target)
        , type_(type)
        , links_(links)
        , plan_(plan)
        , observer_(observer)
    {
    }

    outcome<void> run()
    {
        if (auto read = read_source(); !read)
            return read;
        auto range = target_.resources(type_.endpoint(), {.count = 200});
        for (auto const& resource : range)
        {
            if (!resource)
                return resource.error();
            ++plan_.target_users;
            observer_.progress("users of the target", plan_.target_users, range.pages().total());
            if (auto looked = look_at(*resource); !looked)
                return looked;
        }
        observer_.end_progress();
        return plan_creations();
    }

private:
    outcome<void> read_source()
    {
        return source_.for_each("User", {.attributes = {"userName"}},
                                [&](client::RemoteResource const& user) -> outcome<void>
                                {
                                    auto const name = key(text_at(user.body, "userName"));
                                    by_id_.emplace(user.id, wanted_.size());
                                    if (!name.empty() && !by_name_.emplace(name, wanted_.size()).second)
                                        plan_.notes.push_back("two users of the source have the userName of " +
                                                              user.id + "; the first is taken");
                                    wanted_.push_back({user.id});
                                    return {};
                                });
    }

    /// Which user of the source this is: by an earlier push, then by externalId, then by userName.
    std::optional<std::size_t> find(client::RemoteResource const& there) const
    {
        for (auto const& id : {links_.source_of("User", there.id), text_at(there.body, "externalId")})
            if (auto const found = by_id_.find(id); !id.empty() && found != by_id_.end())
                return found->second;
        auto const found = by_name_.find(key(text_at(there.body, "userName")));
        return found == by_name_.end() ? std::nullopt : std::optional{found->second};
    }

    outcome<void> look_at(client::RemoteResource const& there)
    {
        auto const attributes = client::read_resource(there, type_, target_.deviations());
        if (!attributes)
            return attributes.error();
        auto const found = find(there);
        if (!found)
        {
            if (!links_.source_of("User", there.id).empty() && !is_inactive(*attributes))
                plan_.actions.push_back(deactivation(there, {}));
            return {};
        }
        auto& wanted = wanted_[*found];
        if (wanted.matched)
        {
            plan_.notes.push_back("more than one account of the target belongs to " + wanted.id + "; " + there.id +
                                  " is left alone");
            return {};
        }
        wanted.matched = true;
        plan_.users[wanted.id] = there.id;
        auto const here = source_.get("User", wanted.id);
        if (!here)
            return here.error();
        if (!*here)
            return {};
        if (is_inactive(**here) && !is_inactive(*attributes))
            plan_.actions.push_back(deactivation(there, wanted.id));
        else
            plan_update(wanted.id, there, **here, *attributes);
        return {};
    }

    static Action deactivation(client::RemoteResource const& there, std::string const& source_id)
    {
        Action action{Action::Kind::deactivate_user, source_id, there.id, text_at(there.body, "userName"),
                      there.version};
        action.operations.emplace_back(json::object{{"op", "replace"}, {"path", "active"}, {"value", false}});
        return action;
    }

    /// What the target takes of the user as it is here: what its schemas have, and no ids of the source.
    json::object fitting(json::object const& here) const
    {
        client::RemoteResource resource;
        resource.body = here;
        client::DeviationLog ignored{true};
        auto fits = client::read_resource(resource, type_, ignored);
        if (!fits)
            return {};
        fits->erase("password");
        fits->erase("externalId"); // names the account for the source's own clients, not for the target's
        if (auto* const extension = fits->if_contains(urn::enterprise_user); extension && extension->is_object())
        {
            extension->get_object().erase("manager"); // an id of the source
            if (extension->get_object().empty())
                fits->erase(urn::enterprise_user);
        }
        return std::move(*fits);
    }

    void plan_update(std::string const& id, client::RemoteResource const& there, json::object const& here,
                     json::object const& attributes)
    {
        Action action{Action::Kind::update_user, id, there.id, text_at(there.body, "userName"), there.version};
        for (auto const& wanted : fitting(here))
        {
            auto const* const known = attributes.if_contains(wanted.key());
            bool const extension = wanted.key().find(':') != std::string_view::npos;
            if (known && same_state(*known, wanted.value()))
                continue;
            if (!extension)
            {
                action.operations.emplace_back(
                    json::object{{"op", "replace"}, {"path", wanted.key()}, {"value", wanted.value()}});
                continue;
            }
            for (auto const& inner : wanted.value().as_object())
                if (auto const* const value =
                        known && known->is_object() ? known->get_object().if_contains(inner.key()) : nullptr;
                    !value || !same_state(*value, inner.value()))
                    action.operations.emplace_back(
                        json::object{{"op", "replace"},
                                     {"path", std::string{wanted.key()} + ":" + std::string{inner.key()}},
                                     {"value", inner.value()}});
        }
        if (!action.operations.empty())
            plan_.actions.push_back(std::move(action));
    }

    outcome<void> plan_creations()
    {
        for (auto const& wanted : wanted_)
        {
            if (wanted.matched)
                continue;
            auto const here = source_.get("User", wanted.id);
            if (!here)
                return here.error();
            if (!*here || is_inactive(**here)) // who is not active needs no account
                continue;
            Action action{Action::Kind::create_user, wanted.id, {}, text_at(**here, "userName")};
            action.body = fitting(**here);
            json::array schemas{json::string{type_.schema().id}};
            for (auto const& extension : type_.extensions())
                if (action.body.contains(extension.schema->id))
                    schemas.emplace_back(extension.schema->id);
            action.body["schemas"] = std::move(schemas);
            action.body["externalId"] = wanted.id;
            if (action.name.empty())
                plan_.notes.push_back(wanted.id + " has no userName and is not created");
            else
                plan_.actions.push_back(std::move(action));
        }
        return {};
    }

    Mirror const& source_;
    client::Client const& target_;
    ResourceType const& type_;
    Links const& links_;
    Plan& plan_;
    Observer& observer_;
    std::vector<Wanted> wanted_;
    std::unordered_map<std::string, std::size_t> by_id_;
    std::unordered_map<std::string, std::size_t> by_name_;
};

} // namespace

std::string_view name_of(Action::Kind kind) noexcept
{
    switch (kind)
    {
    case Action::Kind::create_user:
        return "create user";
    case Action::Kind::update_user:
        return "update user";
    case Action::Kind::deactivate_user:
        return "deactivate user";
    case Action::Kind::create_group:
        return "create group";
    case Action::Kind::update_group:
        return "update group";
    }
    return "nothing";
}

json::object to_json(Action const& action)
{
    json::object said{{"action", name_of(action.kind)}, {"name", action.name}};
    if (!action.source_id.empty())
        said["source"] = action.source_id;
    if (!action.target_id.empty())
        said["target"] = action.target_id;
    if (!action.body.empty())
        said["body"] = action.body;
    if (!action.operations.empty())
        said["operations"] = action.operations;
    auto const list = [](std::vector<std::string> const& ids)
    {
        json::array all;
        for (auto const& id : ids)
            all.emplace_back(id);
        return all;
    };
    if (!action.add.empty())
        said["addMembers"] = list(action.add);
    if (!action.remove.empty())
        said["removeMembers"] = list(action.remove);
    return said;
}

outcome<Plan> plan_push(Mirror const& source, client::Client const& target, client::Discovery const& discovery,
                        Links const& links, Observer& observer)
{
    auto const* const type = discovery.registry->find_endpoint("/Users", true);
    if (!type)
        return trouble("The target has no /Users.");
    Plan plan;
    if (auto planned = UserPlanner{source, target, *type, links, plan, observer}.run(); !planned)
        return planned.error();
    if (auto planned = plan_groups(source, target, discovery, links, plan); !planned)
        return planned.error();
    return plan;
}

outcome<Links> Links::read(std::filesystem::path const& directory, std::string const& source)
{
    if (source.empty() || source.find('/') != source.npos)
        return trouble("'" + source + "' is no name of a source that a file can have.");
    Links links;
    links.file_ = directory / ("links-" + source + ".json");
    auto const read = read_json(links.file_);
    if (!read)
        return read.error();
    for (auto const& type : *read)
        if (type.value().is_object())
            for (auto const& link : type.value().get_object())
                if (link.value().is_string())
                    links.set(std::string{type.key()}, std::string{link.key()}, std::string{link.value().get_string()});
    return links;
}

std::string Links::target_of(std::string const& type, std::string const& source_id) const
{
    auto const links = forward_.find(type);
    if (links == forward_.end())
        return {};
    auto const link = links->second.find(source_id);
    return link == links->second.end() ? std::string{} : link->second;
}

std::string Links::source_of(std::string const& type, std::string const& target_id) const
{
    auto const links = backward_.find(type);
    if (links == backward_.end())
        return {};
    auto const link = links->second.find(target_id);
    return link == links->second.end() ? std::string{} : link->second;
}

void Links::set(std::string const& type, std::string const& source_id, std::string const& target_id)
{
    auto& forward = forward_[type];
    auto& backward = backward_[type];
    if (auto const before = forward.find(source_id); before != forward.end())
        if (auto const back = backward.find(before->second); back != backward.end() && back->second == source_id)
            backward.erase(back);
    forward[source_id] = target_id;
    backward[target_id] = source_id;
}

outcome<void> Links::write() const
{
    json::object all;
    for (auto const& [type, links] : forward_)
    {
        json::object of_type;
        for (auto const& [source, target] : links)
            of_type[source] = target;
        all[type] = std::move(of_type);
    }
    std::string text;
    write_json(text, all);
    return write_file(file_, text);
}

} // namespace scimkit::connector
