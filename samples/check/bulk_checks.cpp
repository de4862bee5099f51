// Bulk, where the server announces it: a job is a write whatever is in it, so nothing of it is asked without leave.
#include "session.hpp"

#include <array>

namespace check
{

namespace
{

constexpr auto request_urn = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
constexpr auto response_urn = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";

json::object create(Session& session, std::string const& bulk_id)
{
    json::object operation{{"method", "POST"}, {"path", "/Users"}, {"data", Session::user(session.new_name())}};
    if (!bulk_id.empty())
        operation["bulkId"] = bulk_id;
    return operation;
}

/// One that cannot succeed: it removes a user whom nobody made.
json::object removal_of_nobody(Session& session)
{
    return {{"method", "DELETE"}, {"path", "/Users/" + session.new_name()}};
}

Asked const& job(Session& session, json::array operations, json::object more = {})
{
    more["schemas"] = json::array{request_urn};
    more["Operations"] = std::move(operations);
    return session.ask("POST", "/Bulk", std::move(more));
}

/// The entry of an operation; null pointer: there is none.
json::object const* entry(Asked const& asked, std::size_t place)
{
    auto const* const list = asked.at("Operations");
    if (asked.status != 200 || !list || !list->is_array() || list->get_array().size() <= place)
        return nullptr;
    return list->get_array()[place].if_object();
}

std::size_t entries(Asked const& asked)
{
    auto const* const list = asked.at("Operations");
    return asked.status == 200 && list && list->is_array() ? list->get_array().size() : 0;
}

std::string text_of(json::object const* entry, std::string_view name)
{
    auto const* const value = entry ? entry->if_contains(name) : nullptr;
    return value && value->is_string() ? std::string{value->get_string()} : std::string{};
}

bool has_error(json::object const* entry)
{
    auto const* const response = entry ? entry->if_contains("response") : nullptr;
    auto const* const schemas =
        response && response->is_object() ? response->get_object().if_contains("schemas") : nullptr;
    return schemas && schemas->is_array() && !schemas->get_array().empty() &&
           is_text(schemas->get_array()[0], "urn:ietf:params:scim:api:messages:2.0:Error");
}

/// Whether one operation is refused, alone or with its job.
Verdict refuses(Session& session, json::object operation)
{
    auto const& asked = job(session, {std::move(operation)});
    auto const status = text_of(entry(asked, 0), "status");
    return must(asked.status == 400 || status == "400", "the status of the job is " + std::to_string(asked.status) +
                                                            ", that of the operation '" + status +
                                                            "', and neither is 400");
}

/// `look` where there is Bulk.
template <class Look>
Verdict with_bulk(Session& session, Look const& look)
{
    return session.offers().bulk ? look() : skipped("Bulk is not announced");
}

Verdict resolves_reference(Session& session)
{
    json::object const group{{"schemas", json::array{"urn:ietf:params:scim:schemas:core:2.0:Group"}},
                             {"displayName", session.new_name()},
                             {"members", json::array{json::object{{"value", "bulkId:u"}}}}};
    auto const& asked =
        job(session, {create(session, "u"),
                      json::object{{"method", "POST"}, {"path", "/Groups"}, {"bulkId", "g"}, {"data", group}}});
    auto const user = text_of(entry(asked, 0), "location"), made = text_of(entry(asked, 1), "location");
    if (user.empty() || made.empty())
        return must(false, "a user and a group that has her as a member are not both created");
    auto const id = [](std::string const& location) { return location.substr(location.rfind('/') + 1); };
    auto const& read = session.ask("GET", target_of("/Groups", id(made)));
    auto const* const members = read.at("members");
    bool found = false;
    if (members && members->is_array())
        for (auto const& member : members->get_array())
        {
            auto const* const value = member.is_object() ? member.get_object().if_contains("value") : nullptr;
            found |= value && is_text(*value, id(user));
        }
    return must(found, "the member of the group is not the user whom its bulkId names");
}

constexpr std::array<Check, 16> bulk_table{{
    {"7644-3.7-a", true,
     [](Session& session)
     {
         if (session.offers().bulk)
             return skipped("Bulk is announced");
         return refused(job(session, {}), 501);
     }},
    {"7644-3.7.4-a", false,
     [](Session& session)
     {
         return with_bulk(session,
                          [&]
                          {
                              auto const& said = session.offers();
                              return must(said.bulk_max_operations > 0 && said.bulk_max_payload > 0,
                                          "bulk.maxOperations or bulk.maxPayloadSize is not told");
                          });
     }},
    {"7644-3.7-b", true,
     [](Session& session)
     {
         return with_bulk(session,
                          [&]
                          {
                              json::object const body{{"Operations", json::array{removal_of_nobody(session)}}};
                              return refused(session.ask("POST", "/Bulk", body), 400, "invalidSyntax");
                          });
     }},
    {"7644-3.7-c", true,
     [](Session& session)
     {
         return with_bulk(session,
                          [&]
                          {
                              auto const& asked = job(session, {create(session, "a")});
                              auto const* const schemas = asked.at("schemas");
                              return must(entries(asked) == 1 && schemas && schemas->is_array() &&
                                              !schemas->get_array().empty() &&
                                              is_text(schemas->get_array()[0], response_urn),
                                          "a job of one operation gives no BulkResponse of one");
                          });
     }},
    {"7644-3.7-d", true,
     [](Session& session)
     {
         return with_bulk(session,
                          [&]
                          {
                              json::object const body{{"schemas", json::array{request_urn}}};
                              return refused(session.ask("POST", "/Bulk", body), 400, "invalidSyntax");
                          });
     }},
    {"7644-3.7-e", true,
     [](Session& session) {
         return with_bulk(session, [&] { return refuses(session, {{"method", "GET"}, {"path", "/Users"}}); });
     }},
    {"7644-3.7-g", true,
     [](Session& session) { return with_bulk(session, [&] { return refuses(session, create(session, "")); }); }},
    {"7644-3.7-i", true,
     [](Session& session)
     {
         return with_bulk(session,
                          [&]
                          {
                              auto operation = create(session, "a");
                              operation.erase("path");
                              return refuses(session, std::move(operation));
                          });
     }},
    {"7644-3.7-n", true,
     [](Session& session)
     {
         return with_bulk(session,
                          [&]
                          {
                              auto const& asked = job(session, {removal_of_nobody(session)});
                              return must(!text_of(entry(asked, 0), "location").empty(),
                                          "a failed DELETE has no location");
                          });
     }},
    {"7644-3.7-o", true,
     [](Session& session)
     {
         return with_bulk(session,
                          [&]
                          {
                              return must(has_error(entry(job(session, {removal_of_nobody(session)}), 0)),
                                          "a failed operation has no SCIM error as its response");
                          });
     }},
    {"7644-3.7-r", true,
     [](Session& session)
     {
         return with_bulk(session,
                          [&]
                          {
                              auto const& asked = job(session, {removal_of_nobody(session)});
                              return must(asked.status == 200, "a job whose operations fail is answered with " +
                                                                   std::to_string(asked.status));
                          });
     }},
    {"7644-3.7-s", true,
     [](Session& session)
     {
         return with_bulk(session,
                          [&]
                          {
                              auto const& asked = job(session, {removal_of_nobody(session), create(session, "a")});
                              return must(text_of(entry(asked, 1), "status") == "201",
                                          "after a failure the next operation is not carried out");
                          });
     }},
    {"7644-3.7-t", true,
     [](Session& session)
     {
         return with_bulk(session,
                          [&]
                          {
                              auto const& asked = job(session, {removal_of_nobody(session), create(session, "a")},
                                                      {{"failOnErrors", 1}});
                              return must(entries(asked) == 1, "failOnErrors 1 tells of " +
                                                                   std::to_string(entries(asked)) +
                                                                   " operations after a first that fails");
                          });
     }},
    {"7644-3.7-x", true,
     [](Session& session)
     {
         return with_bulk(session,
                          [&]
                          {
                              auto const& asked = job(session, {create(session, "first"), create(session, "second")});
                              return must(text_of(entry(asked, 0), "bulkId") == "first" &&
                                              text_of(entry(asked, 1), "bulkId") == "second" &&
                                              !text_of(entry(asked, 1), "location").empty(),
                                          "an entry lacks its bulkId or its location");
                          });
     }},
    {"7644-3.7.2-a", true,
     [](Session& session) { return with_bulk(session, [&] { return resolves_reference(session); }); }},
    {"7644-3.7.3-a", true,
     [](Session& session)
     {
         return with_bulk(session,
                          [&]
                          {
                              auto const& asked = job(session, {create(session, "a"), removal_of_nobody(session),
                                                                removal_of_nobody(session)});
                              return must(entries(asked) == 3,
                                          "of three operations " + std::to_string(entries(asked)) + " are told");
                          });
     }},
}};

} // namespace

std::span<Check const> bulk_checks() { return bulk_table; }

} // namespace check
