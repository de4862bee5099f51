// Tokens are random and long, so a fast hash guards them as well as a slow one would (RFC 7644 section 7.3); here they
// are made, looked at and turned into records.
#include "token.hpp"

#include <scimkit/security/authentication.hpp>

#include "sodium.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <utility>

namespace scimkit
{
namespace detail
{

bool is_token68(std::string_view text) noexcept
{
    auto const last = text.find_last_not_of('=');
    if (last == std::string_view::npos)
        return false;
    return std::ranges::all_of(text.substr(0, last + 1),
                               [](char c)
                               {
                                   return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                                          c == '-' || c == '.' || c == '_' || c == '~' || c == '+' || c == '/';
                               });
}

} // namespace detail

result<TokenRecord> make_token_record(std::string_view token, Principal principal)
{
    if (token.size() < detail::min_token_bytes)
        return Error{ErrorCode::invalid_value, "A token needs at least 16 characters."};
    if (token.size() > detail::max_token_bytes)
        return Error{ErrorCode::invalid_value, "A token may have at most 4,096 characters."};
    // Anything else could never arrive in an Authorization header: better said now than found out by a 401.
    if (!detail::is_token68(token))
        return Error{ErrorCode::invalid_value,
                     "The token has characters that a bearer token cannot have (RFC 6750 section 2.1)."};
    return TokenRecord{.sha256 = detail::to_hex(detail::sha256(token)), .principal = std::move(principal)};
}

std::string new_token()
{
    detail::require_sodium();
    std::array<unsigned char, 32> bytes{};
    randombytes_buf(bytes.data(), bytes.size());

    constexpr auto variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    std::array<char, sodium_base64_ENCODED_LEN(sizeof bytes, variant)> text{};
    sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), variant);
    std::string token(text.data(), text.size() - 1);

    detail::wipe(bytes.data(), bytes.size());
    detail::wipe(text.data(), text.size());
    return token;
}

} // namespace scimkit
