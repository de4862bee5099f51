// Signatures over JWTs.
#pragma once

#include <scimkit/core/error.hpp>

#include <chrono>
#include <cjose/cjose.h>
#include <string>
#include <string_view>

namespace scimkit::oauth
{

inline constexpr std::chrono::minutes longest_skew{10}; ///< that clocks may differ by; the start is refused

/// Whether it has three parts and is not too long.
bool may_be_jwt(std::string_view token) noexcept;

/// The claims, once the signature over them is known to be good. Error: the reason, for the log.
result<std::string> verified_claims(std::string_view token, cjose_jwk_t& key);

} // namespace scimkit::oauth
