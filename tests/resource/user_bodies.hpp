// Bodies of Users and their canonical form as text.
#pragma once

#include "resource/support.hpp"

namespace scimkit::test
{

inline constexpr std::string_view enterprise = urn::enterprise_user;

// The body of a User with `schemas` and userName, and more members.
inline json::value user_body(std::string const& more = "")
{
    return parse(R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada")" +
                 (more.empty() ? "" : "," + more) + "}");
}

inline std::string canonical(json::value const& body, CanonicalOptions const& options = {})
{
    auto const attributes = canonicalise(body, user(), options);
    return attributes ? json::serialize(*attributes) : refusal(attributes);
}

inline std::string canonical_user(std::string const& more, CanonicalOptions const& options = {})
{
    return canonical(user_body(more), options);
}

inline std::string with_extension(std::string_view uri, std::string const& more)
{
    return canonical(parse(R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User",")" + std::string{uri} +
                           R"("],"userName":"ada",)" + more + "}"));
}

inline std::string test_attribute(std::string const& member)
{
    return with_extension(test_extension, '"' + std::string{test_extension} + "\":{" + member + "}");
}

} // namespace scimkit::test
