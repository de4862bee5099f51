// Who belongs to what is never stored with the member: it is found from the groups, so that the two cannot disagree.
// All loops are charged to the request's budget, since a user may be in any number of groups.
#include "groups.hpp"

#include <scimkit/schema/registry.hpp>

#include "../store/border.hpp"
#include "reference_uris.hpp"

#include <algorithm>
#include <limits>
#include <unordered_map>
#include <unordered_set>

namespace scimkit::membership
{
namespace
{

constexpr std::uint64_t element_work = 512; ///< of one element of `groups`, in units of Budget

bool has_large_attributes(ResourceType const& type) noexcept { return !type.large_attributes().empty(); }

/// The groups around some resources: who belongs to what, looked up once and kept for the whole page.
class Memberships
{
public:
    Memberships(ReadTransaction& transaction, Scope const& scope)
        : transaction_{transaction}
        , rules_{scope.rules}
        , context_{scope.context}
        , reader_{transaction.large_attributes()}
    {
    }

    /// For stores that do not find references: reads all groups, once.
    result<void> scan();

    /// For stores that do: the groups of these, and the groups around those, level by level. A level costs one question
    /// for its references and one for its groups of each type, however many there are.
    result<void> look_up(std::vector<std::string> ids);

    bool needs_scan() const noexcept { return reader_ == nullptr; }

    /// The value of `groups`; empty if there are none.
    result<json::array> groups_of(std::string_view id, Attribute const& groups);

private:
    struct Group
    {
        ResourceType const* type;
        std::string id;
        std::string display;
    };
    using Positions = std::vector<std::size_t>;

    result<void> take(Resource const& group, ResourceType const& type);
    result<void> add_group(ResourceType const& type, std::string_view id, std::string_view display);
    result<void> load_groups(std::span<std::pair<std::size_t, Reference> const> references);
    std::span<std::size_t const> groups_with(std::string const& id) const;
    json::object element(Group const& group, bool direct, Attribute const& groups) const;

