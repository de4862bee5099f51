// Who belongs to what is never stored with the member: it is found from the groups, so that the two cannot disagree.
// All loops are charged to the request's budget, since a user may be in any number of groups. What is known of groups
// is kept once; what each resource says of them is made when it is wanted, and bounded (RFC 7643 section 4.1.2).
#include "groups.hpp"

#include <scimkit/core/json.hpp>
#include <scimkit/schema/registry.hpp>

#include "../store/border.hpp"
#include "reference_uris.hpp"

#include <algorithm>
#include <limits>

namespace scimkit::membership
{
namespace
{

constexpr std::uint64_t element_work = 512; ///< of one element of `groups`, in units of Budget
constexpr std::uint64_t node_bytes = 128;   ///< that a map and an allocator add to what is kept of a group

bool has_large_attributes(ResourceType const& type) noexcept { return !type.large_attributes().empty(); }

Error too_many_groups(Resource const& resource, Attribute const& groups, std::uint64_t most)
{
    return {ErrorCode::too_many,
            "'" + groups.name + "' of '" + resource.id + "' has more than " + std::to_string(most) +
                " bytes (max_response_bytes); leave it out with excludedAttributes.",
            groups.name};
}

} // namespace

result<void> GroupsAround::keep(std::uint64_t bytes)
{
    kept_bytes_ += bytes;
    auto const most = rules_.policy.query.max_kept_bytes;
    if (kept_bytes_ <= most)
        return {};
    return Error{ErrorCode::too_many, "What has to be kept to find 'groups' is more than " + std::to_string(most) +
                                          " bytes (max_kept_bytes); ask for fewer resources, or leave it out."};
}

result<GroupsAround::Position> GroupsAround::node_of(std::string_view id)
{
    auto const [known, is_new] = by_id_.emplace(id, static_cast<Position>(nodes_.size()));
    if (!is_new)
        return known->second;
    auto const position = known->second;
    nodes_.push_back({.id = std::string{id}});
    if (auto kept = keep(sizeof(Node) + node_bytes + 2 * id.size()); !kept)
        return std::move(kept).error();
    return position;
}

result<void> GroupsAround::add_edge(Position from, Position group)
{
    nodes_[from].around.push_back(group);
    return keep(2 * sizeof(Position)); // a vector that grows has room for as many again
}

result<void> GroupsAround::add_group(ResourceType const& type, Resource const& group)
{
    auto const position = node_of(group.id);
    if (!position)
        return position.error();
    Node& node = nodes_[*position];
    if (node.type)
        return {};
    if (groups_++ >= rules_.policy.query.max_scanned)
        return Error{ErrorCode::too_many, "There are too many groups to find memberships in."};
    node.type = &type;
    node.display = text_member(group.attributes, "displayName");
    return keep(node.display.size());
}

result<void> GroupsAround::find(std::span<std::string_view const> ids)
{
    if (ids.empty())
        return {};
    auto* const reader = transaction_.large_attributes();
    auto found = reader ? look_up(*reader, ids) : scan(ids);
    seen_.assign(nodes_.size(), false);
    return found;
}

/// Of all members only those are kept that lead somewhere: who was asked about, and groups. So all groups have to be
/// known first.
result<void> GroupsAround::scan(std::span<std::string_view const> ids)
{
    for (std::string_view const id : ids)
        if (auto node = node_of(id); !node)
            return std::move(node).error();
    auto added =
        for_each_group(false, [&](ResourceType const& type, Resource&& group) { return add_group(type, group); });
    if (!added)
        return added;
    return for_each_group(true, [&](ResourceType const& type, Resource&& group) { return add_members(group, type); });
}

result<void> GroupsAround::for_each_group(bool with_members,
                                          function_ref<result<void>(ResourceType const&, Resource&&)> sink)
{
    for (auto const& type : rules_.registry->resource_types())
    {
        if (!has_large_attributes(*type))
            continue;
        Query::Source const source{.type = type.get()};
        Query all{
            .sources = {&source, 1}, .limit = std::numeric_limits<std::uint64_t>::max(), .total = TotalPolicy::none};
        if (with_members)
            all.large_attributes = type->large_attributes();
        result<void> taken;
        auto const streamed = transaction_.query(all,
                                                 [&](Resource&& group)
                                                 {
                                                     taken = sink(*type, std::move(group));
                                                     return taken.has_value();
                                                 });
        if (!taken)
            return taken;
        if (!streamed)
            return streamed.error();
    }
    return {};
}

/// All members count, whatever type they are said to have: any of them may be a group that leads on.
result<void> GroupsAround::add_members(Resource const& group, ResourceType const& type)
{
    auto const position = by_id_.find(group.id);
    if (position == by_id_.end()) // only where reads have no snapshot: it came a moment ago
        return {};
    for (AttributeRef const& large : type.large_attributes())
    {
        auto const* value = find_value(group.attributes, large);
        if (!value)
            continue;
        auto const* members = value->if_array();
        if (!members)
            return malformed_resource(type, group.id, large.attribute->name);
        for (json::value const& member : *members)
        {
            if (auto charged = context_.charge(Budget::visit); !charged)
                return charged;
            auto const* object = member.if_object();
            if (!object)
                return malformed_resource(type, group.id, large.attribute->name);
            auto const known = by_id_.find(std::string{text_member(*object, "value")});
            if (known == by_id_.end())
                continue;
            if (auto added = add_edge(known->second, position->second); !added)
                return added;
        }
    }
    return {};
}

/// Level by level: a level costs one question for its references and one for its groups of each type, however many
/// there are. Most are in no group, and of those nothing is kept.
result<void> GroupsAround::look_up(LargeAttributeReader& reader, std::span<std::string_view const> ids)
{
    auto wanted = look_up_level(reader, ids);
    while (wanted && !wanted->empty())
    {
        if (auto loaded = load_groups(*wanted); !loaded)
            return loaded;
        std::vector<std::string> level; // not views of nodes, which move when there are more of them
        for (auto const& [type, position] : *wanted)
            if (nodes_[position].type && !nodes_[position].looked_up)
                level.push_back(nodes_[position].id);
        wanted = look_up_level(reader, std::vector<std::string_view>{level.begin(), level.end()});
    }
    return wanted ? result<void>{} : std::move(wanted).error();
}

/// What they refer to that is not known yet, each once. A reference is no more than two numbers as soon as it comes:
/// there may be millions.
result<GroupsAround::Wanted> GroupsAround::look_up_level(LargeAttributeReader& reader,
                                                         std::span<std::string_view const> ids)
{
    Wanted wanted;
    if (ids.empty())
        return wanted;
    std::vector<bool> is_wanted;
    auto const take = [&](std::size_t which, Reference const& reference) -> result<void>
    {
        if (auto charged = context_.charge(element_work); !charged)
            return charged;
        auto const member = node_of(ids[which]);
        auto const group = member ? node_of(reference.id) : member;
        if (!group)
            return group.error();
        nodes_[*member].looked_up = true;
        is_wanted.resize(nodes_.size());
        if (!nodes_[*group].type && !is_wanted[*group])
        {
            wanted.emplace_back(reference.type, *group);
            is_wanted[*group] = true;
        }
        return add_edge(*member, *group);
    };
    auto taken = result<void>{};
    auto asked = reader.references_to_many(ids,
                                           [&](std::size_t which, Reference const& reference)
                                           {
                                               taken = take(which, reference);
                                               return taken.has_value();
                                           });
    if (!taken)
        return std::move(taken).error();
    if (!asked)
        return std::move(asked).error();
    return wanted;
}

/// Type by type.
result<void> GroupsAround::load_groups(Wanted const& wanted)
{
    std::unordered_map<ResourceType const*, std::vector<std::string>> by_type;
    for (auto const& [type, position] : wanted)
        by_type[type].push_back(nodes_[position].id);
    for (auto const& [type, ids] : by_type)
    {
        std::vector<std::string_view> const names{ids.begin(), ids.end()};
        auto added = result<void>{};
        auto got = transaction_.get_many(*type, names, {},
                                         [&](std::size_t, Resource&& group)
                                         {
                                             added = add_group(*type, group);
                                             return added.has_value();
                                         });
        if (!added)
            return added;
        if (!got)
            return got;
    }
    return {};
}

json::object GroupsAround::element(Node const& group, bool direct, Attribute const& groups) const
{
    json::object element;
    element["value"] = group.id;
    if (groups.find_sub_attribute("$ref"))
        element["$ref"] = uri_of(*group.type, group.id, rules_);
    if (!group.display.empty() && groups.find_sub_attribute("display"))
        element["display"] = group.display;
    if (groups.find_sub_attribute("type"))
        element["type"] = direct ? "direct" : "indirect";
    return element;
}

/// Each group is visited once, so that circles end and depth needs no limit. Those of one level are shown by id: on
/// which way a group was found is no difference that a client should see.
result<void> GroupsAround::find_levels(Position of, Positions& direct, Positions& indirect)
{
    Positions level{of};
    Positions* found = &direct;
    auto charged = result<void>{};
    while (!level.empty() && charged)
    {
        Positions next;
        for (Position const inner : level)
            for (Position const outer : nodes_[inner].around)
            {
                if (seen_[outer] || !nodes_[outer].type)
                    continue;
                seen_[outer] = true;
                next.push_back(outer);
                found->push_back(outer);
                if (charged = context_.charge(element_work); !charged)
                    break;
            }
        level = std::move(next);
        found = &indirect;
    }
    for (Positions* each : {&direct, &indirect})
    {
        for (Position const position : *each)
            seen_[position] = false;
        std::ranges::sort(*each, {}, [&](Position position) { return std::string_view{nodes_[position].id}; });
    }
    return charged;
}

result<void> GroupsAround::fill(Resource& resource)
{
    auto const* const type = resource.type;
    if (!type || type->index() >= rules_.types.size() || rules_.types[type->index()].type != type)
        return {}; // not what a store should have returned, which whoever shows it finds out
    auto const& attribute = rules_.of(*type).groups;
    auto const node = by_id_.find(resource.id);
    if (!attribute || node == by_id_.end())
        return {};
    Attribute const& groups = *attribute->attribute;
    Positions direct;
    Positions indirect;
    if (auto found = find_levels(node->second, direct, indirect); !found)
        return found;
    json::array elements;
    std::uint64_t bytes = 0;
    for (Positions const* shown : {&direct, &indirect})
        for (Position const position : *shown)
        {
            auto made = element(nodes_[position], shown == &direct, groups);
            bytes += estimate_json_size(made);
            if (bytes > rules_.policy.max_groups_bytes)
                return too_many_groups(resource, groups, rules_.policy.max_groups_bytes);
            elements.emplace_back(std::move(made));
        }
    if (!elements.empty())
        resource.attributes[groups.name] = std::move(elements);
    return {};
}

result<void> fill_groups(ReadTransaction& transaction, Resource& resource, Scope const& scope)
{
    if (!scope.rules.of(*resource.type).groups)
        return {};
    GroupsAround groups{transaction, scope};
    std::string_view const id = resource.id;
    auto found = groups.find({&id, 1});
    return found ? groups.fill(resource) : found;
}

result<void> show_groups(ReadTransaction& transaction, Resource& resource, Projection const& projection,
                         Scope const& scope)
{
    auto const& groups = scope.type_rules->groups;
    if (!groups || !projection.shows(*groups))
        return {};
    return fill_groups(transaction, resource, scope);
}

} // namespace scimkit::membership
