// Keys: byte strings whose order is the order of what they encode. Everything here is self-delimiting, so that a key
// is a plain concatenation, and one part is never taken for the beginning of another.
//
//   text     bytes with 00 written as 00 FF, then 00 01
//   value    a tag, then: boolean nothing; number 10 bytes; instant 8 bytes; string as text. A string longer than its
//            room is cut: its first bytes, then 00 02 and a 32-byte hash. Cut values keep the order of their first
//            bytes, and equal keys still mean equal values (short of a BLAKE2b collision).
#pragma once

#include <scimkit/filter/bind.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace scimkit::kv
{

/// The first bytes of encoded values, in order. No value sorts after every value.
namespace tag
{
inline constexpr char boolean_false = 0x10;
inline constexpr char boolean_true = 0x11;
inline constexpr char number = 0x20;
inline constexpr char instant = 0x30;
inline constexpr char string = 0x40;
inline constexpr char no_value = 0x7F;
} // namespace tag

void append_u16(std::string& key, std::uint16_t number);
void append_u64(std::string& key, std::uint64_t number);

/// Needs at least 8 bytes.
std::uint64_t read_u64(std::string_view bytes) noexcept;

SCIMKIT_API void append_text(std::string& key, std::string_view text);

/// The bytes that append_text writes.
std::size_t text_size(std::string_view text) noexcept;

/// Takes a text off the front of `key`; nothing if there is none.
std::optional<std::string> take_text(std::string_view& key);

/// Appends at most `room` bytes, which is at least 64. False when the value was cut. Null stands for no value.
SCIMKIT_API bool append_value(std::string& key, BoundLiteral const& value, std::size_t room);
SCIMKIT_API bool append_string_value(std::string& key, std::string_view text, std::size_t room);

/// Appends what all strings that begin with `prefix` have in common. False when it was cut: then others have it too.
SCIMKIT_API bool append_string_prefix(std::string& key, std::string_view prefix, std::size_t room);

/// The size of the value at the front of `key`; 0 if there is none.
std::size_t value_size(std::string_view key) noexcept;

/// True when the encoded value was cut.
bool is_cut(std::string_view value) noexcept;

/// The text of an encoded string; nothing if it was cut, or is none.
std::optional<std::string> whole_string_value(std::string_view value);

/// The first bytes of a cut value, up to its hash: those that its order rests on.
std::string_view without_hash(std::string_view cut_value) noexcept;

/// The smallest key greater than all that begin with `prefix`; empty when there is none.
SCIMKIT_API std::string end_of_prefix(std::string_view prefix);

} // namespace scimkit::kv
