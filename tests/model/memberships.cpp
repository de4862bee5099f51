// Memberships as resources: another way to see, and to change, the members of groups.
#include "model_request.hpp"
#include "text.hpp"

#include <algorithm>

namespace scimkit::model
{
namespace
{

std::string value_in(json::object const& attributes, std::string_view name)
{
    auto const* reference = attributes.if_contains(name);
    return reference && reference->is_object() ? text_of(reference->get_object(), "value") : std::string{};
}

json::array members_of(Resource const& group)
{
    auto const* members = group.attributes.if_contains(group.type->members);
    return members ? members->as_array() : json::array{};
}

std::string value_of(json::value const& member) { return text_of(member.as_object(), "value"); }

} // namespace

std::map<std::string, json::object> World::memberships(Type const& type) const
{
    std::map<std::string, json::object> all;
    Type const* const groups = find_type(types_, "Group");
    for (auto const& [group_id, group] : resources)
        for (json::value const& each : group.type == groups ? members_of(group) : json::array{})
        {
            json::object member;
            for (char const* name : {"value", "$ref", "type"})
                if (auto const* part = each.as_object().if_contains(name))
                    member[name] = *part;
            auto const id = group_id + '.' + value_of(each);
            all[id] = {{"schemas", json::array{json::value(type.schema.uri)}},
                       {"id", id},
                       {"group", json::object{{"value", group_id}, {"$ref", location(*groups, group_id)}}},
                       {"member", std::move(member)},
                       {"meta", json::object{{"resourceType", type.name}, {"location", location(type, id)}}}};
        }
    return all;
}

Expected Model::membership(Request const& request)
{
    auto const& method = request.step.method;
    if (method == "POST")
        return join(request);
    if (method == "DELETE")
        return leave(request);
    if (method != "GET" && method != "HEAD")
        throw Refusal{405, {}};
    auto const all = world_.memberships(*request.type);
    auto const found = all.find(request.id);
    if (found == all.end())
        throw Refusal{404, {}};
    if (method == "HEAD")
        return {.status = 200};
    return {.status = 200, .body = shown(found->second, *request.type, request.shape(), mode_)};
}

Expected Model::join(Request const& request)
{
    json::object sent;
    try
    {
        sent = named(read_body(request.body, *request.type, mode_), *request.type);
        check_whole(sent, *request.type);
    }
    catch (Refusal const& refusal)
    {
        throw told_as(refusal);
    }
    Expected refused;
    Type const& groups = *find_type(world_.types(), "Group");
    auto const group_id = value_in(sent, "group");
    auto const member_id = value_in(sent, "member");
    bool const is_known = world_.find(groups, member_id) || world_.find(*find_type(world_.types(), "User"), member_id);
    if (!world_.find(groups, group_id) || !is_known)
        refused.refusals.push_back(told_as({400, "invalidValue"}));
    try
    {
        sent = settled(std::move(sent), *request.type);
    }
    catch (Refusal const& refusal)
    {
        refused.refusals.push_back(told_as(refusal));
    }
    auto const id = group_id + '.' + member_id;
    if (world_.memberships(*request.type).contains(id))
        refused.refusals.push_back({409, "uniqueness"});
    if (!refused.refusals.empty())
        return refused;
    Resource& group = world_.resources.at(group_id);
    auto members = members_of(group);
    members.push_back(sent.at("member"));
    std::ranges::stable_sort(members, {}, value_of);
    group.attributes[group.type->members] = std::move(members);
    group.modified = world_.after(group.modified);
    auto const all = world_.memberships(*request.type);
    return {.status = 201, .body = shown(all.at(id), *request.type, request.shape(), mode_)};
}

Expected Model::leave(Request const& request)
{
    if (!world_.memberships(*request.type).contains(request.id))
        throw Refusal{404, {}};
    auto const dot = request.id.find('.');
    Resource& group = world_.resources.at(request.id.substr(0, dot));
    auto const who = request.id.substr(dot + 1);
    json::array left;
    for (json::value const& each : members_of(group))
        if (value_of(each) != who)
            left.push_back(each);
    if (left.empty())
        group.attributes.erase(group.type->members);
    else
        group.attributes[group.type->members] = std::move(left);
    group.modified = world_.after(group.modified);
    return {.status = 204};
}

} // namespace scimkit::model
