// What the two halves of Redactor have in common: texts, and what is taken out of any of them.
#pragma once

#include "redaction.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace server
{

/// What stands where something was.
inline constexpr std::string_view gone = "[redacted]";

bool is_alphanumeric(char c) noexcept;

/// "urn:...:User:name" is "name".
std::string_view without_urn(std::string_view name) noexcept;

/// Whether a name is one by which secrets are handed over, however it is spelled: "userPassword", "client-secret",
/// "X-Api-Key"; "secretary" is none.
bool names_a_secret(std::string_view name);

/// Whether it is made as names are, so that it is hardly a value.
bool is_bare_name(std::string_view text) noexcept;

/// Takes out what was taken out of another text, also where it was cut off. True: something was there.
bool hide_removed(std::string& text, std::span<std::string const> removed);

/// The text without API keys, which are known by their form.
Redacted finished(std::string text, bool changed);

/// The same for what is only shown.
std::string without_keys(std::string_view text);

std::string percent_decoded(std::string_view text, bool plus_is_space);
/// One layer less of percent signs and of the escapes that JSON and programs have (\u0077, \x77): as whoever hides a
/// name in one writes it.
std::string unescaped(std::string_view text);
/// As a path or the value of a parameter has it.
std::string percent_encoded_again(std::string_view text);

/// Where the quoted text that begins at `begin` has its closing quote, or the end.
std::size_t end_of_quoted(std::string_view text, std::size_t begin) noexcept;

} // namespace server
