// The client is as simple as one can be: it takes what it is told in its order, and is then compared with the model.
#include "deltas.hpp"

#include "compare.hpp"
#include "text.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace scimkit::model
{
namespace
{

constexpr std::string_view token_end = "/.deltaToken";
constexpr std::string_view changes_end = "/.delta";
constexpr std::string_view request_urn = "urn:ietf:params:scim:api:messages:2.0:delta:request";

/// Null: the root. Nothing: there is no such type.
std::optional<Type const*> type_asked(Types const& types, Step const& step, std::string_view end)
{
    auto const endpoint = std::string_view{step.target}.substr(0, step.target.size() - end.size());
    if (endpoint.empty())
        return nullptr;
    for (Type const& type : types)
        if (type.endpoint == endpoint && !type.of_members)
            return &type;
    return std::nullopt;
}

/// As a client sees them, without what changes without them.
std::map<std::string, json::object> followed(Model const& model, Type const* type)
{
    std::map<std::string, json::object> all;
    for (auto const& [id, resource] : model.world().resources)
        if (!type || resource.type == type)
        {
            auto view = shown(model.world().view(resource), *resource.type, {}, model.mode());
            view.erase("groups");
            all.emplace(id, std::move(view));
        }
    return all;
}

json::array without(json::array const& elements, json::value const& value)
{
    json::array left;
    for (json::value const& each : elements)
        if (each.at("value") != value)
            left.push_back(each);
    return left;
}

void set_elements(json::object& resource, std::string const& name, json::array elements)
{
    if (elements.empty())
        resource.erase(name);
    else
        resource[name] = std::move(elements);
}

json::array elements_of(json::object const& resource, std::string const& name)
{
    auto const* elements = resource.if_contains(name);
    return elements ? elements->as_array() : json::array{};
}

/// One operation of a change that is told in part: of whole attributes, or elements by their value.
void take_operation(json::object& resource, json::object const& operation)
{
    auto const path = text_of(operation, "path");
    auto const op = text_of(operation, "op");
    auto const bracket = path.find('[');
    auto const name = path.substr(0, bracket);
    constexpr std::string_view test = "[value eq ";
    if (bracket != std::string::npos)
    {
        if (op != "remove" || !path.substr(bracket).starts_with(test))
            throw Mismatch{"a change of elements that nobody understands: " + path};
        auto const from = bracket + test.size();
        auto const value = json::parse(path.substr(from, path.size() - from - 1));
        set_elements(resource, name, without(elements_of(resource, name), value));
    }
    else if (op == "remove")
        resource.erase(name);
    else if (op == "replace")
        resource[name] = operation.at("value");
    else
    {
        auto elements = elements_of(resource, name);
        for (json::value const& each : operation.at("value").as_array())
        {
            elements = without(elements, each.at("value"));
            elements.push_back(each);
        }
        set_elements(resource, name, std::move(elements));
    }
}

class Client
{
public:
    Client(Mark const& mark, bool filtered)
        : copy_(mark.copy)
        , filtered_(filtered)
    {
    }

    void take(json::object const& told)
    {
        auto const id = text_of(told, "changedResourceId");
        auto const type = text_of(told, "changeType");
        auto const fault = [&](std::string const& what) { throw Mismatch{what + ": " + serialised(told)}; };
        bool const known = copy_.contains(id);
        if (type == "Delete")
        {
            copy_.erase(id);
            return;
        }
        told_.insert(id); // whole or in part: a "Delete" may be of what matches no more
        if (auto const* data = told.if_contains("data"))
        {
            if (type == "Create" && known)
                fault("what was there is told as new");
            if (type == "Update" && !known && !filtered_)
                fault("what is new is told as changed");
            copy_[id] = data->as_object();
            copy_[id].erase("groups");
        }
        else if (type != "Update" || !known)
            fault("what has changed of something that nobody has");
        else
            for (json::value const& operation : told.at("operations").as_array())
                take_operation(copy_.at(id), operation.as_object());
    }

    std::map<std::string, json::object> const& copy() const { return copy_; }
    bool was_told(std::string const& id) const { return told_.contains(id); }

private:
    std::map<std::string, json::object> copy_;
    std::set<std::string> told_{};
    bool filtered_;
};

bool same(json::object const& a, json::object const& b, World const& world)
{
    return same_json(normalised(a, world), normalised(b, world));
}

/// The client has what there is, as far as it asked for it.
void compare(std::string const& lane, Client const& client, Mark const& mark, std::optional<Filter> const& filter,
             std::map<std::string, json::object> const& now, World const& world)
{
    auto const fault = [&](std::string const& what) { throw Mismatch{lane + ": who follows changes " + what}; };
    for (auto const& [id, view] : now)
    {
        auto const before = mark.copy.find(id);
        bool const changed = before == mark.copy.end() || !same(before->second, view, world);
        if (filter && !matches(*filter, world.view(world.resources.at(id))))
        {
            if (changed && client.was_told(id))
                fault("is told of what does not match: " + id);
            continue;
        }
        auto const has = client.copy().find(id);
        if (has == client.copy().end())
            fault("was not told of " + id);
        if (!same(has->second, view, world))
            fault("has another " + id + "\n  has " + serialised(normalised(has->second, world)) + "\n  is  " +
                  serialised(normalised(view, world)));
    }
    for (auto const& [id, copy] : client.copy())
        if (!now.contains(id))
            fault("still has " + id);
}

/// The filter of a request; throws Refusal or Undecided.
std::optional<Filter> filter_of(json::object const& body, Type const* type, Model const& model)
{
    auto const* text = body.if_contains("filter");
    if (!text)
        return std::nullopt;
    if (!type || !text->is_string())
        throw Undecided{};
    return parse_filter(text->as_string(), *type, model.mode(), Secret::invalid);
}

/// The mark that a request means, if it is one that serves there: what it has of the type.
std::optional<Mark> mark_meant(json::object const& body, Type const* type, std::map<std::string, Mark> const& marks)
{
    for (auto const& [name, mark] : marks)
        if (text_of(body, "deltaToken") == "{token " + name + '}' && (!mark.type || mark.type == type))
        {
            Mark meant{.type = type, .copy = mark.copy};
            std::erase_if(meant.copy,
                          [&](auto const& each) {
                              return type && text_of(each.second.at("meta").as_object(), "resourceType") != type->name;
                          });
            return meant;
        }
    return std::nullopt;
}

} // namespace

bool is_about_changes(Step const& step) { return asks_for_token(step) || step.target.ends_with(changes_end); }

bool asks_for_token(Step const& step) { return step.method == "GET" && step.target.ends_with(token_end); }

Mark mark_of(Model const& model, Step const& step)
{
    auto const type = type_asked(model.world().types(), step, token_end).value_or(nullptr);
    return {.type = type, .copy = followed(model, type)};
}

Step changes_since(std::string const& token, Type const* type)
{
    json::object const body{{"schemas", json::array{json::value(request_urn)}},
                            {"deltaToken", "{token " + token + '}'}};
    return {.method = "POST",
            .target = (type ? type->endpoint : std::string{}) + std::string{changes_end},
            .body = serialised(body)};
}

std::uint64_t follow(Lane& lane, Step const& step, std::int64_t now, std::map<std::string, Mark> const& marks,
                     Model const& model)
{
    auto const type = type_asked(model.world().types(), step, changes_end);
    auto body = json::parse(step.body).as_object();
    auto const mark = type ? mark_meant(body, *type, marks) : std::nullopt;
    std::optional<Filter> filter;
    bool refused = !mark;
    try
    {
        filter = type ? filter_of(body, *type, model) : std::nullopt;
    }
    catch (Refusal const&)
    {
        refused = true;
    }
    auto answer = lane.send(step, now);
    if (answer.status != (refused ? 400 : 200))
        throw Mismatch{lane.name() + ": another answer to who asks for changes: " + answer_text(answer)};
    if (refused)
        return 1;
    Client client{*mark, filter.has_value()};
    for (std::uint64_t requests = 1;; ++requests)
    {
        auto const page = json::parse(answer.body).as_object();
        for (json::value const& each : page.at("Resources").as_array())
            client.take(each.as_object());
        auto const cursor = text_of(page, "nextCursor");
        if (cursor.empty() == !page.contains("nextDeltaToken"))
            throw Mismatch{lane.name() + ": neither more changes nor the end of them: " + answer.body};
        if (cursor.empty())
        {
            compare(lane.name(), client, *mark, filter, followed(model, *type), model.world());
            return requests;
        }
        body["cursor"] = cursor;
        Step next = step;
        next.body = serialised(body);
        answer = lane.send(next, now);
        if (answer.status != 200)
            throw Mismatch{lane.name() + ": no further page of changes: " + answer_text(answer)};
    }
}

} // namespace scimkit::model
