// The packs, from the JSON files beside this one: CMake puts them into the library, so that a program needs no file.
#include <scimkit/schema/packs.hpp>

#include "pack_members.hpp"

#include <algorithm>
#include <array>
#include <pack_definitions.hpp> // made by CMake

namespace scimkit
{
namespace
{

constexpr std::array all_packs{
    SchemaPack{"devices-rfc9944", "Devices and the applications that control them (RFC 9944).", packs::devices_rfc9944,
               false, "Device,EndpointApp", "urn:ietf:params:scim:schemas:core:2.0:EndpointApp", "applicationType"},
    SchemaPack{"roles-entitlements-01",
               "Which roles and entitlements there are (draft-ietf-scim-roles-entitlements-01).",
               packs::roles_entitlements_01, true},
    SchemaPack{"agents-abbey-00", "Agents with identities of their own (draft-abbey-scim-agent-extension-00).",
               packs::agents_abbey_00, false, "Agent"},
    SchemaPack{"group-membership-01",
               "The members of groups as resources of their own (draft-zollner-scim-group-members-01).",
               packs::group_membership_01},
};

/// What nobody but the service provider changes.
void make_read_only(std::vector<Attribute>& attributes)
{
    for (Attribute& attribute : attributes)
    {
        attribute.mutability = Mutability::read_only;
        attribute.required = false; // no client could fulfil it
        make_read_only(attribute.sub_attributes);
    }
}

void add_once(std::vector<std::string>& names, std::string const& name)
{
    if (std::ranges::find(names, name) == names.end())
        names.push_back(name);
}

/// `attribute` of a schema may refer to resources of that type too.
void admit_member(std::vector<Schema>& schemas, std::string_view schema, std::string_view attribute,
                  std::string const& name)
{
    auto const found = std::ranges::find(schemas, schema, &Schema::id);
    if (found == schemas.end())
        return;
    auto const members = std::ranges::find(found->attributes, attribute, &Attribute::name);
    if (members == found->attributes.end())
        return;
    for (Attribute& sub : members->sub_attributes)
        if (sub.name == "$ref" && !sub.reference_types.empty())
            add_once(sub.reference_types, name);
        else if (sub.name == "type" && !sub.canonical_values.empty())
            add_once(sub.canonical_values, name);
}

} // namespace

std::span<SchemaPack const> schema_packs() { return all_packs; }

void admit_members(std::vector<Schema>& schemas, std::vector<ResourceTypeDefinition> const& types)
{
    for (SchemaPack const& pack : all_packs)
        for (auto rest = pack.members; !rest.empty();)
        {
            auto const end = std::min(rest.find(','), rest.size());
            auto const name = rest.substr(0, end);
            rest.remove_prefix(std::min(end + 1, rest.size()));
            if (!std::ranges::any_of(types, [&](auto const& type) { return type.name == name; }))
                continue;
            admit_member(schemas, urn::group, "members", std::string{name});
            admit_member(schemas, group_membership_urn, "member", std::string{name});
        }
}

SchemaRegistry::Builder& SchemaRegistry::Builder::add_pack(std::string_view name, PackUse use)
{
    auto const pack = std::ranges::find(all_packs, name, &SchemaPack::name);
    if (pack == all_packs.end())
    {
        errors_.push_back({ErrorCode::invalid_value, "There is no schema pack \"" + std::string{name} + "\"."});
        return *this;
    }
    auto const definitions = parse_json(pack->definitions);
    if (!definitions)
    {
        errors_.push_back(definitions.error());
        return *this;
    }
    auto const schemas_before = schemas_.size();
    auto const types_before = types_.size();
    load(*definitions);
    if (!pack->closed_attribute.empty())
        only_values(pack->closed_schema, pack->closed_attribute);
    if (!pack->is_catalogue || use == PackUse::maintain)
        return *this;
    for (auto i = schemas_before; i < schemas_.size(); ++i)
        make_read_only(schemas_[i].attributes);
    for (auto i = types_before; i < types_.size(); ++i)
        types_[i].read_only = true;
    return *this;
}

} // namespace scimkit
