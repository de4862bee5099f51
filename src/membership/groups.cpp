// Who belongs to what is never stored with the member: it is found from the groups, so that the two cannot disagree.
// All loops are charged to the request's budget, since a user may be in any number of groups.
#include "groups.hpp"

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
    result<std::size_t> add_group(ResourceType const& type, std::string_view id, std::string_view display);
    result<Positions> look_up(std::string_view id);
    result<Positions const*> groups_with(std::string_view id);
    json::object element(Group const& group, bool direct, Attribute const& groups) const;

    ReadTransaction& transaction_;
    Rules const& rules_;
    CallContext const& context_;
    LargeAttributeReader* reader_;
    std::vector<Group> groups_;
    std::unordered_map<std::string, std::size_t> by_id_;
    std::unordered_map<std::string, Positions> groups_with_;
};

result<std::size_t> Memberships::add_group(ResourceType const& type, std::string_view id, std::string_view display)
{
    if (groups_.size() >= rules_.policy.query.max_scanned)
        return Error{ErrorCode::too_many, "There are too many groups to find memberships in."};
    by_id_.emplace(id, groups_.size());
    groups_.push_back({&type, std::string{id}, std::string{display}});
    return groups_.size() - 1;
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
                        .wanted = wanted_all(*type)};
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
    auto const position = add_group(type, group.id, text_member(group.attributes, "displayName"));
    if (!position)
        return position.error();
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
            groups_with_[std::string{text_member(*object, "value")}].push_back(*position);
        }
    }
    return {};
}

result<Memberships::Positions> Memberships::look_up(std::string_view id)
{
    std::vector<Reference> references;
    auto const found = reader_->references_to(id,
                                              [&](Reference const& reference)
                                              {
                                                  references.push_back(reference);
                                                  return true;
                                              });
    if (!found)
        return found.error();
    Positions positions;
    for (Reference const& reference : references)
    {
        if (auto charged = context_.charge(element_work); !charged)
            return std::move(charged).error();
        if (auto const known = by_id_.find(reference.id); known != by_id_.end())
        {
            positions.push_back(known->second);
            continue;
        }
        auto const group = transaction_.get(*reference.type, reference.id, {});
        if (!group)
            return group.error();
        if (!*group)
            continue;
        auto const position =
            add_group(*reference.type, reference.id, text_member((*group)->attributes, "displayName"));
        if (!position)
            return position.error();
        positions.push_back(*position);
    }
    return positions;
}

result<Memberships::Positions const*> Memberships::groups_with(std::string_view id)
{
    std::string key{id};
    auto known = groups_with_.find(key);
    if (known == groups_with_.end())
    {
        Positions positions;
        if (reader_ != nullptr)
        {
            auto looked_up = look_up(id);
            if (!looked_up)
                return std::move(looked_up).error();
            positions = std::move(*looked_up);
        }
        known = groups_with_.emplace(std::move(key), std::move(positions)).first;
    }
    return &known->second;
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
    auto const direct = groups_with(id);
    if (!direct)
        return direct.error();
    for (std::size_t const position : **direct)
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
            std::string const id_of_group = groups_[position].id; // the look-up may add groups
            auto const above = groups_with(id_of_group);
            if (!above)
                return above.error();
            for (std::size_t const outer : **above)
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
    if (memberships.needs_scan())
        if (auto scanned = memberships.scan(); !scanned)
            return scanned;
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
