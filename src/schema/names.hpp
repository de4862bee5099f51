// The grammar of attribute names (RFC 7643 section 2.1), and hashing of names and URIs without regard to case.
#pragma once

#include <scimkit/core/text.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace scimkit
{

bool is_attribute_name(std::string_view name) noexcept;

/// The same, and "$ref", which RFC 7643 itself defines although its grammar forbids it.
bool is_sub_attribute_name(std::string_view name) noexcept;

/// uri + ":" + name, without being put together. The name has no colon.
struct JoinedUri
{
    std::string_view uri;
    std::string_view name;
};

/// For unordered containers of ASCII names: finds string views and joined URIs without allocation. A URI is hashed
/// in two parts, so that it makes no difference whether they are joined already.
struct NameHash
{
    using is_transparent = void;

    std::size_t operator()(std::string_view name) const noexcept
    {
        if (name.find(':') == std::string_view::npos) // the quicker search, and what most names are
            return add(0, name);
        auto const colon = name.rfind(':');
        return (*this)(JoinedUri{name.substr(0, colon), name.substr(colon + 1)});
    }
    std::size_t operator()(JoinedUri const& joined) const noexcept { return add(add(0, joined.uri), joined.name); }

private:
    // Eight bytes at a time, upper case made lower by a bit that makes some other characters the same too: for a hash
    // that is good enough. The names come from schemas, so nobody can make them collide.
    static std::uint64_t add(std::uint64_t hash, std::string_view text) noexcept
    {
        std::uint64_t eight = 0;
        for (; text.size() >= sizeof eight; text.remove_prefix(sizeof eight))
        {
            std::memcpy(&eight, text.data(), sizeof eight);
            hash = mix(hash, eight);
        }
        if (text.empty())
            return hash;
        eight = 0;
        for (char const c : text)
            eight = eight << 8U | static_cast<unsigned char>(c);
        return mix(hash, eight);
    }

    static std::uint64_t mix(std::uint64_t hash, std::uint64_t eight) noexcept
    {
        hash = (hash ^ (eight | 0x2020202020202020u)) * 0x9E3779B97F4A7C15u;
        return hash ^ hash >> 32;
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
