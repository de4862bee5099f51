// A backup of the store, or a copy of the database, opens nothing: whoever wants the secrets needs the file too.
#include "sealing.hpp"

#include "invalid.hpp"
#include "logging.hpp"
#include "secret_files.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <utility>

namespace server
{

using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::result;

namespace
{

constexpr std::size_t name_digits = 16;

using Bytes = std::vector<unsigned char>;

std::string to_hex(unsigned char const* bytes, std::size_t size)
{
    std::string text(size * 2 + 1, '\0');
    sodium_bin2hex(text.data(), text.size(), bytes, size);
    text.pop_back();
    return text;
}

/// Nothing: these are no digits.
Bytes from_hex(std::string_view text)
{
    if (text.size() < 2)
        return {};
    Bytes bytes(text.size() / 2);
    std::size_t size = 0;
    char const* end = nullptr;
    bool const read = sodium_hex2bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &size, &end) == 0;
    return read && end == text.data() + text.size() ? bytes : Bytes{};
}

Error no_key()
{
    return {ErrorCode::invalid_value, "The server has no key that keeps such a secret: it needs --secret-key-file."};
}

} // namespace

struct Sealing::Key
{
    std::array<unsigned char, crypto_secretbox_KEYBYTES> bytes{};
    std::string name{}; ///< says nothing of the key

    Key() = default;
    Key(Key&&) = default;
    Key& operator=(Key&&) = default;
    ~Key() { sodium_memzero(bytes.data(), bytes.size()); }
};

Sealing::Sealing(std::string file)
    : file_(std::move(file))
{
}

Sealing::~Sealing() = default;

result<std::shared_ptr<Sealing>> Sealing::create(std::string file)
{
    if (sodium_init() < 0)
        return Error{ErrorCode::unavailable, "libsodium cannot be initialised."};
    std::shared_ptr<Sealing> made{new Sealing{std::move(file)}};
    if (auto done = made->reload(); !done)
        return std::move(done).error();
    return made;
}

result<void> Sealing::reload()
{
    if (file_.empty())
        return {};
    auto keys = read(file_);
    if (!keys)
        return std::move(keys).error();
    std::lock_guard const lock{mutex_};
    keys_ = std::move(*keys);
    return {};
}

result<std::vector<Sealing::Key>> Sealing::read(std::string const& file)
{
    auto const wrong = [&](std::string const& why) { return invalid("--secret-key-file " + why); };
    auto const safe = check_permissions("--secret-key-file", file, true);
    if (!safe)
        return safe.error();
    if (*safe)
        log(scimkit::LogLevel::warning, **safe);
    auto read = read_keys(file);
    if (!read)
        return wrong(read.error().detail);
    std::vector<Key> keys;
    for (auto& bytes : *read)
    {
        Key key;
        key.bytes = bytes;
        sodium_memzero(bytes.data(), bytes.size());
        std::array<unsigned char, crypto_generichash_BYTES_MIN> hash{};
        constexpr std::string_view purpose = "scimkit-server: name of a key";
        crypto_generichash(hash.data(), hash.size(), reinterpret_cast<unsigned char const*>(purpose.data()),
                           purpose.size(), key.bytes.data(), key.bytes.size());
        key.name = to_hex(hash.data(), name_digits / 2);
        keys.push_back(std::move(key));
    }
    return keys;
}

result<std::string> Sealing::seal(std::string_view secret) const
{
    std::lock_guard const lock{mutex_};
    if (keys_.empty())
        return no_key();
    std::array<unsigned char, crypto_secretbox_NONCEBYTES> nonce{};
    randombytes_buf(nonce.data(), nonce.size());
    Bytes box(crypto_secretbox_MACBYTES + secret.size());
    crypto_secretbox_easy(box.data(), reinterpret_cast<unsigned char const*>(secret.data()), secret.size(),
                          nonce.data(), keys_.front().bytes.data());
    return std::string{sealed_prefix} + keys_.front().name + ":" + to_hex(nonce.data(), nonce.size()) +
           to_hex(box.data(), box.size());
}

result<std::string> Sealing::open(std::string_view sealed) const
{
    Error const damaged{ErrorCode::corrupt, "A secret that is stored sealed is damaged."};
    std::lock_guard const lock{mutex_};
    if (keys_.empty())
        return no_key();
    if (!sealed.starts_with(sealed_prefix) || sealed.size() <= sealed_prefix.size() + name_digits ||
        sealed[sealed_prefix.size() + name_digits] != ':')
        return damaged;
    auto const name = sealed.substr(sealed_prefix.size(), name_digits);
    auto const key = std::ranges::find(keys_, name, &Key::name);
    if (key == keys_.end())
        return Error{ErrorCode::invalid_value, "A secret was sealed by a key that is not in --secret-key-file."};
    auto const bytes = from_hex(sealed.substr(sealed_prefix.size() + name_digits + 1));
    if (bytes.size() < crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES)
        return damaged;
    std::string secret(bytes.size() - crypto_secretbox_NONCEBYTES - crypto_secretbox_MACBYTES, '\0');
    auto const* const box = bytes.data() + crypto_secretbox_NONCEBYTES;
    if (crypto_secretbox_open_easy(reinterpret_cast<unsigned char*>(secret.data()), box,
                                   bytes.size() - crypto_secretbox_NONCEBYTES, bytes.data(), key->bytes.data()) != 0)
        return damaged;
    return secret;
}

bool Sealing::seals(std::string_view sealed, std::string_view secret) const
{
    {
        std::lock_guard const lock{mutex_};
        if (keys_.empty() || !sealed.starts_with(std::string{sealed_prefix} + keys_.front().name + ":"))
            return false;
    }
    auto known = open(sealed);
    if (!known)
        return false;
    bool const same = known->size() == secret.size() && sodium_memcmp(known->data(), secret.data(), secret.size()) == 0;
    sodium_memzero(known->data(), known->size());
    return same;
}

} // namespace server
