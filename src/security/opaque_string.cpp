// The same password typed on two systems may be different bytes; without PRECIS it would be two passwords (RFC 8265
// section 4.2).
#include "opaque_string.hpp"

#include <scimkit/core/text.hpp>

#include <algorithm>
#include <array>

namespace scimkit::detail
{
namespace
{

/// The characters of Unicode's category Zs but U+0020, in UTF-8.
constexpr std::array<std::string_view, 16> non_ascii_spaces{
    "\u00A0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005",
    "\u2006", "\u2007", "\u2008", "\u2009", "\u200A", "\u202F", "\u205F", "\u3000",
};

bool has_control_character(std::string_view text) noexcept
{
    for (std::size_t i = 0; i < text.size(); ++i)
    {
        auto const byte = static_cast<unsigned char>(text[i]);
        if (byte < 0x20 || byte == 0x7F)
            return true;
        // U+0080 to U+009F: C2 80 to C2 9F
        if (byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0)
            return true;
    }
    return false;
}

} // namespace

result<SecretBytes> prepare_opaque_string(std::string_view secret)
{
    auto const refuse = [](std::string_view why) {
        return Error{ErrorCode::invalid_value, "The secret " + std::string{why} + "."};
    };
    if (secret.empty())
        return refuse("is empty");
    if (!is_valid_utf8(secret))
        return refuse("is not UTF-8");
    if (has_control_character(secret))
        return refuse("has control characters");

    std::string spaced;
    spaced.reserve(secret.size()); // it never grows, so that no copy is left behind
    WipeAtEnd const spaced_guard{spaced};
    while (!secret.empty())
    {
        auto const space = std::ranges::find_if(non_ascii_spaces, [&](auto s) { return secret.starts_with(s); });
        spaced += space == non_ascii_spaces.end() ? secret[0] : ' ';
        secret.remove_prefix(space == non_ascii_spaces.end() ? 1 : space->size());
    }
    auto normalised = comparison_key(spaced, true);
    WipeAtEnd const normalised_guard{normalised};
    return SecretBytes(normalised.begin(), normalised.end());
}

} // namespace scimkit::detail
