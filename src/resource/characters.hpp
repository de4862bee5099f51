// Which characters the text of an attribute may have, beyond being UTF-8 (RFC 7643 section 2.3.1 names no others).
#pragma once

#include <string_view>

namespace scimkit
{

/// Why free text is refused, or an empty view: control characters (U+0000 to U+001F and U+007F), but for tab, line feed
/// and carriage return, which postal addresses have. They are no directory data, and upset whoever prints them.
std::string_view text_fault(std::string_view text) noexcept;

/// Why text is refused that has to be exact, a unique name or an id, or an empty view: any control character, a blank
/// at either end, and characters that nobody sees (zero width, direction, byte order). With them two names would look
/// the same to people and differ to machines. Letters of different scripts that look alike are not judged here.
std::string_view identifier_fault(std::string_view text) noexcept;

/// The same of an id, by which something is known: also one that is not in Unicode's normal form C, in which ids are
/// compared. Two of them would be one to a filter, and two to a store.
std::string_view id_fault(std::string_view text);

/// Nothing but blanks, or nothing at all.
bool is_blank(std::string_view text) noexcept;

} // namespace scimkit
