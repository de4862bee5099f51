// Discovery: what a server says of itself.
#include "session.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>

namespace check
{

namespace
{

constexpr auto configuration = "/ServiceProviderConfig";

Verdict has_flag(Session& session, std::string const& feature)
{
    auto const& asked = session.ask("GET", configuration);
    auto const* const flag = asked.at(feature + ".supported");
    return must(asked.status == 200 && flag && flag->is_bool(), feature + ".supported is no boolean");
}

Verdict has_number(Asked const& asked, std::string const& path)
{
    auto const* const number = asked.at(path);
    return must(number && number->is_number(), path + " is no number");
}

Verdict is_list(Session& session, std::string const& target)
{
    auto const& asked = session.ask("GET", target);
    auto const* const schemas = asked.at("schemas");
    return must(asked.status == 200 && asked.resources() > 0 && schemas && schemas->is_array() &&
                    !schemas->get_array().empty() &&
                    schemas->get_array()[0] == "urn:ietf:params:scim:api:messages:2.0:ListResponse",
                target + " is no ListResponse with Resources");
}

/// Whether each element of a list has a non-empty text under that name.
Verdict each_has(Session& session, std::string const& target, std::string_view name)
{
    auto const& asked = session.ask("GET", target);
    auto const* const list = asked.at("Resources");
    if (asked.status != 200 || !list || !list->is_array() || list->get_array().empty())
        return must(false, target + " has no Resources");
    for (auto const& element : list->get_array())
    {
        auto const* const value = element.is_object() ? element.get_object().if_contains(name) : nullptr;
        if (!value || !value->is_string() || value->get_string().empty())
            return must(false, "one of " + target + " has no " + std::string{name});
    }
    return {};
}

constexpr std::array<Check, 19> discovery_table{{
    {"7644-4-a", false,
     [](Session& session)
     {
         auto const& asked = session.ask("GET", configuration);
         auto const* const schemas = asked.at("schemas");
         return must(asked.status == 200 && !asked.at("Resources") && schemas && schemas->is_array() &&
                         schemas->get_array().size() == 1 &&
                         is_text(schemas->get_array()[0], scimkit::urn::service_provider_config),
                     "it is not one object with its schema");
     }},
    {"7644-4-c", false, [](Session& session) { return is_list(session, "/Schemas"); }},
    {"7644-4-e", false, [](Session& session) { return is_list(session, "/ResourceTypes"); }},
    {"7644-4-d", false,
     [](Session& session)
     {
         std::string const target = "/Schemas/" + std::string{scimkit::urn::user};
         auto const& asked = session.ask("GET", target);
         if (asked.status != 200 || asked.at("Resources") || asked.text("id") != scimkit::urn::user)
             return must(false, "the schema of users cannot be read alone");
         return refused(session.ask("GET", "/Schemas/urn:example:scimkit-check"), 404);
     }},
    {"7644-4-f", false,
     [](Session& session)
     {
         auto const& asked = session.ask("GET", "/ResourceTypes/User");
         if (asked.status != 200 || asked.at("Resources") || asked.text("name") != "User")
             return must(false, "the resource type User cannot be read alone");
         return refused(session.ask("GET", "/ResourceTypes/ScimkitCheck"), 404);
     }},
    {"7643-5-e", false, [](Session& session) { return has_flag(session, "patch"); }},
    {"7643-5-f", false,
     [](Session& session)
     {
         if (auto flag = has_flag(session, "bulk"); flag.kind != Verdict::Kind::holds)
             return flag;
         auto const& asked = session.ask("GET", configuration);
         auto const number = has_number(asked, "bulk.maxOperations");
         return number.kind == Verdict::Kind::holds ? has_number(asked, "bulk.maxPayloadSize") : number;
     }},
    {"7643-5-g", false,
     [](Session& session)
     {
         auto const flag = has_flag(session, "filter");
         return flag.kind == Verdict::Kind::holds ? has_number(session.ask("GET", configuration), "filter.maxResults")
                                                  : flag;
     }},
    {"7643-5-h", false, [](Session& session) { return has_flag(session, "changePassword"); }},
    {"7643-5-i", false, [](Session& session) { return has_flag(session, "sort"); }},
    {"7643-5-j", false, [](Session& session) { return has_flag(session, "etag"); }},
    {"7643-5-k", false,
     [](Session& session)
     {
         auto const& asked = session.ask("GET", configuration);
         auto const* const schemes = asked.at("authenticationSchemes");
         if (!schemes || !schemes->is_array())
             return must(false, "authenticationSchemes is no array");
         for (auto const& scheme : schemes->get_array())
             for (auto const* const name : {"type", "name", "description"})
                 if (!scheme.is_object() || !scheme.get_object().contains(name))
                     return must(false, std::string{"a scheme has no "} + name);
         return Verdict{};
     }},
    {"7643-5-q", false,
     [](Session& session)
     {
         auto const& asked = session.ask("GET", configuration);
         return must(asked.text("meta.resourceType") == "ServiceProviderConfig" && !asked.text("meta.location").empty(),
                     "meta has no resourceType ServiceProviderConfig or no location");
     }},
    {"7643-6-c", false, [](Session& session) { return each_has(session, "/ResourceTypes", "name"); }},
    {"7643-6-e", false, [](Session& session) { return each_has(session, "/ResourceTypes", "endpoint"); }},
    {"7643-6-f", false, [](Session& session) { return each_has(session, "/ResourceTypes", "schema"); }},
    {"7643-7-a", false,
     [](Session& session)
     {
         auto const& asked = session.ask("GET", "/Schemas");
         auto const* const list = asked.at("Resources");
         if (!list || !list->is_array() || list->get_array().empty())
             return must(false, "/Schemas has no Resources");
         for (auto const& schema : list->get_array())
             if (!schema.is_object() || !schema.get_object().contains("id") ||
                 !schema.get_object().contains("attributes"))
                 return must(false, "a schema has no id or no attributes");
         return Verdict{};
     }},
    {"7644-3.1-b", false,
     [](Session& session)
     {
         auto const& asked = session.ask("GET", "/Schemas");
         auto const* const list = asked.at("Resources");
         if (list && list->is_array())
             for (auto const& schema : list->get_array())
                 if (auto const* const id = schema.is_object() ? schema.get_object().if_contains("id") : nullptr;
                     id && id->is_string() && id->get_string().starts_with("urn:ietf:params:scim:api:messages"))
                     return must(false, "a message schema is listed");
         return must(asked.status == 200, "/Schemas cannot be read");
     }},
    {"7643-6-m", false,
     [](Session& session)
     {
         auto const& asked = session.ask("GET", "/ResourceTypes");
         std::vector<std::string> seen;
         auto const* const list = asked.at("Resources");
         if (!list || !list->is_array())
             return must(false, "/ResourceTypes has no Resources");
         for (auto const& type : list->get_array())
             if (type.is_object() && type.get_object().contains("name"))
                 seen.push_back(json::serialize(type.get_object().at("name")));
         auto const count = seen.size();
         std::sort(seen.begin(), seen.end());
         seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
         return must(count == seen.size(), "two types have one name");
     }},
}};

} // namespace

std::span<Check const> discovery_checks() { return discovery_table; }

} // namespace check
