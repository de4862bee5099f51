// xsd:dateTime (RFC 7643 section 2.3.5, XML Schema part 2 section 3.2.7).
//
// Threading: any number of threads; no locale and no time zone of the process is looked at. Lifetimes: values.
// Complexity: linear in the text.
#pragma once

#include <scimkit/core/error.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace scimkit
{

/// A point in time, to the microsecond, years -290,000 to 290,000.
using Instant = std::chrono::sys_time<std::chrono::microseconds>;

/// Reads an xsd:dateTime: fractions of any length (cut to microseconds), zone optional (none means UTC),
/// 24:00:00 and leap days by the standard, month and day checked. Error: invalid_value.
SCIMKIT_API result<Instant> parse_date_time(std::string_view text);

/// "2026-11-22T08:15:30.125Z": UTC, milliseconds or, where needed, microseconds.
SCIMKIT_API std::string format_date_time(Instant instant);

} // namespace scimkit
