// Argon2id for what people choose (RFC 7643 section 9.2, RFC 7644 section 7.7): slow by design, so it runs outside of
// transactions.
#include <scimkit/security/password.hpp>

#include "../core/urgency.hpp"
#include "opaque_string.hpp"
#include "sodium.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace scimkit
{
namespace
{

constexpr std::size_t max_secret_bytes = 1024;

/// On a thread of its own, which gives way to others: a hash keeps a core for tens of milliseconds, and no thread comes
/// back from a lower place to the one that it had. Where there is no thread to be had, the caller's does it.
template <class Work>
int giving_way(Work work)
{
    int outcome = 0;
    std::thread thread;
    try
    {
        thread = std::thread{[&]
                             {
                                 set_urgency(Urgency::last);
                                 outcome = work();
                             }};
    }
    catch (std::system_error const&)
    {
        return work();
    }
    thread.join();
    return outcome;
}

class Argon2Hasher final : public PasswordHasher
{
public:
    explicit Argon2Hasher(Argon2Options const& options)
        : options_(options)
    {
        if (options.passes < crypto_pwhash_OPSLIMIT_MIN || options.passes > crypto_pwhash_OPSLIMIT_MAX)
            throw std::invalid_argument("argon2_hasher: passes out of range");
        if (options.memory_bytes < crypto_pwhash_MEMLIMIT_MIN || options.memory_bytes > crypto_pwhash_MEMLIMIT_MAX)
            throw std::invalid_argument("argon2_hasher: memory_bytes out of range");
    }

    result<std::string> hash(std::string_view secret) override
    {
        if (secret.size() > max_secret_bytes)
            return Error{ErrorCode::invalid_value, "The secret is longer than 1,024 bytes."};
        auto const prepared = detail::prepare_opaque_string(secret);
        if (!prepared)
            return prepared.error();

        std::array<char, crypto_pwhash_STRBYTES> stored{};
        if (giving_way(
                [&]
                {
                    return crypto_pwhash_str_alg(stored.data(), prepared->data(), prepared->size(), options_.passes,
                                                 options_.memory_bytes, crypto_pwhash_ALG_ARGON2ID13);
                }) != 0)
            return Error{ErrorCode::internal, "There is not enough memory to hash a secret."};
        return std::string{stored.data()};
    }

    bool verify(std::string_view stored, std::string_view secret) override
    {
        // Zeros behind `stored` end it for libsodium; a zero within it would end it too early.
        std::array<char, crypto_pwhash_STRBYTES> text{};
        if (stored.size() >= text.size() || stored.find('\0') != std::string_view::npos ||
            !stored.starts_with(crypto_pwhash_argon2id_STRPREFIX) || secret.size() > max_secret_bytes)
            return false;
        auto const prepared = detail::prepare_opaque_string(secret);
        if (!prepared)
            return false;
        std::ranges::copy(stored, text.begin());
        return giving_way([&] { return crypto_pwhash_str_verify(text.data(), prepared->data(), prepared->size()); }) ==
               0;
    }

private:
    Argon2Options options_;
};

} // namespace

std::shared_ptr<PasswordHasher> argon2_hasher(Argon2Options options)
{
    detail::require_sodium();
    return std::make_shared<Argon2Hasher>(options);
}

} // namespace scimkit
