// Bulk messages for tests, and a look at their answers.
#pragma once

#include "service_fixture.hpp"

namespace scimkit::test
{

inline json::object bulk(json::array operations, json::object more = {})
{
    more["schemas"] = json::array{"urn:ietf:params:scim:api:messages:2.0:BulkRequest"};
    more["Operations"] = std::move(operations);
    return more;
}

inline json::object bulk_post(std::string_view path, std::string_view bulk_id, json::value data)
{
    return {{"method", "POST"}, {"path", path}, {"bulkId", bulk_id}, {"data", std::move(data)}};
}

/// PUT, PATCH, or DELETE with null data; `version` is left out where it is empty.
inline json::object bulk_on(std::string_view method, std::string_view path, json::value data = {},
                            std::string_view version = {})
{
    json::object operation{{"method", method}, {"path", path}};
    if (!data.is_null())
        operation["data"] = std::move(data);
    if (!version.empty())
        operation["version"] = version;
    return operation;
}

/// "201 409 204": the status of each operation of an answer.
inline std::string statuses(Reply const& reply)
{
    std::string text;
    for (int i = 0; i < reply.size("/Operations"); ++i)
        text += (i == 0 ? "" : " ") + reply.text("/Operations/" + std::to_string(i) + "/status");
    return reply.status == 200 ? text : std::to_string(reply.status) + ": " + reply.detail();
}

/// The id at the end of an operation's location.
inline std::string made_id(Reply const& reply, int operation)
{
    auto const location = reply.text("/Operations/" + std::to_string(operation) + "/location");
    return location.substr(location.rfind('/') + 1);
}

/// Sends a write as a request, or as the only one of a Bulk: "" for success, else "400 invalidValue". Of a POST that
/// has made something `id` becomes the new one.
inline std::string write_alone_or_in_bulk(ServiceFixture const& scim, std::string_view method, std::string_view path,
                                          json::value const& data, bool in_bulk, std::string& id)
{
    if (!in_bulk)
    {
        Reply const reply = scim.send(method, path, ServiceFixture::text_of(data));
        if (reply.status == 201)
            id = reply.id();
        return reply.status < 300 ? "" : std::to_string(reply.status) + " " + reply.scim_type();
    }
    Reply const reply =
        scim.post("/Bulk", bulk({method == "POST" ? bulk_post(path, "new", data) : bulk_on(method, path, data)}));
    auto const status = statuses(reply);
    if (status == "201")
        id = made_id(reply, 0);
    return status.starts_with("2") ? "" : status + " " + reply.text("/Operations/0/response/scimType");
}

/// "scimType: detail" of an operation that failed.
inline std::string failure(Reply const& reply, int operation)
{
    std::string const at = "/Operations/" + std::to_string(operation) + "/response";
    return (reply.has(at + "/scimType") ? reply.text(at + "/scimType") + ": " : std::string{}) +
           reply.text(at + "/detail");
}

} // namespace scimkit::test
