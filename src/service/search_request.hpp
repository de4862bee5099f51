// What a client asks of a list or of the shape of an answer: query parameters (RFC 7644 section 3.4.2) or a
// SearchRequest body (section 3.4.3), read into the same values.
#pragma once

#include <scimkit/core/json.hpp>

#include "pagination.hpp"
#include "target.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit::service
{

/// `attributes` and `excludedAttributes`, which every answer with a resource takes (section 3.9). Empty parameters
/// count as absent.
struct ShapeRequest
{
    std::vector<std::string> attributes{};
    std::vector<std::string> excluded{};

    bool empty() const noexcept { return attributes.empty() && excluded.empty(); }
};

ShapeRequest read_shape(Target const& target);

struct SearchRequest
{
    ShapeRequest shape{};
    std::optional<std::string> filter{};
    std::string sort_by{};
    bool descending = false;
    Pagination page{};
};

/// `cursors`: `cursor` is known. Errors: invalid_value (not a number, no such sort order, startIndex beside a cursor),
/// invalid_count (not a number, beside a cursor).
result<SearchRequest> read_query_parameters(Target const& target, bool cursors);

inline constexpr std::string_view search_request_urn = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

/// `lenient`: numbers may be strings of digits, lists of names one string with commas. `message` is what `schemas` has
/// to name. Errors: invalid_syntax (not that message, a member of the wrong kind), and as above.
result<SearchRequest> read_search_request(json::value const& body, bool lenient, bool cursors,
                                          std::string_view message = search_request_urn);

} // namespace scimkit::service
