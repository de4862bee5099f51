// What this room knows of resource types once and for all, and what it is given with each request.
//
// A membership is an element of a group's `members` that has the id of somebody; `manager` is a reference too. What
// such elements say is decided here, on every way in and out: who is known, what is computed, what goes with somebody
// who goes (RFC 7643 sections 2.4, 4.1.2 and 4.2).
#pragma once

#include <scimkit/store/run_query.hpp>
#include <scimkit/store/unique_keys.hpp>
#include <scimkit/tolerance/tolerance.hpp>

#include <optional>
#include <string>
#include <vector>

namespace scimkit::membership
{

/// An attribute whose elements (or whose one value) point to resources: `members`, `manager`.
struct ReferenceAttribute
{
    AttributeRef attribute;                     ///< sub_attribute is null
    Attribute const* value_attribute = nullptr; ///< `value`
    Attribute const* uri_attribute = nullptr;   ///< `$ref`
    Attribute const* type_attribute = nullptr;  ///< `type`, where the schema has one
    std::vector<ResourceType const*> targets{}; ///< what `$ref` may point to; at least one

    bool is_multi_valued() const noexcept { return attribute.attribute->multi_valued; }
};

/// Of one resource type.
struct TypeRules
{
    ResourceType const* type;
    std::string location_prefix;                  ///< "https://example.com/scim/Users/"
    std::vector<ReferenceAttribute> references{}; ///< readOnly ones left out
    /// The computed memberships: `groups`, readOnly, multi-valued, complex, with `value`.
    std::optional<AttributeRef> groups{};
};

/// Memberships as resources of their own (membership_resources.hpp), where a pack has brought their type.
struct MembershipType
{
    ResourceType const* type;
    ResourceType const* group;
    AttributeRef members;              ///< of `group`
    ReferenceAttribute const* element; ///< the same; points into Rules::types
};

/// What clients may say of members.
struct Policy
{
    UnknownMembers unknown_members = UnknownMembers::keep;
    bool contradicting_references = true;      ///< what contradicts `value` is computed anew; otherwise refused
    QueryBudget query{};                       ///< how many groups are looked at, and how much is kept of them
    std::uint64_t max_elements = 250'000;      ///< of one large attribute; then too_many
    std::uint64_t max_groups_bytes = 64 << 20; ///< of one resource's `groups`, as JSON; then too_many
};

/// Threading: immutable once made. The registry outlives it.
struct Rules
{
    SchemaRegistry const* registry = nullptr;
    std::string base_url{}; ///< of the SCIM root, without a slash at the end
    Policy policy{};
    UniqueKeyRules facts{};         ///< of groups that are written because a member went
    std::vector<TypeRules> types{}; ///< by ResourceType::index()
    std::optional<MembershipType> memberships{};

    bool is_membership(ResourceType const& type) const noexcept { return memberships && memberships->type == &type; }
    TypeRules const& of(ResourceType const& type) const noexcept { return types[type.index()]; }
};

/// A type of memberships without a type of groups that has members has none (`memberships` is empty). What is returned
/// may be moved, not copied.
Rules make_rules(SchemaRegistry const& registry, std::string base_url, Policy const& policy, UniqueKeyRules facts);

/// Resources that the same request is going to make (RFC 7644 section 3.7.1): who refers to one of them refers to
/// something that there is.
class Promised
{
public:
    virtual ~Promised() = default;

    /// The type of the one that will get this id; null if it is none of them, or stored already.
    virtual ResourceType const* type_of(std::string_view id) const noexcept = 0;
};

/// Lives as long as an operation does.
struct Scope
{
    Rules const& rules;
    TypeRules const* type_rules = nullptr; ///< of the resources that the operation is about; null if it is about none
    CallContext context{};
    Promised const* promised = nullptr; ///< null: nothing

    ResourceType const& type() const noexcept { return *type_rules->type; }
};

/// What has more elements than Policy::max_elements may lose some. Error: too_many.
result<void> check_elements(Attribute const& large, std::uint64_t before, std::uint64_t after, Scope const& scope);

/// A string member; empty if there is none.
std::string_view text_member(json::object const& object, std::string_view name) noexcept;

} // namespace scimkit::membership
