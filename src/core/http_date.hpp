// Dates in HTTP headers (RFC 9110 section 5.6.7).
#pragma once

#include <scimkit/export.hpp>

#include <chrono>
#include <optional>
#include <string_view>

namespace scimkit
{

/// "Sun, 06 Nov 1994 08:49:37 GMT", and the two obsolete forms, which every recipient has to read. Nothing for anything
/// else: headers with no date in them are ignored. The name of the day is not compared with the date.
SCIMKIT_API std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text) noexcept;

} // namespace scimkit
