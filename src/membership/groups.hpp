// The computed attribute `groups` (RFC 7643 section 4.1.2): to which groups a resource belongs, directly or through
// other groups. Groups are the resources that refer to others through a large attribute.
#pragma once

#include "../resource/projection.hpp"
#include "scope.hpp"

#include <boost/container/deque.hpp>
#include <boost/container/small_vector.hpp>
#include <boost/container/static_vector.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
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

    GroupsAround(GroupsAround const&) = delete;
    GroupsAround& operator=(GroupsAround const&) = delete;

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

    /// A resource that was asked about, or a group.
    struct Node
    {
        std::string id;
        ResourceType const* type = nullptr; ///< null: no group, as far as is known
        std::string display{};
        std::size_t first_edge = 0; ///< those from here are among the edges, once find() is through
        std::size_t edges = 0;
        bool asked_for = false; ///< the store is going to be asked for it
        bool looked_up = false; ///< the groups that it is in are known
        bool seen = false;      ///< by find_levels()
    };
    struct Edge
    {
        Position from;
        Position group; ///< that it is in
    };
    static constexpr std::uint64_t element_work = 512; ///< of one element of `groups`, in units of Budget
    static constexpr std::size_t usual = 8;            ///< nodes and groups of whoever is in few groups
    /// Groups to ask the store for, as they were referred to.
    using Asked = boost::container::small_vector<std::pair<ResourceType const*, Position>, usual>;
    struct Levels
    {
        boost::container::small_vector<Position, usual> groups{}; ///< direct ones first, each kind by id
        std::size_t direct = 0;                                   ///< so many of them
    };
    /// What an element of `groups` says: name and text of its members.
    using Said = boost::container::static_vector<std::pair<std::string_view, std::string_view>, 4>;

    std::optional<Position> find_node(std::string_view id) const;
    result<Position> node_of(std::string_view id);
    result<void> keep(std::uint64_t bytes);
    result<void> add_edge(Position from, Position group);
    void sort_edges();
    result<void> add_group(Position position, ResourceType const& type, Resource const& group);

    result<void> scan(std::span<std::string_view const> ids);
    result<void> for_each_group(bool with_members, function_ref<result<void>(ResourceType const&, Resource&&)> sink);
    result<void> add_members(Resource const& group, ResourceType const& type);

    result<void> look_up(LargeAttributeReader& reader, std::span<std::string_view const> ids);
    result<void> look_up_level(LargeAttributeReader& reader, std::span<std::string_view const> ids, Asked& asked);
    result<void> load_groups(Asked& asked);

    result<Levels> find_levels(Position of);
    result<void> add_around(Position of, Levels& levels);
    Said say(Node const& group, bool direct, Attribute const& groups, std::string& uri) const;

    ReadTransaction& transaction_;
    Rules const& rules_;
    CallContext const& context_;
    boost::container::deque<Node> nodes_{};                  // each stays where it is while others come
    std::unordered_map<std::string_view, Position> by_id_{}; // all of them, once they are more than usual
    boost::container::deque<Edge> edges_{};                  // by `from`, once find() is through
    std::uint64_t groups_ = 0;                               // among the nodes
    std::uint64_t kept_bytes_ = 0;
};

/// Finds and fills for one resource. Errors: those of GroupsAround.
result<void> fill_groups(ReadTransaction& transaction, Resource& resource, Scope const& scope);

/// The same, if the projection shows them.
result<void> show_groups(ReadTransaction& transaction, Resource& resource, Projection const& projection,
                         Scope const& scope);

} // namespace scimkit::membership
