// A table by SHA-256 digests, for look-ups of secrets.
#pragma once

#include "sodium.hpp"

#include <cstring>
#include <unordered_map>

namespace scimkit::detail
{

/// Digests are evenly distributed and nobody can choose one: their first bytes are the hash. What little their
/// place in the table tells by its timing is about digests, from which no token follows.
struct DigestHash
{
    std::size_t operator()(Sha256 const& digest) const noexcept
    {
        std::size_t hash = 0;
        std::memcpy(&hash, digest.data(), sizeof hash);
        return hash;
    }
};

struct DigestEqual
{
    bool operator()(Sha256 const& a, Sha256 const& b) const noexcept { return same_digest(a, b); }
};

template <class Value>
using DigestMap = std::unordered_map<Sha256, Value, DigestHash, DigestEqual>;

} // namespace scimkit::detail
