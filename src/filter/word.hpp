// Words in place of strings: values of filters that a client left without quotation marks. Private to the room.
#pragma once

#include <string_view>

namespace scimkit::detail
{

/// The word at the front of `text`, if it can be nothing but a string: no number, no literal of JSON, no keyword of the
/// grammar. Else empty.
std::string_view plain_word(std::string_view text) noexcept;

} // namespace scimkit::detail
