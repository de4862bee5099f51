// A BulkRequest as it was sent (RFC 7644 section 3.7), taken apart and not yet understood.
#pragma once

#include <scimkit/core/json.hpp>
#include <scimkit/service/service.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace scimkit::service
{

struct BulkOperation
{
    std::string method{};
    std::string bulk_id{};
    std::string path{};
    std::optional<std::string> version{}; ///< that is sent as "" is there, and names none
    json::value const* data = nullptr;    ///< within the body
    std::optional<Error> fault{};         ///< it cannot be carried out
};

struct BulkRequest
{
    std::optional<std::uint64_t> fail_on_errors{}; ///< at least 1
    std::vector<BulkOperation> operations{};
};

/// `body` outlives what is returned. Errors, all of the job as a whole: invalid_syntax, invalid_value (failOnErrors),
/// payload_too_large (max_bulk_operations).
result<BulkRequest> read_bulk_request(json::value const& body, ServiceLimits const& limits);

} // namespace scimkit::service
