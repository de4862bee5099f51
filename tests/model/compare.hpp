// What of an answer has to be as the model says.
#pragma once

#include "lanes.hpp"
#include "model.hpp"

namespace scimkit::model
{

/// Thrown where a service and the model part, or two services.
struct Mismatch
{
    std::string what;
};

/// Without versions and cursors; `primary: false` as absent; members and groups in one order.
json::value normalised(json::value value, World const& world);

/// What clients said of members that nobody knows: a model leaves it open, stores have to agree.
enum class Claims
{
    left_out,
    compared
};

/// The normalised body; null if there is none.
json::value body_of(Response const& response, World const& world, Claims claims = Claims::left_out);

std::string answer_text(Response const& response);

/// Throws Mismatch. `lane` is whose answer it is.
void check(std::string const& lane, Response const& answer, Step const& step, Expected const& expected,
           World const& world);

/// From page to page to the end and back (RFC 9865): every page has its part of what there is. Returns how many
/// requests that were. Throws Mismatch.
std::uint64_t walk_by_cursor(Lane& lane, Step const& step, std::int64_t now, Response const& first,
                             Walk const& expected, World const& world);

/// One of the versions that a Bulk tells of a resource, the last one, is that which it has when the Bulk is through.
/// What was deleted may have changed others after them. Throws Mismatch.
void check_versions(Lane const& lane, Response const& bulk_answer);

} // namespace scimkit::model
