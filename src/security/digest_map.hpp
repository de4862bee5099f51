// A table by SHA-256 digests, for look-ups of secrets.
#pragma once

#include "sodium.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstring>
#include <type_traits>

namespace scimkit::detail
{

/// Digests are evenly distributed and nobody can choose one: their first bytes are the hash. What little their
/// place in the table tells by its timing is about digests, from which no token follows.
struct DigestHash
{
    using is_avalanching = std::true_type; // nothing has to be mixed further

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

/// One flat array: among 10,000 keys, each asked for once in a while, a look-up waits for memory once or twice, and not
/// for each link of a chain. Values move when it grows.
template <class Value>
using DigestMap = boost::unordered_flat_map<Sha256, Value, DigestHash, DigestEqual>;

} // namespace scimkit::detail
