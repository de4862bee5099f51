// Sequences of requests as text: what a finding is written as, and what regressions are kept as.
//
//     mode tolerant
//
//     POST /Users -> R001
//     {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada"}
//
//     PATCH /Users/R001?attributes=emails
//     If-Match: {etag R001}
//     {"schemas": […], "Operations": […]}
//
// Requests are parted by empty lines. Targets are not encoded. The id that a POST is to get stands after the arrow, so
// that a request can be dropped and the others still mean the same. {etag ID} is the current entity tag of a resource,
// {old ID} a former one; in the operations of a Bulk too. A token of a delta query gets its name from the arrow behind
// the GET that asks for it, and is {token NAME} in bodies. The header Caller, which is not sent, says who asks: whose
// resource /Me is.
#pragma once

#include "values.hpp"

#include <string>
#include <utility>
#include <vector>

namespace scimkit::model
{

struct Step
{
    std::string method{};
    std::string target{}; ///< below the base URL, not encoded
    std::string id{};     ///< of what a POST makes
    std::vector<std::pair<std::string, std::string>> headers{};
    std::string body{};

    std::string_view header(std::string_view name) const; ///< empty if there is none
    /// Its client need not wait for it (RFC 7240 section 4.1).
    bool is_asynchronous() const { return header("Prefer") == "respond-async"; }
};

struct Sequence
{
    Mode mode = Mode::tolerant;
    std::vector<Step> steps{};
};

std::string to_text(Step const& step);
std::string to_text(Sequence const& sequence);

/// The id of what a POST in a Bulk makes: n007 is to be R007.
std::string made_id(std::string_view bulk_id);

/// The ids that a Bulk asks for, in their order: of each POST that has all it needs.
std::vector<std::string> made_ids(json::value const& bulk);

/// Throws std::invalid_argument for what is no sequence.
Sequence parse_sequence(std::string_view text);

} // namespace scimkit::model
