// What a line of the log looks like, as text or as JSON.
#pragma once

#include <scimkit/http/server.hpp>

#include <string>
#include <string_view>

namespace server
{

enum class LogFormat
{
    text,
    json ///< an object a line
};

/// The part of a line that follows time and level: printable ASCII, short enough for LogWriter, without an end. In JSON
/// the members that follow those two, and the brace that closes them.
std::string line_of(LogFormat format, std::string_view message);
std::string line_of(LogFormat format, scimkit::http::AccessRecord const& record);

/// spdlog's pattern for what stands before and behind it.
char const* pattern_of(LogFormat format) noexcept;

} // namespace server
