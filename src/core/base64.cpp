// Exact base64 of our own (RFC 4648 section 4, for RFC 7643 section 2.3.6): decoders at hand pass over blanks, missing
// padding and stray bits, and then one value has several spellings.
#include <scimkit/core/base64.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace scimkit
{
namespace
{

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t not_base64 = 0xFF;

constexpr std::array<std::uint8_t, 256> make_digits()
{
    std::array<std::uint8_t, 256> digits{};
    digits.fill(not_base64);
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        digits[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
    return digits;
}
constexpr auto digits = make_digits();

std::uint32_t digit(char c) noexcept { return digits[static_cast<unsigned char>(c)]; }

std::size_t padding_of(std::string_view text) noexcept
{
    return text.ends_with("==") ? 2u : text.ends_with('=') ? 1u : 0u;
}

} // namespace

bool is_base64(std::string_view text) noexcept
{
    if (text.size() % 4 != 0)
        return false;
    auto const padding = padding_of(text);
    auto const significant = text.substr(0, text.size() - padding);
    std::uint32_t seen = 0;
    for (char const c : significant)
        seen |= digit(c);
    if (seen > 63)
        return false;
    // What the last digit carries beyond whole bytes must be zero, or one value would have several spellings.
    std::uint32_t const unused = padding == 2 ? 0x0Fu : padding == 1 ? 0x03u : 0u;
    return unused == 0 || (digit(significant.back()) & unused) == 0;
}

result<std::string> decode_base64(std::string_view text)
{
    if (!is_base64(text))
        return Error{ErrorCode::invalid_value, "The value is not base64 (RFC 4648 section 4)."};
    auto const padding = padding_of(text);
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3);
    for (std::size_t i = 0; i < text.size(); i += 4)
    {
        std::uint32_t group = 0;
        for (std::size_t j = 0; j < 4; ++j)
            group = (group << 6) | (text[i + j] == '=' ? 0u : digit(text[i + j]));
        bytes.push_back(static_cast<char>(group >> 16 & 0xFF));
        bytes.push_back(static_cast<char>(group >> 8 & 0xFF));
        bytes.push_back(static_cast<char>(group & 0xFF));
    }
    bytes.resize(bytes.size() - padding);
    return bytes;
}

std::string encode_base64(std::string_view bytes)
{
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3)
    {
        auto const left = bytes.size() - i;
        std::uint32_t group = 0;
        for (std::size_t j = 0; j < 3; ++j)
            group = (group << 8) | (j < left ? static_cast<unsigned char>(bytes[i + j]) : 0u);
        text.push_back(alphabet[group >> 18 & 63]);
        text.push_back(alphabet[group >> 12 & 63]);
        text.push_back(left > 1 ? alphabet[group >> 6 & 63] : '=');
        text.push_back(left > 2 ? alphabet[group & 63] : '=');
    }
    return text;
}

} // namespace scimkit