    ReadTransaction& transaction_;
    Rules const& rules_;
    CallContext const& context_;
    LargeAttributeReader* reader_;
    std::vector<Group> groups_;
    std::unordered_map<std::string, std::size_t> by_id_;
    std::unordered_map<std::string, Positions> groups_with_;
};

result<void> Memberships::add_group(ResourceType const& type, std::string_view id, std::string_view display)
{
    if (groups_.size() >= rules_.policy.query.max_scanned)
        return Error{ErrorCode::too_many, "There are too many groups to find memberships in."};
    if (by_id_.emplace(id, groups_.size()).second)
        groups_.push_back({&type, std::string{id}, std::string{display}});
    return {};
}

result<void> Memberships::scan()
{
    for (auto const& type : rules_.registry->resource_types())
    {
        if (!has_large_attributes(*type))
            continue;
        Query::Source const source{.type = type.get()};
        Query const all{.sources = {&source, 1},
                        .limit = std::numeric_limits<std::uint64_t>::max(),
                        .total = TotalPolicy::none,
                        .large_attributes = type->large_attributes()};
        result<void> taken;
        auto const streamed = transaction_.query(all,
                                                 [&](Resource&& group)
                                                 {
                                                     taken = take(group, *type);
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
result<void> Memberships::take(Resource const& group, ResourceType const& type)
{
    if (auto added = add_group(type, group.id, text_member(group.attributes, "displayName")); !added)
        return added;
    auto const position = by_id_.find(group.id)->second;
    for (AttributeRef const& large : type.large_attributes())
    {
        auto const* value = find_value(group.attributes, large);
        if (value == nullptr)
            continue;
        auto const* members = value->if_array();
        if (members == nullptr)
            return malformed_resource(type, group.id, large.attribute->name);
        for (json::value const& member : *members)
        {
            if (auto charged = context_.charge(Budget::visit); !charged)
                return charged;
            auto const* object = member.if_object();
            if (object == nullptr)
                return malformed_resource(type, group.id, large.attribute->name);
            groups_with_[std::string{text_member(*object, "value")}].push_back(position);
        }
    }
    return {};
}

result<void> Memberships::look_up(std::vector<std::string> ids)
{
    while (!ids.empty())
    {
        std::vector<std::string_view> const values{ids.begin(), ids.end()};
        std::vector<std::pair<std::size_t, Reference>> found;
        auto charged = result<void>{};
        auto asked = reader_->references_to_many(values,
                                                 [&](std::size_t which, Reference const& reference)
                                                 {
                                                     found.emplace_back(which, reference);
                                                     charged = context_.charge(element_work);
                                                     return charged.has_value();
                                                 });
        if (!charged)
            return charged;
        if (!asked)
            return asked;
        std::size_t const known = groups_.size();
        if (auto loaded = load_groups(found); !loaded)
            return loaded;
        for (std::string& id : ids)
            groups_with_.try_emplace(id);
        for (auto const& [which, reference] : found)
            if (auto const group = by_id_.find(reference.id); group != by_id_.end())
                groups_with_[ids[which]].push_back(group->second);
        ids.clear();
        for (std::size_t i = known; i < groups_.size(); ++i)
            if (!groups_with_.contains(groups_[i].id))
                ids.push_back(groups_[i].id);
    }
    return {};
}

/// Those that are not known yet, type by type.
result<void> Memberships::load_groups(std::span<std::pair<std::size_t, Reference> const> references)
{
    std::unordered_map<ResourceType const*, std::vector<std::string_view>> wanted;
    std::unordered_set<std::string_view> seen;
    for (auto const& [which, reference] : references)
        if (!by_id_.contains(reference.id) && seen.insert(reference.id).second)
            wanted[reference.type].push_back(reference.id);
    for (auto const& [type, ids] : wanted)
    {
        auto added = result<void>{};
        auto got =
            transaction_.get_many(*type, ids, {},
                                  [&](std::size_t, Resource&& group)
                                  {
                                      added = add_group(*type, group.id, text_member(group.attributes, "displayName"));
                                      return added.has_value();
                                  });
        if (!added)
            return added;
        if (!got)
            return got;
    }
    return {};
}

std::span<std::size_t const> Memberships::groups_with(std::string const& id) const
{
    auto const known = groups_with_.find(id);
    return known != groups_with_.end() ? std::span<std::size_t const>{known->second} : std::span<std::size_t const>{};
}

json::object Memberships::element(Group const& group, bool direct, Attribute const& groups) const
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

result<json::array> Memberships::groups_of(std::string_view id, Attribute const& groups)
{
    json::array elements;
    std::unordered_set<std::size_t> seen;
    Positions level;
    for (std::size_t const position : groups_with(std::string{id}))
        if (seen.insert(position).second)
            level.push_back(position);

    // Each group is visited once, so that circles end and depth needs no limit. Those of one level are shown by id: on
    // which way a group was found is no difference that a client should see.
    Positions direct_groups;
    Positions indirect;
    for (bool direct_level = true; !level.empty(); direct_level = false)
    {
        Positions next;
        for (std::size_t const position : level)
        {
            if (auto charged = context_.charge(element_work); !charged)
                return std::move(charged).error();
            (direct_level ? direct_groups : indirect).push_back(position);
            for (std::size_t const outer : groups_with(groups_[position].id))
                if (seen.insert(outer).second)
                    next.push_back(outer);
        }
        level = std::move(next);
    }
    for (Positions* shown : {&direct_groups, &indirect})
    {
        std::ranges::sort(*shown, {}, [&](std::size_t position) { return std::string_view{groups_[position].id}; });
        for (std::size_t const position : *shown)
            elements.emplace_back(element(groups_[position], shown == &direct_groups, groups));
    }
    return elements;
}

} // namespace

result<void> fill_groups(ReadTransaction& transaction, std::span<Resource> resources, Scope const& scope)
{
    if (!scope.type_rules->groups || resources.empty())
        return {};
    Attribute const& groups = *scope.type_rules->groups->attribute;
    Memberships memberships{transaction, scope};
    std::vector<std::string> ids;
    for (Resource const& resource : resources)
        ids.push_back(resource.id);
    if (auto known = memberships.needs_scan() ? memberships.scan() : memberships.look_up(std::move(ids)); !known)
        return known;
    for (Resource& resource : resources)
    {
        auto elements = memberships.groups_of(resource.id, groups);
        if (!elements)
            return std::move(elements).error();
        if (!elements->empty())
            resource.attributes[groups.name] = std::move(*elements);
    }
    return {};
}

result<void> show_groups(ReadTransaction& transaction, Resource& resource, Projection const& projection,
                         Scope const& scope)
{
    auto const& groups = scope.type_rules->groups;
    if (!groups || !projection.shows(*groups))
        return {};
    return fill_groups(transaction, {&resource, 1}, scope);
}

} // namespace scimkit::membership
