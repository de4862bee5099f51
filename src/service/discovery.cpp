// GET on the discovery endpoints (RFC 7644 section 4): documents made at start, so an answer is a copy. Parameters for
// sorting, paging and attributes are ignored there.
#include <scimkit/core/text.hpp>

#include "operations.hpp"
#include "presenter.hpp"

namespace scimkit::service
{
namespace
{

result<std::string> find_document(Route const& route, DiscoveryDocuments const& documents)
{
    switch (route.endpoint)
    {
    case Endpoint::service_provider_config:
        return documents.service_provider_config;
    case Endpoint::resource_types:
        return documents.resource_types;
    case Endpoint::schemas:
        return documents.schemas;
    case Endpoint::resource_type:
        if (auto const found = documents.resource_type.find(route.name); found != documents.resource_type.end())
            return found->second;
        return Error{ErrorCode::not_found, "There is no resource type " + std::string{route.name} + "."}.against(
            "7644-4-f");
    default:
        if (auto const found = documents.schema.find(to_ascii_lower(route.name)); found != documents.schema.end())
            return found->second;
        return Error{ErrorCode::not_found, "There is no schema " + std::string{route.name} + "."}.against("7644-4-d");
    }
}

Response answer_with(std::string body, Call const& call)
{
    return {.status = 200, .headers = {{"Content-Type", std::string{call.media_type}}}, .body = std::move(body)};
}

} // namespace

result<Response> read_discovery(Call const& call)
{
    if (call.target.find("filter"))
        return Error{ErrorCode::forbidden, "Discovery endpoints cannot be filtered."}.against("7644-4-i");
    auto document = find_document(call.route, call.state.documents);
    if (!document)
        return std::move(document).error();
    return answer_with(std::move(*document), call);
}

result<Response> list_missing_type(Call const& call)
{
    std::string body;
    begin_list(body, 0, 1, 0);
    end_list(body);
    return answer_with(std::move(body), call);
}

} // namespace scimkit::service
