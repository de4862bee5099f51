// Which attributes are about memberships is a matter of the schema alone, so that it is found once, at start.
#include "scope.hpp"

#include <scimkit/schema/registry.hpp>

#include "../schema/pack_members.hpp"

#include <algorithm>

namespace scimkit::membership
{
namespace
{

void add_reference(std::vector<ReferenceAttribute>& references, AttributeRef attribute, SchemaRegistry const& registry)
{
    Attribute const& definition = *attribute.attribute;
    auto const* uri = definition.find_sub_attribute("$ref");
    auto const* value = definition.find_sub_attribute("value");
    if (definition.mutability == Mutability::read_only || !uri || !value)
        return;
    ReferenceAttribute reference{.attribute = attribute,
                                 .value_attribute = value,
                                 .uri_attribute = uri,
                                 .type_attribute = definition.find_sub_attribute("type")};
    for (std::string const& name : uri->reference_types)
        if (auto const* target = registry.find_resource_type(name))
            reference.targets.push_back(target);
    if (!reference.targets.empty())
        references.push_back(std::move(reference));
}

std::vector<ReferenceAttribute> reference_attributes(ResourceType const& type, SchemaRegistry const& registry)
{
    std::vector<ReferenceAttribute> references;
    for (Attribute const& attribute : type.schema().attributes)
        add_reference(references, {&type.schema(), &attribute}, registry);
    for (auto const& extension : type.extensions())
        for (Attribute const& attribute : extension.schema->attributes)
            add_reference(references, {extension.schema, &attribute, nullptr, true}, registry);
    return references;
}

std::optional<AttributeRef> groups_attribute(ResourceType const& type)
{
    auto const* attribute = type.schema().find_attribute("groups");
    if (!attribute || attribute->mutability != Mutability::read_only || !attribute->multi_valued ||
        attribute->type != AttributeType::complex || !attribute->find_sub_attribute("value"))
        return std::nullopt;
    return AttributeRef{&type.schema(), attribute};
}

std::optional<MembershipType> membership_type(Rules const& rules)
{
    auto const of_schema = [&](std::string_view urn)
    { return std::ranges::find_if(rules.types, [&](TypeRules const& each) { return each.type->schema().id == urn; }); };
    auto const type = of_schema(group_membership_urn);
    auto const group = of_schema(urn::group);
    if (type == rules.types.end() || group == rules.types.end())
        return std::nullopt;
    for (ReferenceAttribute const& element : group->references)
        if (element.attribute.attribute->name == "members" && group->type->is_large(*element.attribute.attribute))
            return MembershipType{type->type, group->type, element.attribute, &element};
    return std::nullopt;
}

} // namespace

Rules make_rules(SchemaRegistry const& registry, std::string base_url, Policy const& policy, UniqueKeyRules facts)
{
    Rules rules{.registry = &registry, .base_url = std::move(base_url), .policy = policy, .facts = std::move(facts)};
    for (auto const& type : registry.resource_types())
        rules.types.push_back({.type = type.get(),
                               .location_prefix = rules.base_url + type->endpoint() + "/",
                               .references = reference_attributes(*type, registry),
                               .groups = groups_attribute(*type)});
    rules.memberships = membership_type(rules);
    return rules;
}

result<void> check_elements(Attribute const& large, std::uint64_t before, std::uint64_t after, Scope const& scope)
{
    auto const most = scope.rules.policy.max_elements;
    if (after <= most || after <= before)
        return {};
    return Error{ErrorCode::too_many,
                 "'" + large.name + "' would have " + std::to_string(after) + " elements; " + std::to_string(most) +
                     " are the most that are kept (max_elements).",
                 large.name};
}

std::string_view text_member(json::object const& object, std::string_view name) noexcept
{
    auto const* value = object.if_contains(name);
    auto const* text = value ? value->if_string() : nullptr;
    return text ? std::string_view{*text} : std::string_view{};
}

} // namespace scimkit::membership
