// Comparison of values as RFC 7643 section 2 and RFC 7644 section 3.4.2.2 have it, for the few letters that the
// generated requests use.
#pragma once

#include "types.hpp"

#include <cstdint>
#include <optional>

namespace scimkit::model
{

/// What texts are compared by: composed letters, and small ones unless case counts.
std::string compared_by(std::string_view text, bool exact);

bool is_blank(std::string_view text);

/// Microseconds since 1970, if the text is a dateTime (RFC 7643 section 2.3.5).
std::optional<std::int64_t> instant_of(std::string_view text);
std::string instant_text(std::int64_t microseconds);

/// Order of two values of one attribute: below, equal or above 0. Nothing: they cannot be compared.
std::optional<int> compare(json::value const& a, json::value const& b, Attribute const& attribute);

/// JSON equality in which members have no order and numbers no kind.
bool same_json(json::value const& a, json::value const& b);

/// The same with null as absent, and an absent `primary` in an element as false.
bool same_state(json::value const& a, json::value const& b);

std::string serialised(json::value const& value);

} // namespace scimkit::model
