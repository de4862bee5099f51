// The one place that makes HTTP of an Error (RFC 7644 section 3.12), so that every refusal has status, scimType,
// detail and headers that belong together.
#include <scimkit/core/json.hpp>
#include <scimkit/core/text.hpp>

#include "explanation.hpp"
#include "headers.hpp"

namespace scimkit
{

std::string_view Response::header(std::string_view name) const noexcept
{
    for (ResponseHeader const& header : headers)
        if (equal_ascii_ignoring_case(header.name, name))
            return header.value;
    return {};
}

void Response::leave_body_out() noexcept
{
    bytes_left_out = content_length();
    body.clear();
}

Response error_response(Error const& error, ErrorBody body)
{
    Response response;
    response.status = status_of(error.code);
    response.headers.push_back({"Content-Type", std::string{service::scim_media_type}});
    if (error.retry_after.count() > 0)
        response.headers.push_back({"Retry-After", std::to_string(error.retry_after.count())});

    auto const* const requirement = service::requirement_of(error);
    bool const is_explained = body == ErrorBody::explained && requirement;
    // What explains it has a URI of our own, and is not among the schemas: each of a message has to begin with
    // "urn:ietf:params:scim:api:" (section 3.1), and there are clients that look.
    response.body = R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":")";
    response.body += std::to_string(response.status);
    response.body += '"';
    if (auto const type = scim_type_of(error.code); !type.empty())
    {
        response.body += R"(,"scimType":")";
        response.body += type;
        response.body += '"';
    }
    if (!error.detail.empty())
    {
        response.body += R"(,"detail":)";
        write_json_string(response.body, error.detail);
    }
    if (is_explained)
        service::write_explanation(response.body, error, *requirement);
    response.body += '}';
    response.scim_type = scim_type_of(error.code);
    response.detail = error.detail;
    response.requirement = requirement ? requirement->id : std::string_view{};
    response.setting = error.setting;
    return response;
}

} // namespace scimkit
