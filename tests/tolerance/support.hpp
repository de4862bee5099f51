// What the tests of this room share: the RFC's resource types, JSON as text, and one switch alone.
#pragma once

#include <scimkit/schema/registry.hpp>
#include <scimkit/tolerance/tolerance.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace scimkit::test
{

inline json::value parse(std::string_view text) { return parse_json(text).value(); }

inline std::string print(json::value const& value)
{
    std::string text;
    write_json(text, value);
    return text;
}

/// User (with the enterprise extension and one of the tests' own) and Group.
inline SchemaRegistry const& registry()
{
    static auto const built = []
    {
        Schema own{.id = "urn:example:params:scim:schemas:extension:own:2.0:User", .name = "Own"};
        own.attributes = {
            {.name = "flags", .type = AttributeType::boolean, .multi_valued = true},
            {.name = "sponsor",
             .type = AttributeType::complex,
             .sub_attributes = {{.name = "value"}, {.name = "confirmed", .type = AttributeType::boolean}}},
            {.name = "badges",
             .type = AttributeType::complex,
             .multi_valued = true,
             .sub_attributes = {{.name = "value"},
                                {.name = "marks", .type = AttributeType::boolean, .multi_valued = true}}},
        };
        return SchemaRegistry::Builder{}
            .add_rfc7643()
            .add(std::move(own))
            .extend("User", "urn:example:params:scim:schemas:extension:own:2.0:User")
            .build()
            .value();
    }();
    return *built;
}

inline ResourceType const& user() { return *registry().find_resource_type("User"); }
inline ResourceType const& group() { return *registry().find_resource_type("Group"); }

/// Everything off but one switch; and everything on but one.
inline Tolerance only(bool Tolerance::*member)
{
    auto tolerance = Tolerance::strict();
    tolerance.*member = true;
    return tolerance;
}
inline Tolerance all_but(bool Tolerance::*member)
{
    Tolerance tolerance;
    tolerance.*member = false;
    return tolerance;
}

} // namespace scimkit::test
