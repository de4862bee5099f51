// What a resource says of the groups around it is made for one resource at a time, since a thousand users may be in ten
// thousand groups each, and bounded (RFC 7643 section 4.1.2).
#include <scimkit/core/json.hpp>
#include <scimkit/schema/registry.hpp>

#include "../resource/packed_members.hpp"
#include "../store/border.hpp"
#include "groups.hpp"
#include "reference_uris.hpp"

#include <algorithm>
#include <utility>

namespace scimkit::membership
{
namespace
{

Error too_many_groups(Resource const& resource, Attribute const& groups, std::uint64_t most)
{
    return {ErrorCode::too_many,
            "'" + groups.name + "' of '" + resource.id + "' has more than " + std::to_string(most) +
                " bytes (max_response_bytes); leave it out with excludedAttributes.",
            groups.name};
}

/// As estimate_json_size() has it of the same as an object.
template <class Said>
std::uint64_t estimated_size(Said const& said) noexcept
{
    std::uint64_t size = 2;
    for (auto const& [name, text] : said)
        size += name.size() + 4 + text.size() + 2;
    return size;
}

template <class Said>
json::object object_of(Said const& said, json::storage_ptr memory)
{
    json::object object(std::move(memory));
    object.reserve(said.size());
    for (auto const& [name, text] : said)
        object.emplace(name, text);
    return object;
}

template <class Said>
void put_packed_object(std::string& out, Said const& said)
{
    put_packed_head(out, PackedTag::object, said.size());
    for (auto const& [name, text] : said)
        put_packed_text(out, name, text);
}

} // namespace

/// Each group is visited once, so that circles end and depth needs no limit. Those of one level are shown by id: on
/// which way a group was found is no difference that a client should see.
result<GroupsAround::Levels> GroupsAround::find_levels(Position of)
{
    Levels levels;
    auto& groups = levels.groups;
    auto added = add_around(of, levels);
    levels.direct = groups.size();
    for (std::size_t i = 0; added && i < groups.size(); ++i)
        added = add_around(groups[i], levels);
    for (Position const group : groups)
        nodes_[group].seen = false;
    if (!added)
        return std::move(added).error();
    auto const id_of = [&](Position group) { return std::string_view{nodes_[group].id}; };
    std::span<Position> const shown{groups.data(), groups.size()};
    std::ranges::sort(shown.first(levels.direct), {}, id_of);
    std::ranges::sort(shown.subspan(levels.direct), {}, id_of);
    return levels;
}

/// What it is in and what was not seen yet. What was seen is charged too: of groups that are all in one another there
/// are as many edges as the square of their number, and a page comes by all of them for each of its resources.
result<void> GroupsAround::add_around(Position of, Levels& levels)
{
    Node const& node = nodes_[of];
    if (auto charged = context_.charge(Budget::visit * node.edges); !charged)
        return charged;
    for (auto place = node.first_edge; place < node.first_edge + node.edges; ++place)
    {
        Position const position = edges_[place].group;
        Node& group = nodes_[position];
        if (group.seen || !group.type)
            continue;
        group.seen = true;
        levels.groups.push_back(position);
        if (auto charged = context_.charge(element_work); !charged)
            return charged;
    }
    return {};
}

/// In the order in which it is shown. `uri`: room for what is made here.
GroupsAround::Said GroupsAround::say(Node const& group, bool direct, Attribute const& groups, std::string& uri) const
{
    Said said;
    said.emplace_back("value", group.id);
    if (groups.find_sub_attribute("$ref"))
    {
        uri = uri_of(*group.type, group.id, rules_);
        said.emplace_back("$ref", uri);
    }
    if (!group.display.empty() && groups.find_sub_attribute("display"))
        said.emplace_back("display", group.display);
    if (groups.find_sub_attribute("type"))
        said.emplace_back("type", direct ? "direct" : "indirect");
    return said;
}

/// In the form in which the resource comes, so that an answer is written from packed attributes alone.
result<void> GroupsAround::fill(Resource& resource)
{
    auto const* const type = resource.type;
    if (!type || type->index() >= rules_.types.size() || rules_.types[type->index()].type != type)
        return {}; // not what a store should have returned, which whoever shows it finds out
    auto const& attribute = rules_.of(*type).groups;
    auto const node = attribute ? find_node(resource.id) : std::nullopt;
    if (!node)
        return {};
    auto const levels = find_levels(*node);
    if (!levels)
        return levels.error();
    if (levels->groups.empty())
        return {};
    Attribute const& groups = *attribute->attribute;
    std::string packed;
    put_packed_head(packed, PackedTag::array, levels->groups.size());
    json::array elements(resource.attributes.storage());
    std::string uri;
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < levels->groups.size(); ++i)
    {
        auto const said = say(nodes_[levels->groups[i]], i < levels->direct, groups, uri);
        bytes += estimated_size(said);
        if (bytes > rules_.policy.max_groups_bytes)
            return too_many_groups(resource, groups, rules_.policy.max_groups_bytes);
        if (resource.packed)
            put_packed_object(packed, said);
        else
            elements.push_back(object_of(said, elements.storage()));
    }
    if (!resource.packed)
        resource.attributes[groups.name] = std::move(elements);
    else if (!put_packed(resource.packed, groups.name, packed))
        return malformed_resource(*type, resource.id, "attributes");
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
