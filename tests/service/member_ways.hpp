// The ways in which a group gets its members, and the stores that they go to.
#pragma once

#include "support/both_stores.hpp"

#include <boost/test/unit_test.hpp>

namespace scimkit::test
{

inline json::object with_members(json::array members)
{
    json::object body = group("g");
    body["members"] = std::move(members);
    return body;
}

inline std::string const base = "https://example.com/v2";

/// A member as it is shown.
inline std::string member(ServiceFixture const& scim, std::string const& group_id, std::string_view value)
{
    Reply const reply = scim.get("/Groups/" + group_id);
    if (auto const* members = reply.find("/members"))
        for (json::value const& each : members->as_array())
            if (each.at("value").as_string() == value)
                return ServiceFixture::text_of(each);
    return "(none)";
}

inline std::string shown(std::string const& value, std::string const& type)
{
    return R"({"value":")" + value + R"(","type":")" + type + R"(","$ref":")" + base + "/" + type + "s/" + value +
           "\"}";
}

/// The ways in which a group comes to have just these members; each answers with its status.
inline std::vector<
    std::pair<char const*, std::function<int(ServiceFixture const&, std::string&, json::array const&)>>> const ways_in{
    {"POST",
     [](ServiceFixture const& scim, std::string& id, json::array const& members)
     {
         Reply const reply = scim.post("/Groups", with_members(members));
         id = reply.status == 201 ? reply.id() : id;
         return reply.status;
     }},
    {"PUT", [](ServiceFixture const& scim, std::string& id, json::array const& members)
     { return scim.put("/Groups/" + id, with_members(members)).status; }},
    {"PATCH add", [](ServiceFixture const& scim, std::string& id, json::array const& members)
     { return scim.patch("/Groups/" + id, patch_op("add", "members", members)).status; }},
    {"PATCH replace", [](ServiceFixture const& scim, std::string& id, json::array const& members)
     { return scim.patch("/Groups/" + id, patch_op("replace", "members", members)).status; }},
    {"PATCH without path",
     [](ServiceFixture const& scim, std::string& id, json::array const& members) {
         return scim.patch("/Groups/" + id, patch_op("replace", "", {{"members", members}})).status;
     }},
    {"PATCH of the whole",
     [](ServiceFixture const& scim, std::string& id, json::array const& members)
     {
         return scim
             .patch("/Groups/" + id, patch_op({{{"op", "remove"}, {"path", "members[display eq \"nobody\"]"}},
                                               {{"op", "add"}, {"path", "members"}, {"value", members}}}))
             .status;
     }},
};

} // namespace scimkit::test
