// The binding is not in the text: it is what the text is authenticated with, so it costs no room and tells nothing.
#include "cursor_seal.hpp"

#include <scimkit/core/base64.hpp>

#include "../security/sodium.hpp"

#include <sodium.h>

#include <algorithm>
#include <utility>

namespace scimkit::service
{
namespace
{

constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t number_bytes = 8;
constexpr std::size_t hash_bytes = std::tuple_size_v<detail::Sha256>;
constexpr std::size_t head_bytes = 2 * number_bytes + 1; ///< expiry, count, flags
constexpr std::size_t max_value_bytes = 1'024; ///< of what a page is sorted by; in a cursor stands a hash of more
constexpr unsigned char flag_backward = 1;
constexpr unsigned char flag_cursor = 2;
constexpr unsigned char flag_hash = 4;
static_assert(CursorSeal::key_bytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

unsigned char const* bytes_of(std::string_view text) noexcept
{
    return reinterpret_cast<unsigned char const*>(text.data());
}

void put(std::string& out, std::uint64_t number)
{
    for (int shift = 56; shift >= 0; shift -= 8)
        out.push_back(static_cast<char>(number >> shift & 0xFF));
}

std::uint64_t number_at(std::string_view text) noexcept
{
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < number_bytes; ++i)
        number = number << 8 | static_cast<unsigned char>(text[i]);
    return number;
}

/// Sizes first, so that no part can be taken for the end of another.
std::string text_of(CursorBinding const& binding)
{
    std::string text;
    for (std::string_view const part : {binding.tenant, binding.principal, binding.query})
        put(text, part.size());
    return text.append(binding.tenant).append(binding.principal).append(binding.query);
}

std::string to_url(std::string text)
{
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    while (text.ends_with('='))
        text.pop_back();
    return text;
}

result<std::string> from_url(std::string_view url)
{
    if (url.find_first_of("+/=") != std::string_view::npos)
        return Error{ErrorCode::invalid_cursor, {}};
    std::string text{url};
    std::ranges::replace(text, '-', '+');
    std::ranges::replace(text, '_', '/');
    text.append((4 - text.size() % 4) % 4, '=');
    return decode_base64(text);
}

} // namespace

std::string hash_of_long(SortValue const& value)
{
    auto const* text = value ? std::get_if<StringKey>(&*value) : nullptr;
    if (!text || text->key.size() <= max_value_bytes)
        return {};
    auto const digest = detail::sha256(text->key);
    return {digest.begin(), digest.end()};
}

CursorSeal::CursorSeal()
    : key_()
{
    detail::require_sodium();
    randombytes_buf(key_.data(), key_.size());
}

CursorSeal::CursorSeal(Key const& key, std::vector<Key> before) noexcept
    : key_(key)
    , before_(std::move(before))
{
}

std::string CursorSeal::seal(PagePlace const& place, CursorBinding const& binding, Instant expires) const
{
    detail::require_sodium();
    std::string plain;
    put(plain, static_cast<std::uint64_t>(expires.time_since_epoch().count()));
    put(plain, place.count);
    std::string const hash = place.cursor ? hash_of_long(place.cursor->value) : std::string{};
    plain.push_back(static_cast<char>((place.backward ? flag_backward : 0) | (place.cursor ? flag_cursor : 0) |
                                      (hash.empty() ? 0 : flag_hash)));
    plain.append(hash);
    if (place.cursor)
        plain.append(encode_cursor(hash.empty() ? *place.cursor : Cursor{place.cursor->source, place.cursor->id}));
    std::string const bound = text_of(binding);
    std::string sealed(nonce_bytes + plain.size() + tag_bytes, '\0');
    auto* const out = reinterpret_cast<unsigned char*>(sealed.data());
    randombytes_buf(out, nonce_bytes);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + nonce_bytes, nullptr, bytes_of(plain), plain.size(),
                                               bytes_of(bound), bound.size(), nullptr, out, key_.data());
    return to_url(encode_base64(sealed));
}

result<PagePlace> CursorSeal::open(std::string_view text, CursorBinding const& binding, Instant now) const
{
    detail::require_sodium();
    Error const refused{ErrorCode::invalid_cursor, "The cursor is not one that this service gave out for this query."};
    auto const sealed = from_url(text);
    if (!sealed || sealed->size() < nonce_bytes + tag_bytes + head_bytes)
        return refused;
    std::string const bound = text_of(binding);
    std::string plain(sealed->size() - nonce_bytes - tag_bytes, '\0');
    auto const opens = [&](Key const& key)
    {
        return crypto_aead_xchacha20poly1305_ietf_decrypt(
                   reinterpret_cast<unsigned char*>(plain.data()), nullptr, nullptr, bytes_of(*sealed) + nonce_bytes,
                   sealed->size() - nonce_bytes, bytes_of(bound), bound.size(), bytes_of(*sealed), key.data()) == 0;
    };
    if (!opens(key_) && std::ranges::none_of(before_, opens))
        return refused;
    std::string_view const text_of_place = plain;
    auto const expires = number_at(text_of_place);
    if (now.time_since_epoch().count() >= static_cast<std::int64_t>(expires))
        return Error{ErrorCode::expired_cursor, "The cursor has expired; begin again without one."};
    auto const flags = static_cast<unsigned char>(plain[2 * number_bytes]);
    PagePlace place{.backward = (flags & flag_backward) != 0, .count = number_at(text_of_place.substr(number_bytes))};
    std::string_view rest = text_of_place.substr(head_bytes);
    if ((flags & flag_hash) != 0)
    {
        place.value_hash = rest.substr(0, hash_bytes);
        rest.remove_prefix(place.value_hash.size());
    }
    if ((flags & flag_cursor) == 0)
        return place;
    auto cursor = decode_cursor(rest);
    if (!cursor)
        return std::move(cursor).error();
    place.cursor = std::move(*cursor);
    return place;
}

} // namespace scimkit::service
