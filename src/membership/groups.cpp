// Who belongs to what is never stored with the member: it is found from the groups, so that the two cannot disagree.
// All loops are charged to the request's budget, since a user may be in any number of groups. What is known of groups
// is kept once; what each resource says of them is made when it is wanted (groups_shown.cpp).
#include "groups.hpp"

#include <scimkit/core/json.hpp>
#include <scimkit/schema/registry.hpp>

#include "../resource/packed_members.hpp"
#include "../store/border.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace scimkit::membership
{
namespace
{

constexpr std::uint64_t node_bytes = 152; ///< that a map and an allocator add to what is kept of a group

bool has_large_attributes(ResourceType const& type) noexcept { return !type.large_attributes().empty(); }

/// Nothing if what came packed is damaged: nobody else looks at the bytes.
std::optional<std::string_view> display_of(Resource const& group) noexcept
{
    constexpr std::string_view name = "displayName";
    return group.packed ? find_sound_text(group.packed.bytes(), name) : text_member(group.attributes, name);
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

/// Where they are few, a look at each is quicker than a map.
std::optional<GroupsAround::Position> GroupsAround::find_node(std::string_view id) const
{
    if (nodes_.size() > usual)
    {
        auto const known = by_id_.find(id);
        return known == by_id_.end() ? std::nullopt : std::optional{known->second};
    }
    for (Position position = 0; position < nodes_.size(); ++position)
        if (nodes_[position].id == id)
            return position;
    return std::nullopt;
}

result<GroupsAround::Position> GroupsAround::node_of(std::string_view id)
{
    if (auto const known = find_node(id))
        return *known;
    nodes_.push_back(Node{.id = std::string{id}});
    if (nodes_.size() > usual)
        for (auto i = by_id_.size(); i < nodes_.size(); ++i)
            by_id_.emplace(nodes_[i].id, static_cast<Position>(i));
    if (auto kept = keep(sizeof(Node) + node_bytes + 2 * id.size()); !kept)
        return std::move(kept).error();
    return static_cast<Position>(nodes_.size() - 1);
}

result<void> GroupsAround::add_edge(Position from, Position group)
{
    edges_.push_back({from, group});
    return keep(sizeof(Edge)); // a deque that grows moves nothing, and has no room to spare
}

/// Where those of a node begin is noted, since a page comes by each node once for each resource.
void GroupsAround::sort_edges()
{
    std::sort(edges_.begin(), edges_.end(), [](Edge const& a, Edge const& b) { return a.from < b.from; });
    for (std::size_t place = 0; place < edges_.size(); ++place)
    {
        Node& node = nodes_[edges_[place].from];
        if (node.edges++ == 0)
            node.first_edge = place;
    }
}

result<void> GroupsAround::add_group(Position position, ResourceType const& type, Resource const& group)
{
    Node& node = nodes_[position];
    if (node.type)
        return {};
    if (groups_++ >= rules_.policy.query.max_scanned)
        return Error{ErrorCode::too_many, "There are too many groups to find memberships in."};
    auto const display = display_of(group);
    if (!display)
        return malformed_resource(type, group.id, "attributes");
    node.type = &type;
    node.display = *display;
    return keep(node.display.size());
}

result<void> GroupsAround::find(std::span<std::string_view const> ids)
{
    if (ids.empty())
        return {};
    auto* const reader = transaction_.large_attributes();
    auto found = reader ? look_up(*reader, ids) : scan(ids);
    if (found)
        sort_edges();
    return found;
}

/// Of all members only those are kept that lead somewhere: who was asked about, and groups. So all groups have to be
/// known first.
result<void> GroupsAround::scan(std::span<std::string_view const> ids)
{
    for (std::string_view const id : ids)
        if (auto node = node_of(id); !node)
            return std::move(node).error();
    auto added = for_each_group(false,
                                [&](ResourceType const& type, Resource&& group) -> result<void>
                                {
                                    auto const position = node_of(group.id);
                                    return position ? add_group(*position, type, group) : position.error();
                                });
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
    auto const position = find_node(group.id);
    if (!position) // only where reads have no snapshot: it came a moment ago
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
            auto const known = find_node(text_member(*object, "value"));
            if (!known)
                continue;
            if (auto added = add_edge(*known, *position); !added)
                return added;
        }
    }
    return {};
}

/// Level by level: a level costs one question for its references and one for its groups of each type, however many
/// there are. Most are in no group, and of those nothing is kept.
result<void> GroupsAround::look_up(LargeAttributeReader& reader, std::span<std::string_view const> ids)
{
    std::vector<std::string_view> level; // of nodes, which stay where they are
    while (!ids.empty())
    {
        Asked asked;
        if (auto looked_up = look_up_level(reader, ids, asked); !looked_up)
            return looked_up;
        if (auto loaded = load_groups(asked); !loaded)
            return loaded;
        level.clear();
        for (auto const& [type, position] : asked)
            if (Node const& node = nodes_[position]; node.type && !node.looked_up)
                level.emplace_back(node.id);
        ids = level;
    }
    return {};
}

/// What they refer to that is not known yet is to be asked for, each once. A reference is no more than two numbers as
/// soon as it comes: there may be millions.
result<void> GroupsAround::look_up_level(LargeAttributeReader& reader, std::span<std::string_view const> ids,
                                         Asked& asked)
{
    auto const take = [&](std::size_t which, Reference const& reference) -> result<void>
    {
        if (auto charged = context_.charge(element_work); !charged)
            return charged;
        if (which >= ids.size())
            return malformed_resource(*reference.type, reference.id, "reference");
        auto const member = node_of(ids[which]);
        auto const group = member ? node_of(reference.id) : member;
        if (!group)
            return group.error();
        nodes_[*member].looked_up = true;
        if (Node& node = nodes_[*group]; !node.type && !node.asked_for)
        {
            node.asked_for = true;
            asked.emplace_back(reference.type, *group);
        }
        return add_edge(*member, *group);
    };
    auto taken = result<void>{};
    auto found = reader.references_to_many(ids,
                                           [&](std::size_t which, Reference const& reference)
                                           {
                                               taken = take(which, reference);
                                               return taken.has_value();
                                           });
    return taken ? std::move(found) : std::move(taken);
}

/// Type by type.
result<void> GroupsAround::load_groups(Asked& asked)
{
    std::ranges::sort(std::span{asked.data(), asked.size()}, {},
                      [](auto const& each) { return std::pair(each.first->index(), each.second); });
    for (std::size_t begin = 0; begin < asked.size();)
    {
        ResourceType const& type = *asked[begin].first;
        boost::container::small_vector<std::string_view, usual> ids;
        auto end = begin;
        for (; end < asked.size() && asked[end].first == &type; ++end)
        {
            Node& node = nodes_[asked[end].second];
            node.asked_for = false;
            ids.emplace_back(node.id);
        }
        auto added = result<void>{};
        auto got = transaction_.get_many(type, {ids.data(), ids.size()}, {.packed = transaction_.gives_packed()},
                                         [&](std::size_t which, Resource&& group)
                                         {
                                             bool const is_asked_for = which < ids.size() && group.id == ids[which];
                                             added = is_asked_for ? add_group(asked[begin + which].second, type, group)
                                                                  : malformed_resource(type, group.id, "id");
                                             return added.has_value();
                                         });
        if (!added)
            return added;
        if (!got)
            return got;
        begin = end;
    }
    return {};
}

} // namespace scimkit::membership
