// The profiles as data: one line for each switch and each ruling, which scripts/tolerance copies into
// docs/tolerance.md.
#include <scimkit/core/text.hpp>
#include <scimkit/tolerance/profile.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace scimkit
{
namespace
{

using About = Ruling::About;

/// A switch as a profile has it; without a clause it may be set otherwise.
struct Switch
{
    char const* name;
    char const* value;
    char const* clause = "";
};

std::shared_ptr<Profile const> make(Profile profile, std::vector<Switch> const& switches)
{
    for (auto const& [name, value, clause] : switches)
    {
        if (!profile.tolerance.set(name, value))
            throw std::logic_error{std::string{"a profile has the switch "} + name};
        if (*clause != '\0')
            profile.rulings.push_back({About::tolerance, clause, name, value});
    }
    return std::make_shared<Profile const>(std::move(profile));
}

// draft-zollner-scim-interop-profile-02.
std::shared_ptr<Profile const> interop_02()
{
    Profile profile{.name = "interop-02",
                    .about = "draft-zollner-scim-interop-profile-02, announced as interopProfileConformant.",
                    .tolerance = Tolerance::strict(),
                    .announced = "interopProfileConformant"};
    profile.rulings = {
        {About::canonical_types, "row 6"},
        {.about = About::default_page_at_least, .clause = "row 10", .number = 100},
        {.about = About::max_page_at_least, .clause = "row 10", .number = 100},
        {About::patch, "row 11"},
        {About::https, "row 18"},
    };
    return make(std::move(profile), {
                                        {"ignore-unknown-attributes", "off", "row 5"},
                                        {"ignore-unknown-schemas", "off", "row 5"},
                                        {"legacy-schema-uris", "off", "row 5"},
                                        {"dot-after-schema-uri", "off", "row 5"},
                                        {"ignore-unkept-paths", "off", "row 5"},
                                        {"any-case-endpoints", "off", "row 7"},
                                        {"json-media-type", "off", "row 8"},
                                        {"unprefixed-extension-attribute", "off", "row 9"},
                                        {"undefined-at-root", "off", "row 9"},
                                        {"pathless-operations", "off", "row 11"},
                                        {"replace-merges", "off", "row 12"},
                                        {"remove-by-value", "on", "row 13"},
                                        {"filtered-elements", "off", "row 14"},
                                        {"several-matches", "off", "row 14"},
                                        {"basic-authentication", "off", "row 18"},
                                    });
}

// The IPSIE account lifecycle profile of SCIM 2.0, draft 00 of September 2026.
Profile ipsie_al1()
{
    Profile profile{.name = "ipsie-al1",
                    .about = "OpenID IPSIE account lifecycle level 1, draft 00: what it asks of the protocol."};
    profile.rulings = {
        {.about = About::rate_at_least, .clause = "row 22", .number = 25},
        {About::bulk, "row 23"},
        {About::patch, "row 24"},
        {About::attribute, "row 26", "User.active"},
        {About::attribute, "row 27", "User.userName"},
        {About::attribute, "row 27", "User.externalId"},
        {About::attribute, "row 27", "User.emails.value"},
        {About::attribute, "row 27", "User.emails.type"},
    };
    return profile;
}

Profile ipsie_al2()
{
    Profile profile = ipsie_al1();
    profile.name = "ipsie-al2";
    profile.about = "OpenID IPSIE account lifecycle level 2, draft 00: level 1, provisioning and groups.";
    std::vector<Ruling> const more{
        {About::attribute, "row 28", "User.displayName"},
        {About::no_secrets, "row 29"},
        {.about = About::max_page_at_most, .clause = "row 30", .number = 1'000},
        {About::attribute, "row 31", "Group.displayName"},
        {About::attribute, "row 31", "Group.members"},
        {About::attribute, "row 31", "Group.externalId"},
        {.about = About::patch_operations_at_least, .clause = "row 32", .number = 50},
    };
    profile.rulings.insert(profile.rulings.end(), more.begin(), more.end());
    return profile;
}

std::vector<std::shared_ptr<Profile const>> make_all()
{
    std::vector<std::shared_ptr<Profile const>> all;
    all.push_back(make({.name = "default", .about = "What means only one thing is accepted."}, {}));
    all.push_back(
        make({.name = "strict", .about = "Nothing but what the RFCs allow.", .tolerance = Tolerance::strict()}, {}));
    all.push_back(make({.name = "entra", .about = "Microsoft Entra ID."}, {
                                                                              {"empty-list-for-missing-types", "on"},
                                                                              {"ignore-unkept-paths", "on"},
                                                                              {"unique-group-names", "on"},
                                                                          }));
    all.push_back(make({.name = "okta", .about = "Okta."}, {
                                                               {"empty-list-for-missing-types", "on"},
                                                               {"unique-group-names", "on"},
                                                           }));
    all.push_back(make({.name = "jumpcloud", .about = "JumpCloud."}, {
                                                                         {"empty-list-for-missing-types", "on"},
                                                                     }));
    all.push_back(interop_02());
    all.push_back(make(ipsie_al1(), {}));
    all.push_back(make(ipsie_al2(), {}));
    return all;
}

bool asks_for(Profile const& profile, About about)
{
    return std::ranges::find(profile.rulings, about, &Ruling::about) != profile.rulings.end();
}

/// Sub-attributes `type` without canonicalValues get one.
void suggest_types(SchemaRegistry::Builder& builder, Schema const& schema)
{
    for (Attribute const& attribute : schema.attributes)
        if (auto const* type = attribute.find_sub_attribute("type");
            type && type->type == AttributeType::string && type->canonical_values.empty())
            builder.suggest_values(schema.id, attribute.name + "." + type->name, {"other"});
}

bool is_secret(Attribute const& attribute)
{
    return attribute.mutability == Mutability::write_only || attribute.returned == Returned::never;
}

void add_secrets(std::vector<std::string>& secrets, Schema const& schema, std::string const& prefix)
{
    for (Attribute const& attribute : schema.attributes)
    {
        auto const name = prefix + attribute.name;
        if (is_secret(attribute))
            secrets.push_back(name);
        else
            for (Attribute const& sub : attribute.sub_attributes)
                if (is_secret(sub))
                    secrets.push_back(name + "." + sub.name);
    }
}

void leave_out_secrets(SchemaRegistry::Builder& builder, ResourceType const& type)
{
    std::vector<std::string> secrets;
    add_secrets(secrets, type.schema(), "");
    for (auto const& extension : type.extensions())
        add_secrets(secrets, *extension.schema, extension.schema->id + ":");
    if (!secrets.empty())
        builder.leave_out(type.name(), std::move(secrets));
}

} // namespace

std::span<std::shared_ptr<Profile const> const> profiles()
{
    static std::vector<std::shared_ptr<Profile const>> const all = make_all();
    return all;
}

std::shared_ptr<Profile const> find_profile(std::string_view name)
{
    for (auto const& profile : profiles())
        if (profile->name == name)
            return profile;
    return nullptr;
}

result<std::shared_ptr<SchemaRegistry const>> registry_for(Profile const& profile,
                                                           std::shared_ptr<SchemaRegistry const> const& registry)
{
    bool const types = asks_for(profile, About::canonical_types);
    bool const secrets = asks_for(profile, About::no_secrets);
    if (!types && !secrets)
        return registry;
    SchemaRegistry::Builder builder;
    builder.add(*registry);
    for (auto const& type : registry->resource_types())
    {
        if (types)
            suggest_types(builder, type->schema());
        for (auto const& extension : type->extensions())
            if (types)
                suggest_types(builder, *extension.schema);
        if (secrets)
            leave_out_secrets(builder, *type);
    }
    return builder.build();
}

} // namespace scimkit
