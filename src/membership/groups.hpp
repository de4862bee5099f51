// The computed attribute `groups` (RFC 7643 section 4.1.2): to which groups a resource belongs, directly or through
// other groups. Groups are the resources that refer to others through a large attribute.
#pragma once

#include "../resource/projection.hpp"
#include "scope.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace scimkit::membership
{

/// The groups around some resources: found for all of them at once, and put into one after the other, since a thousand
/// resources are together in a few groups that each of them repeats.
class GroupsAround
{
public:
    /// Both outlive this.
    GroupsAround(ReadTransaction& transaction, Scope const& scope)
        : transaction_(transaction)
        , rules_(scope.rules)
        , context_(scope.context)
    {
    }

    /// Finds them for the resources with these ids; call once. Two questions per level of groups within groups where
    /// the store finds references; two passes over all groups where it does not. To any depth, circles included.
    /// Errors: those of the store, corrupt, too_many (more groups than `max_scanned`, more to keep than
    /// `max_kept_bytes`, or the budget ends).
    result<void> find(std::span<std::string_view const> ids);

    /// Puts `groups` into one of them, if its type has that attribute. Errors: too_many (more than
    /// Policy::max_groups_bytes, or the budget ends).
    result<void> fill(Resource& resource);

private:
    using Position = std::uint32_t;
    using Positions = std::vector<Position>;

    /// A resource that was asked about, or a group.
    struct Node
    {
        std::string id;
        ResourceType const* type = nullptr; ///< null: no group, as far as is known
        std::string display{};
        Positions around{};     ///< groups that it is in
        bool looked_up = false; ///< `around` is complete
    };
    using Wanted = std::vector<std::pair<ResourceType const*, Position>>;

    result<Position> node_of(std::string_view id);
    result<void> keep(std::uint64_t bytes);
    result<void> add_edge(Position from, Position group);
    result<void> add_group(ResourceType const& type, Resource const& group);

    result<void> scan(std::span<std::string_view const> ids);
    result<void> for_each_group(bool with_members, function_ref<result<void>(ResourceType const&, Resource&&)> sink);
    result<void> add_members(Resource const& group, ResourceType const& type);

    result<void> look_up(LargeAttributeReader& reader, std::span<std::string_view const> ids);
    result<Wanted> look_up_level(LargeAttributeReader& reader, std::span<std::string_view const> ids);
    result<void> load_groups(Wanted const& wanted);

    result<void> find_levels(Position of, Positions& direct, Positions& indirect);
    json::object element(Node const& group, bool direct, Attribute const& groups) const;

    ReadTransaction& transaction_;
    Rules const& rules_;
    CallContext const& context_;
    std::vector<Node> nodes_{};
    std::unordered_map<std::string, Position> by_id_{};
    std::uint64_t groups_ = 0; ///< among the nodes
    std::uint64_t kept_bytes_ = 0;
    std::vector<bool> seen_{}; ///< by fill(), of each node
};

/// Finds and fills for one resource. Errors: those of GroupsAround.
result<void> fill_groups(ReadTransaction& transaction, Resource& resource, Scope const& scope);

/// The same, if the projection shows them.
result<void> show_groups(ReadTransaction& transaction, Resource& resource, Projection const& projection,
                         Scope const& scope);

} // namespace scimkit::membership
