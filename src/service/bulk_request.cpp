// What is wrong with one operation is that operation's fault alone; what is wrong with the message, or with its size
// (RFC 7644 section 3.7.4), refuses all of it.
#include "bulk_request.hpp"

#include <scimkit/core/text.hpp>

#include "../core/repeated_names.hpp"

#include <algorithm>

namespace scimkit::service
{
namespace
{

constexpr std::string_view bulk_request_urn = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

Error wrong(std::string detail, std::string_view row)
{
    return Error{ErrorCode::invalid_syntax, std::move(detail)}.against(row);
}

bool names_bulk_request(json::value const& schemas)
{
    auto const* array = schemas.if_array();
    return array && std::ranges::any_of(
                        *array, [](json::value const& uri)
                        { return uri.is_string() && equal_ascii_ignoring_case(uri.get_string(), bulk_request_urn); });
}

template <class Text>
result<void> read_text(Text& into, std::string_view name, json::value const& value, std::string_view row)
{
    if (!value.is_string())
        return wrong(std::string{name} + " has to be a string.", row);
    into = std::string{value.get_string()};
    return {};
}

result<void> read_member(BulkOperation& operation, std::string_view name, json::value const& value)
{
    struct Text
    {
        std::string_view name;
        std::string BulkOperation::*into;
        std::string_view row;
    };
    constexpr Text texts[] = {{"method", &BulkOperation::method, "7644-3.7-e"},
                              {"bulkId", &BulkOperation::bulk_id, "7644-3.7-g"},
                              {"path", &BulkOperation::path, "7644-3.7-i"}};
    if (value.is_null())
        return {};
    for (Text const& text : texts)
        if (equal_ascii_ignoring_case(name, text.name))
            return read_text(operation.*text.into, text.name, value, text.row);
    if (equal_ascii_ignoring_case(name, "version"))
        return read_text(operation.version, "version", value, "7644-3.7-m");
    if (equal_ascii_ignoring_case(name, "data"))
        operation.data = &value;
    return {}; // members that RFC 7644 section 3.7 does not name are ignored, as those of a SearchRequest are
}

/// RFC 7644 section 3.7: what an operation must have.
result<void> check(BulkOperation const& operation)
{
    constexpr std::string_view methods[] = {"POST", "PUT", "PATCH", "DELETE"};
    if (std::ranges::find(methods, std::string_view{operation.method}) == std::end(methods))
        return wrong("method has to be POST, PUT, PATCH or DELETE, in capital letters.", "7644-3.7-e");
    if (operation.path.empty())
        return wrong("path is missing.", "7644-3.7-i");
    if (operation.method == "POST" && operation.bulk_id.empty())
        return wrong("bulkId is missing; a POST needs one.", "7644-3.7-g");
    if (operation.method != "DELETE" && !operation.data)
        return wrong("data is missing.", "7644-3.7-l");
    return {};
}

BulkOperation read_operation(json::value const& value)
{
    BulkOperation operation;
    auto const* object = value.if_object();
    if (!object)
    {
        operation.fault = wrong("An operation has to be an object.", "7644-3.7-d");
        return operation;
    }
    if (auto once = check_repeated_names(*object); !once)
    {
        operation.fault = std::move(once).error();
        return operation;
    }
    for (auto const& [key, member] : *object)
        if (auto read = read_member(operation, key, member); !read && !operation.fault)
            operation.fault = std::move(read).error();
    if (!operation.fault)
        if (auto checked = check(operation); !checked)
            operation.fault = std::move(checked).error();
    return operation;
}

result<void> read_fail_on_errors(BulkRequest& request, json::value const& value)
{
    if (value.is_null())
        return {};
    auto const* number = value.if_int64();
    if (!number || *number < 1)
        return Error{ErrorCode::invalid_value, "failOnErrors has to be an integer of at least 1."}.against(
            "7644-3.7-u");
    request.fail_on_errors = static_cast<std::uint64_t>(*number);
    return {};
}

result<void> read_operations(BulkRequest& request, json::value const& value, ServiceLimits const& limits)
{
    auto const* array = value.if_array();
    if (!array)
        return wrong("Operations has to be an array.", "7644-3.7-d");
    if (array->size() > limits.max_bulk_operations)
        return Error{ErrorCode::payload_too_large, "The Bulk has " + std::to_string(array->size()) +
                                                       " operations; maxOperations is " +
                                                       std::to_string(limits.max_bulk_operations) + "."}
            .against("7644-3.7.4-b");
    request.operations.reserve(array->size());
    for (json::value const& operation : *array)
        request.operations.push_back(read_operation(operation));
    return {};
}

} // namespace

result<BulkRequest> read_bulk_request(json::value const& body, ServiceLimits const& limits)
{
    auto const* object = body.if_object();
    if (!object)
        return wrong("The body has to be a BulkRequest object.", "7644-3.7-b");
    if (auto once = check_repeated_names(*object); !once)
        return std::move(once).error();
    BulkRequest request;
    bool has_schemas = false;
    bool has_operations = false;
    for (auto const& [key, value] : *object)
    {
        result<void> read;
        if (equal_ascii_ignoring_case(key, "schemas"))
            has_schemas = names_bulk_request(value);
        else if (equal_ascii_ignoring_case(key, "failOnErrors"))
            read = read_fail_on_errors(request, value);
        else if (equal_ascii_ignoring_case(key, "Operations"))
        {
            has_operations = true;
            read = read_operations(request, value, limits);
        }
        if (!read)
            return std::move(read).error();
    }
    if (!has_schemas)
        return wrong("schemas has to name " + std::string{bulk_request_urn} + ".", "7644-3.7-b");
    if (!has_operations)
        return wrong("Operations is missing.", "7644-3.7-d");
    return request;
}

} // namespace scimkit::service
