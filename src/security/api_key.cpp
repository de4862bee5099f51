// Keys are made of letters and digits alone, so that a double click takes all of one, and of 54 bytes, so that SHA-256
// has one block to look at.
#include "api_key.hpp"

#include <scimkit/security/api_key.hpp>

#include "sodium.hpp"
#include "token.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace scimkit
{
namespace
{

constexpr std::string_view prefix = "scim_";
constexpr std::size_t secret_size = 43; // of 62 characters each: 256 bits
constexpr std::size_t check_size = 6;
constexpr std::size_t key_size = prefix.size() + secret_size + check_size;
constexpr std::string_view alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// CRC-32 (ISO 3309), bit by bit: nobody waits for it.
std::uint32_t crc32(std::string_view text) noexcept
{
    std::uint32_t crc = 0xFFFFFFFF;
    for (char const c : text)
    {
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320 : 0);
    }
    return ~crc;
}

std::array<char, check_size> check_digits(std::string_view text) noexcept
{
    std::array<char, check_size> digits;
    std::uint64_t rest = crc32(text);
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, rest /= alphabet.size())
        *digit = alphabet[rest % alphabet.size()];
    return digits;
}

} // namespace

std::string new_api_key()
{
    detail::require_sodium();
    std::string key;
    key.reserve(key_size); // no copy is left behind
    key += prefix;
    for (std::size_t i = 0; i < secret_size; ++i)
        key += alphabet[randombytes_uniform(static_cast<std::uint32_t>(alphabet.size()))];
    auto const digits = check_digits(key);
    return key.append(digits.begin(), digits.end());
}

bool detail::looks_like_api_key(std::string_view text) noexcept { return text.starts_with(prefix); }

bool is_api_key(std::string_view text) noexcept
{
    if (text.size() != key_size || !text.starts_with(prefix) ||
        text.find_first_not_of(alphabet, prefix.size()) != std::string_view::npos)
        return false;
    auto const digits = check_digits(text.substr(0, key_size - check_size));
    return std::ranges::equal(digits, text.substr(key_size - check_size));
}

result<KeyRecord> make_key_record(std::string_view key, Principal principal, std::optional<Instant> expires)
{
    if (detail::looks_like_api_key(key) && !is_api_key(key))
        return Error{ErrorCode::invalid_value,
                     "The key begins like one of new_api_key(), but its check digits do not fit: it is "
                     "mistyped, or a part of it is missing."};
    auto record = make_token_record(key, std::move(principal));
    if (!record)
        return record.error();
    return KeyRecord{
        .sha256 = std::move(record->sha256), .principal = std::move(record->principal), .expires = expires};
}

} // namespace scimkit
