// IP addresses and lists of their ranges (IPv4, IPv6, CIDR): who may come in from where, and which proxy is believed.
//
// Spelling is strict, so that a list means what whoever wrote it thinks: no octal or shortened IPv4 ("010.1", "10.1"),
// no zone, no blanks, no bits behind the prefix. An IPv4 address that is written as IPv6 (`::ffff:192.0.2.1`) is the
// IPv4 address, wherever it stands.
//
// Threading: values; const functions from any number of threads. Lifetimes: they keep nothing of the text that they
// are made of. Errors: those of parse() alone; the detail says what is wrong, and how it is spelled.
#pragma once

#include <scimkit/core/error.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit
{

/// One address. What no parse() has made is `::`.
class SCIMKIT_API IpAddress
{
public:
    /// Error: invalid_value. Never allocates but for the error.
    static result<IpAddress> parse(std::string_view text);

    bool is_v4() const noexcept { return is_v4_; }
    /// In network order: 4 bytes of IPv4, 16 of IPv6.
    std::span<std::uint8_t const> bytes() const noexcept { return {bytes_.data(), is_v4_ ? std::size_t{4} : 16}; }
    /// The shortest spelling (RFC 5952).
    std::string text() const;

    friend bool operator==(IpAddress const&, IpAddress const&) = default;

private:
    std::array<std::uint8_t, 16> bytes_{};
    bool is_v4_ = false;
};

/// "192.0.2.0/24", "2001:db8::/32", or one address (RFC 4632, RFC 4291 section 2.3).
class SCIMKIT_API AddressRange
{
public:
    /// Error: invalid_value.
    static result<AddressRange> parse(std::string_view text);

    /// `::/0` has no IPv4 address in it, and `0.0.0.0/0` none of IPv6. Complexity: constant; never allocates.
    bool contains(IpAddress const& address) const noexcept;

private:
    AddressRange() = default; // would be ::/0

    IpAddress first_;
    unsigned bits_ = 0;
};

/// Any number of ranges.
class SCIMKIT_API AddressList
{
public:
    /// Error: that of the first range that is wrong.
    static result<AddressList> parse(std::span<std::string const> ranges);

    /// Without any range: then nobody is in it. What an empty list means says whoever takes one.
    bool empty() const noexcept { return ranges_.empty(); }
    /// Complexity: linear in the number of ranges.
    bool contains(IpAddress const& address) const noexcept;
    /// The same, of text. False for what is no address. A zone (`fe80::1%eth0`) is passed over: a client of this link
    /// comes with one, which is this machine's and no part of the address.
    bool contains(std::string_view address) const noexcept;

private:
    std::vector<AddressRange> ranges_;
};

} // namespace scimkit
