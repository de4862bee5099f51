// What a server answers is first of all not trusted: it may be a web page of a proxy, a stack trace, or nothing.
#include "error_answer.hpp"

#include <scimkit/core/text.hpp>

#include "remote.hpp"
#include "retry.hpp"

namespace scimkit::client
{

namespace
{

constexpr std::string_view error_urn = "urn:ietf:params:scim:api:messages:2.0:Error";
constexpr std::size_t max_detail_bytes = 500; // of what a server says about an error; cut

/// The code whose scimType that is.
bool code_of_type(std::string_view type, ErrorCode& code) noexcept
{
    for (int i = 0; i <= static_cast<int>(ErrorCode::corrupt); ++i)
        if (auto const candidate = static_cast<ErrorCode>(i);
            !type.empty() && equal_ascii_ignoring_case(scim_type_of(candidate), type))
        {
            code = candidate;
            return true;
        }
    return false;
}

/// What other APIs call the sentence for a human.
std::string_view sentence_of(json::object const& body)
{
    for (auto const* const name : {"detail", "error_description", "message", "title", "description", "error"})
        if (auto const text = text_at(body, name); !text.empty())
            return text;
    return {};
}

Failure of_status(int status)
{
    Failure failure{FailureKind::refused, {code_of_status(status), {}}, status};
    if (status >= 300 && status < 400)
        failure.kind = FailureKind::redirected;
    return failure;
}

void read_error(Failure& failure, json::object const& body, DeviationLog& deviations)
{
    auto const where = "HTTP " + std::to_string(failure.status);
    if (!has_schema(body, error_urn))
        (void)deviations.note(Deviation::error_body, where);
    else if (auto const status = text_at(body, "status"); status != std::to_string(failure.status))
        (void)deviations.note(Deviation::error_status_form, where);
    (void)code_of_type(text_at(body, "scimType"), failure.error.code);
    failure.error.detail = clean_text(sentence_of(body), max_detail_bytes);
}

} // namespace

ErrorCode code_of_status(int status) noexcept
{
    switch (status)
    {
    case 401:
    case 407:
        return ErrorCode::unauthorized;
    case 403:
        return ErrorCode::forbidden;
    case 404:
    case 410:
        return ErrorCode::not_found;
    case 405:
        return ErrorCode::method_not_allowed;
    case 406:
        return ErrorCode::not_acceptable;
    case 408:
        return ErrorCode::request_timeout;
    case 409:
        return ErrorCode::conflict;
    case 412:
    case 428:
        return ErrorCode::precondition_failed;
    case 413:
        return ErrorCode::payload_too_large;
    case 414:
        return ErrorCode::uri_too_long;
    case 415:
        return ErrorCode::unsupported_media_type;
    case 429:
        return ErrorCode::too_many_requests;
    case 431:
        return ErrorCode::headers_too_large;
    case 501:
        return ErrorCode::not_implemented;
    case 502:
    case 503:
    case 504:
        return ErrorCode::unavailable;
    default:
        return status >= 500 ? ErrorCode::internal : ErrorCode::bad_request;
    }
}

bool is_web_page(HttpResponse const& response) noexcept
{
    auto const type = response.header("Content-Type");
    if (type.find("html") != std::string_view::npos)
        return true;
    auto const start = response.body.find_first_not_of(" \t\r\n");
    return start != std::string::npos && response.body[start] == '<';
}

Failure refusal(HttpResponse const& response, ClientLimits const& limits, DeviationLog& deviations)
{
    auto failure = of_status(response.status);
    failure.error.retry_after = retry_after(response.header("Retry-After"));
    if (failure.kind == FailureKind::redirected)
    {
        failure.error.detail = "The server sends us elsewhere, which is not followed: " +
                               clean_text(response.header("Location"), max_detail_bytes);
        return failure;
    }
    JsonLimits const json_limits{limits.max_response_bytes, limits.max_json_depth, limits.max_json_values};
    if (auto const body = parse_json(response.body, json_limits); body && body->is_object())
        read_error(failure, body->get_object(), deviations);
    else
    {
        (void)deviations.note(Deviation::error_body, "HTTP " + std::to_string(response.status));
        if (is_web_page(response))
            failure.error.detail = "The server answered with a web page, not with SCIM.";
        else
            failure.error.detail = clean_text(response.body, max_detail_bytes);
    }
    return failure;
}

Failure refusal(int status, json::value const& body, DeviationLog& deviations)
{
    auto failure = of_status(status);
    if (body.is_object())
        read_error(failure, body.get_object(), deviations);
    else
        (void)deviations.note(Deviation::error_body, "HTTP " + std::to_string(status) + " within a Bulk");
    return failure;
}

outcome<json::value> read_body(HttpResponse const& response, ClientLimits const& limits, DeviationLog& deviations)
{
    std::string_view body = response.body;
    if (body.starts_with("\xEF\xBB\xBF"))
    {
        body.remove_prefix(3);
        if (auto noted = deviations.note(Deviation::byte_order_mark, "the body"); !noted)
            return noted.error();
    }
    if (is_web_page(response))
        return Failure{
            FailureKind::not_scim,
            {ErrorCode::invalid_syntax, "The server answered with a web page, not with SCIM; is this the SCIM root?"},
            response.status};
    auto const type = response.header("Content-Type");
    auto const media = to_ascii_lower(type.substr(0, type.find_first_of("; ")));
    if (media != "application/scim+json" && media != "application/json")
        if (auto noted = deviations.note(Deviation::media_type, type.empty() ? "no Content-Type" : type); !noted)
            return noted.error();
    auto parsed = parse_json(body, {limits.max_response_bytes, limits.max_json_depth, limits.max_json_values});
    if (!parsed)
        return Failure{FailureKind::malformed,
                       {ErrorCode::invalid_syntax, "The answer is no JSON that can be read: " + parsed.error().detail},
                       response.status};
    return std::move(*parsed);
}

} // namespace scimkit::client
