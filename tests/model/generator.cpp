// Chooses what comes next.
#include "generator.hpp"

#include "text.hpp"

#include <array>
#include <cstdio>

namespace scimkit::model
{
namespace
{

constexpr std::array null_operators{"eq", "ne", "co", "sw", "ge"};

} // namespace

Generator::Generator(Choices& choices, Model const& model, Features const& without)
    : choices_(choices)
    , model_(model)
    , without_(without)
    , values_(choices, model, without)
    , filters_(choices, values_, model.mode(), without)
    , patches_(choices, values_, filters_, without)
{
    auto const& types = model.world().types();
    Type const* user = find_type(types, "User");
    Type const* group = find_type(types, "Group");
    std::vector<Type const*> stored;
    for (Type const& type : types)
        if (!type.of_members)
            stored.push_back(&type);
    types_ = {user, user, group, choices.of(stored)};
    if (choices.one_in(4)) // nothing but one custom type
        types_ = {choices.of(stored)};
}

Type const& Generator::type() { return *choices_.of(types_); }

std::string Generator::any_id(Type const& type) { return values_.id_of(type); }

std::string Generator::new_number()
{
    char number[8];
    std::snprintf(number, sizeof number, "%03d", created_++ % 1000);
    return number;
}

Step Generator::next()
{
    if (with("bulk") && choices_.one_in(10))
        return bulk();
    if (model_.world().resources.size() < 2)
        return create();
    if (with("memberships") && types_.size() > 1 && choices_.one_in(9))
        return membership();
    if (with("deltas") && choices_.one_in(14))
        return tokens_.empty() || choices_.one_in(4) ? token() : changes();
    switch (choices_.below(20))
    {
    case 0:
    case 1:
    case 2:
    case 3:
        return create();
    case 4:
        return get(with("head") && choices_.one_in(8) ? "HEAD" : "GET");
    case 5:
    case 6:
        return replace();
    case 7:
        return remove();
    case 8:
    case 9:
    case 10:
        return list();
    case 11:
        return search();
    default:
        return patch();
    }
}

std::string Generator::shape(Type const& type)
{
    if (!choices_.one_in(8))
        return {};
    std::string names;
    for (auto count = 1 + choices_.below(3); count > 0; --count)
    {
        Target target =
            choices_.one_in(6) ? Target{.attribute = common_attributes().find("meta")} : values_.target(type);
        if (auto const* groups = type.schema.find("groups"); groups && choices_.one_in(6))
            target = {.attribute = groups};
        if (!target.attribute->subs.empty() && choices_.one_in(3))
            target.sub = &choices_.of(target.attribute->subs);
        names += (names.empty() ? "" : ",") + values_.name(target, type);
    }
    return (choices_.one_in(2) ? "attributes=" : "excludedAttributes=") + names;
}

void Generator::add_preconditions(Step& step, std::string const& id, bool is_read)
{
    auto const tag = [&]() -> std::string
    {
        switch (choices_.below(4))
        {
        case 0:
            return "*";
        case 1:
            return "{old " + id + '}';
        case 2:
            return "{old " + id + "}, {etag " + id + '}';
        default:
            return "{etag " + id + '}';
        }
    };
    if (choices_.one_in(8) && (!is_read || with("get-if-match")))
        step.headers.emplace_back("If-Match", tag());
    if (choices_.one_in(is_read ? 3 : 16) && (is_read || with("if-none-match")))
        step.headers.emplace_back("If-None-Match", tag());
}

Step Generator::create()
{
    Type const& chosen = type();
    Step step{.method = "POST",
              .target = chosen.endpoint,
              .id = 'R' + new_number(),
              .body = serialised(values_.body(chosen))};
    if (auto const names = shape(chosen); !names.empty())
        step.target += '?' + names;
    need_not_wait(step);
    return step;
}

/// Now and then by the resource's own user, who may as well call it /Me.
void Generator::call_it_me(Step& step, Type const& type, std::string const& id)
{
    auto const* resource = model_.world().find(type, id);
    if (type.name != "User" || !resource || !choices_.one_in(8) || !with("me"))
        return;
    step.target = "/Me";
    auto const* name = resource->attributes.if_contains("userName");
    if (name && !choices_.one_in(12))
        step.headers.emplace_back("Caller", name->as_string());
}

Step Generator::get(std::string const& method)
{
    Type const& chosen = type();
    auto const id = any_id(chosen);
    Step step{.method = method, .target = chosen.endpoint + '/' + id};
    call_it_me(step, chosen, id);
    if (auto const names = shape(chosen); !names.empty())
        step.target += '?' + names; // without groups another version is meant
    else
        add_preconditions(step, id, true);
    return step;
}

Step Generator::replace()
{
    Type const& chosen = type();
    if (!chosen.members.empty() && !with("member-order"))
        return patch();
    auto const id = any_id(chosen);
    Step step{.method = "PUT", .target = chosen.endpoint + '/' + id, .body = serialised(values_.body(chosen))};
    // A client that changes a little of what it read.
    if (auto const* known = model_.world().find(chosen, id); known && choices_.one_in(2))
    {
        json::object body = model_.world().view(*known);
        auto const target = values_.target(chosen);
        if (!target.extension && !choices_.one_in(3))
            body[target.attribute->name] = values_.value(*target.attribute);
        step.body = serialised(body);
    }
    call_it_me(step, chosen, id);
    add_preconditions(step, id, false);
    need_not_wait(step);
    return step;
}

Step Generator::patch()
{
    Type const& chosen = type();
    auto const id = any_id(chosen);
    Step step{.method = "PATCH", .target = chosen.endpoint + '/' + id, .body = serialised(patches_.body(chosen))};
    call_it_me(step, chosen, id);
    if (auto const names = shape(chosen); !names.empty())
        step.target += '?' + names;
    add_preconditions(step, id, false);
    if (with("prefer") && choices_.one_in(12))
        step.headers.emplace_back("Prefer", choices_.one_in(2) ? "return=representation" : "return=minimal");
    else
        need_not_wait(step);
    return step;
}

Step Generator::remove()
{
    Type const& chosen = type();
    auto const id = any_id(chosen);
    Step step{.method = "DELETE", .target = chosen.endpoint + '/' + id};
    call_it_me(step, chosen, id);
    add_preconditions(step, id, false);
    if (step.target != "/Me") // of which the result of a removal says nothing
        need_not_wait(step);
    return step;
}

Step Generator::list()
{
    Type const& chosen = type();
    Step step{.method = "GET", .target = (with("root") && choices_.one_in(5) ? "/" : chosen.endpoint) + '?'};
    auto const add = [&](std::string const& parameter)
    {
        if (!step.target.ends_with('?'))
            step.target += '&';
        step.target += parameter;
    };
    if (!choices_.one_in(4))
        add("filter=" + filters_.filter(chosen));
    if (choices_.one_in(3))
    {
        Target target = values_.target(chosen);
        if (choices_.one_in(4))
            target = {.attribute = common_attributes().find("meta"),
                      .sub = &choices_.of(common_attributes().find("meta")->subs)};
        if (target.sub && target.sub->name == "version")
            target.sub = common_attributes().find("meta")->sub("created"); // no part of the model
        if (!target.attribute->subs.empty() && !target.sub && !choices_.one_in(4))
            target.sub = &choices_.of(target.attribute->subs);
        if (target.sub && target.sub->name == "$ref")
            target.sub = nullptr; // it is computed, and nothing is sorted by it
        if (target.attribute->name == chosen.members && !with("member-order"))
            target = {.attribute = common_attributes().find("id")}; // which member is the first?
        add("sortBy=" + values_.name(target, chosen));
        if (choices_.one_in(2))
            add("sortOrder=descending");
    }
    bool const by_cursor = with("cursor") && choices_.one_in(5);
    if (choices_.one_in(by_cursor ? 20 : 4))
        add("startIndex=" + std::to_string(static_cast<int>(choices_.below(6)) - 1));
    if (choices_.one_in(by_cursor ? 2 : 4))
        add("count=" + std::to_string(static_cast<int>(choices_.below(5)) - (by_cursor ? 0 : 1)));
    if (by_cursor)
        add("cursor=");
    if (auto const names = shape(chosen); !names.empty())
        add(names);
    return step;
}

Step Generator::search()
{
    Type const& chosen = type();
    json::object body{{"schemas", json::array{"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}}};
    if (!choices_.one_in(4))
        body["filter"] = filters_.filter(chosen);
    if (choices_.one_in(24)) // what no value has may be asked for all the same
        body["filter"] = std::string{"externalId "} + choices_.of(null_operators) + " \"a\\u0000b\"";
    if (auto const target = values_.target(chosen); choices_.one_in(4) && (!target.sub || target.sub->name != "$ref") &&
                                                    (target.attribute->name != chosen.members || with("member-order")))
        body["sortBy"] = values_.name(target, chosen);
    if (choices_.one_in(4))
        body["count"] = static_cast<std::int64_t>(choices_.below(4));
    if (with("cursor") && choices_.one_in(5))
        body["cursor"] = "";
    std::string const endpoint = with("root") && choices_.one_in(5) ? "" : chosen.endpoint;
    return {.method = "POST", .target = endpoint + "/.search", .body = serialised(body)};
}

} // namespace scimkit::model
