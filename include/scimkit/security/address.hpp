// IP addresses and lists of their ranges (IPv4, IPv6, CIDR): who may come in from where, and which proxy is believed.
//
// Spelling is strict, so that a list means what whoever wrote it thinks: no octal or shortened IPv4 ("010.1", "10.1"),
// no zone, no blanks, no bits behind the prefix. An IPv4 address that is written as IPv6 (`::ffff:192.0.2.1`) is the
// IPv4 address, wherever it stands.
//
// Thread safety: values; const functions from any number of threads.
#pragma once

#include <scimkit/core/error.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit
{

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

/// "192.0.2.0/24", "2001:db8::/32", or one address.
class SCIMKIT_API AddressRange
{
public:
    /// Error: invalid_value, with what was probably meant.
    static result<AddressRange> parse(std::string_view text);

    /// Constant, and never allocates. `::/0` has no IPv4 address in it, and `0.0.0.0/0` none of IPv6.
    bool contains(IpAddress const& address) const noexcept;

private:
    IpAddress first_;
    unsigned bits_ = 0;
};

class SCIMKIT_API AddressList
{
public:
    /// Error: that of the first range that is wrong.
    static result<AddressList> parse(std::span<std::string const> ranges);

    bool empty() const noexcept { return ranges_.empty(); }
    /// Linear in the number of ranges.
    bool contains(IpAddress const& address) const noexcept;
    /// False for what is no address.
    bool contains(std::string_view address) const noexcept;

private:
    std::vector<AddressRange> ranges_;
};

} // namespace scimkit
