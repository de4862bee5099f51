// The grammar of attribute names (RFC 7643 section 2.1), and hashing of names and URIs without regard to case.
#pragma once

#include <scimkit/core/text.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace scimkit
{

bool is_attribute_name(std::string_view name) noexcept;

/// The same, and "$ref", which RFC 7643 itself defines although its grammar forbids it.
bool is_sub_attribute_name(std::string_view name) noexcept;

/// uri + ":" + name, without being put together.
struct JoinedUri
{
    std::string_view uri;
    std::string_view name;
};

/// For unordered containers of ASCII names: finds string views and joined URIs without allocation.
struct NameHash
{
    using is_transparent = void;

    std::size_t operator()(std::string_view name) const noexcept { return add(basis, name); }
    std::size_t operator()(JoinedUri const& joined) const noexcept
    {
        return add(add(add(basis, joined.uri), ":"), joined.name);
    }

private:
    // FNV-1a: names are short, and come from schemas.
    static constexpr std::uint64_t basis = 0xcbf29ce484222325u;
    static constexpr std::uint64_t prime = 0x100000001b3u;

    static std::uint64_t add(std::uint64_t hash, std::string_view text) noexcept
    {
        for (char const c : text)
        {
            auto const byte = static_cast<unsigned char>(c);
            hash = (hash ^ (byte >= 'A' && byte <= 'Z' ? byte + 0x20u : byte)) * prime;
        }
        return hash;
    }
};

struct NameEqual
{
    using is_transparent = void;

    bool operator()(std::string_view a, std::string_view b) const noexcept { return equal_ascii_ignoring_case(a, b); }
    bool operator()(JoinedUri const& a, std::string_view b) const noexcept
    {
        auto const n = a.uri.size();
        return b.size() == n + 1 + a.name.size() && b[n] == ':' && equal_ascii_ignoring_case(a.uri, b.substr(0, n)) &&
               equal_ascii_ignoring_case(a.name, b.substr(n + 1));
    }
    bool operator()(std::string_view a, JoinedUri const& b) const noexcept { return (*this)(b, a); }
};

} // namespace scimkit
