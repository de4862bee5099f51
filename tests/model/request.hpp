// Query parameters, preconditions and the number of targets of a request.
#pragma once

#include "sequence.hpp"

#include <map>
#include <string>

namespace scimkit::model
{

using QueryMap = std::map<std::string, std::string>;

/// `name=value` pairs, not encoded.
QueryMap read_query(std::string_view text);

/// Whether an entity tag, or a list of them, has the current one. Tags are named by what they stand for.
bool names_current(std::string_view tag, std::string const& id);

/// What If-Match and If-None-Match say of a resource that is there. Throws Refusal.
void check_preconditions(Step const& step, std::string const& id);

/// Whether a PATCH has one target and one value only, so that there is one fault to tell.
bool is_one(json::array const& operations);

std::int64_t number_of(std::string_view text);

} // namespace scimkit::model
