// What a JSON string has to escape (RFC 8259 section 7): controls, quotation marks and backslashes.
#pragma once

#include <scimkit/export.hpp>

#include "eight_bytes.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace scimkit
{

/// Quotation marks are found with the controls: turning the bit of 2 swaps '"' with ' ' and keeps both kinds apart.
constexpr bool any_to_escape(std::uint64_t eight) noexcept
{
    auto const controls_and_quotes = (eight ^ eight_times(2)) - eight_times(0x21);
    auto const backslashes = (eight ^ eight_times('\\')) - eight_times(1);
    return ((controls_and_quotes | backslashes) & ~eight & eight_times(0x80)) != 0;
}

/// Most text needs none.
inline bool needs_escapes(std::string_view text) noexcept
{
    return any_in_eights(text, ' ', [](std::uint64_t eight) { return any_to_escape(eight); });
}

/// Appends the text as a JSON string. Apart, so that the usual way, which many strings take, is short.
SCIMKIT_API void write_escaped(std::string& out, std::string_view text);

} // namespace scimkit
