// All that is needed of libsodium, so that nothing else includes it and its initialisation cannot be forgotten.
#include "sodium.hpp"

#include <sodium.h>

#include <stdexcept>

namespace scimkit::detail
{

void require_sodium()
{
    static bool const ready = sodium_init() >= 0;
    if (!ready)
        throw std::runtime_error("libsodium cannot be initialised: the system has no source of randomness");
}

void wipe(void* memory, std::size_t bytes) noexcept { sodium_memzero(memory, bytes); }

Sha256 sha256(std::string_view bytes)
{
    require_sodium();
    static_assert(std::tuple_size_v<Sha256> == crypto_hash_sha256_BYTES);
    Sha256 digest{};
    crypto_hash_sha256(digest.data(), reinterpret_cast<unsigned char const*>(bytes.data()), bytes.size());
    return digest;
}

std::string to_hex(Sha256 const& digest)
{
    std::array<char, std::tuple_size_v<Sha256> * 2 + 1> text{};
    sodium_bin2hex(text.data(), text.size(), digest.data(), digest.size());
    return {text.data(), text.size() - 1};
}

bool from_hex(std::string_view text, Sha256& digest) noexcept
{
    std::size_t bytes = 0;
    char const* end = nullptr;
    return text.size() == digest.size() * 2 &&
           sodium_hex2bin(digest.data(), digest.size(), text.data(), text.size(), nullptr, &bytes, &end) == 0 &&
           bytes == digest.size() && end == text.data() + text.size();
}

bool same_digest(Sha256 const& a, Sha256 const& b) noexcept { return sodium_memcmp(a.data(), b.data(), a.size()) == 0; }

} // namespace scimkit::detail
