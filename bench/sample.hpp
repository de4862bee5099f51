// What the benchmarks work on: a user of about 1 KB, as an identity provider sends it.
#pragma once

#include <scimkit/scimkit.hpp>

#include "resource/canonical.hpp"

#include <string>

namespace bench
{

inline std::shared_ptr<scimkit::SchemaRegistry const> const& registry()
{
    static auto const made = scimkit::SchemaRegistry::Builder{}.add_rfc7643().build().value();
    return made;
}

inline scimkit::ResourceType const& user_type() { return *registry()->find_resource_type("User"); }

inline std::string user_body(std::string const& name = "bjensen@example.com")
{
    return R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User",)"
           R"("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"userName":")" +
           name +
           R"(","externalId":"701984","active":true,"displayName":"Babs Jensen","nickName":"Babs",)"
           R"("name":{"formatted":"Ms. Barbara J Jensen, III","familyName":"Jensen","givenName":"Barbara",)"
           R"("middleName":"Jane","honorificPrefix":"Ms.","honorificSuffix":"III"},"title":"Tour Guide",)"
           R"("preferredLanguage":"en-US","locale":"en-US","timezone":"America/Los_Angeles",)"
           R"("emails":[{"value":"bjensen@example.com","type":"work","primary":true},)"
           R"({"value":"babs@jensen.org","type":"home"}],"phoneNumbers":[{"value":"555-555-5555","type":"work"},)"
           R"({"value":"555-555-4444","type":"mobile"}],"addresses":[{"type":"work",)"
           R"("streetAddress":"100 Universal City Plaza","locality":"Hollywood","region":"CA","postalCode":"91608",)"
           R"("country":"US"}],"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"701984",)"
           R"("costCenter":"4130","organization":"Universal Studios","division":"Theme Park",)"
           R"("department":"Tour Operations","manager":{"value":"26118915-6090-4610-87e4-49d8ca9f808d"}}})";
}

inline scimkit::Resource user()
{
    return {&user_type(),
            "2819c223-7f76-453a-919d-413861904646",
            {},
            {},
            scimkit::Version{1},
            scimkit::canonicalise(scimkit::parse_json(user_body()).value(), user_type()).value()};
}

} // namespace bench
