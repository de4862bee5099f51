// One message with many operations; each has an answer of its own within the answer.
#include "bulk.hpp"

#include "error_answer.hpp"
#include "remote.hpp"

#include <utility>

namespace scimkit::client
{

namespace
{

constexpr std::string_view request_urn = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

json::object message_of(std::vector<BulkOperation> const& operations, unsigned fail_on_errors)
{
    json::array all;
    for (auto const& operation : operations)
    {
        json::object one{{"method", operation.method}, {"path", operation.path}};
        if (!operation.bulk_id.empty())
            one["bulkId"] = operation.bulk_id;
        if (!operation.version.empty())
            one["version"] = operation.version;
        if (!operation.data.is_null())
            one["data"] = operation.data;
        all.emplace_back(std::move(one));
    }
    json::object message{{"schemas", json::array{request_urn}}, {"Operations", std::move(all)}};
    if (fail_on_errors > 0)
        message["failOnErrors"] = fail_on_errors;
    return message;
}

outcome<BulkResult> result_of(json::value const& element, DeviationLog& deviations)
{
    if (!element.is_object())
        return malformed("/Bulk: an element of Operations is no object.");
    auto const& object = element.get_object();
    BulkResult result;
    result.method = text_at(object, "method");
    result.bulk_id = text_at(object, "bulkId");
    result.location = text_at(object, "location");
    result.version = text_at(object, "version");
    auto const* status = find_name(object, "status");
    if (status && status->is_object()) // {"status": {"code": "201"}}, as drafts of the RFC had it
        status = find_name(status->get_object(), "code");
    std::uint64_t number = 0;
    if (!status || !whole_number(*status, number) || number < 100 || number > 599)
        return malformed("/Bulk: the answer to an operation has no status.");
    result.status = static_cast<int>(number);
    if (auto const* const response = find_name(object, "response"))
        result.response = *response;
    if (result.status >= 300)
        result.failure = refusal(result.status, result.response, deviations);
    return result;
}

} // namespace

outcome<std::vector<BulkResult>> run_bulk(Exchange& exchange, std::vector<BulkOperation> const& operations,
                                          unsigned fail_on_errors)
{
    if (operations.empty())
        return std::vector<BulkResult>{};
    Call call{"POST", "/Bulk"};
    write_json(call.body, message_of(operations, fail_on_errors));
    call.repeat = Repeat::if_unseen;
    auto body = exchange.run_for_json(call);
    if (!body)
        return body.error();
    auto const* const answers = body->is_object() ? find_name(body->get_object(), "Operations") : nullptr;
    if (!answers || !answers->is_array())
        return malformed("/Bulk: the answer has no Operations.");
    if (answers->get_array().size() > operations.size())
        return malformed("/Bulk: more answers came than there were operations.");
    std::vector<BulkResult> results;
    results.reserve(answers->get_array().size());
    for (auto const& element : answers->get_array())
    {
        auto result = result_of(element, exchange.deviations());
        if (!result)
            return result.error();
        results.push_back(std::move(*result));
    }
    return results;
}

} // namespace scimkit::client
