// inet_pton() is as strict as a list of addresses needs: no octal, no shortened forms, no zones. What it cannot say is
// what was meant, so that is worked out here.
#include <scimkit/security/address.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <optional>
#include <sys/socket.h>

namespace scimkit
{
namespace
{

constexpr std::size_t longest_text = 45; // bytes of an address, the longest form of IPv6
constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

struct Parsed
{
    std::array<std::uint8_t, 16> bytes{};
    bool is_v4 = false;
    bool was_mapped = false;
};

std::optional<Parsed> parse(std::string_view text) noexcept
{
    if (text.empty() || text.size() > longest_text || text.find('\0') != std::string_view::npos)
        return std::nullopt;
    std::array<char, longest_text + 1> ended{};
    std::copy(text.begin(), text.end(), ended.begin());

    Parsed parsed;
    if (::inet_pton(AF_INET, ended.data(), parsed.bytes.data()) == 1)
    {
        parsed.is_v4 = true;
        return parsed;
    }
    if (::inet_pton(AF_INET6, ended.data(), parsed.bytes.data()) != 1)
        return std::nullopt;
    if (std::equal(mapped.begin(), mapped.end(), parsed.bytes.begin()))
    {
        std::array<std::uint8_t, 16> v4{};
        std::copy(parsed.bytes.begin() + 12, parsed.bytes.end(), v4.begin());
        parsed = {.bytes = v4, .is_v4 = true, .was_mapped = true};
    }
    return parsed;
}

Error no_address(std::string_view text)
{
    auto shown = std::string{text.substr(0, longest_text + 4)};
    return {ErrorCode::invalid_value,
            "\"" + shown +
                "\" is no IP address: 192.0.2.7 and 2001:db8::7 are, in full, without blanks, "
                "brackets, port or zone, and without zeros in front."};
}

/// The bits behind the first `bits` cleared.
std::array<std::uint8_t, 16> cleared(std::array<std::uint8_t, 16> bytes, unsigned bits) noexcept
{
    for (unsigned i = 0; i < bytes.size(); ++i)
    {
        unsigned const kept = bits > 8 * i ? std::min(bits - 8 * i, 8U) : 0;
        bytes[i] = static_cast<std::uint8_t>(bytes[i] & (0xFF00U >> kept));
    }
    return bytes;
}

std::string text_of(std::array<std::uint8_t, 16> const& bytes, bool is_v4)
{
    std::array<char, INET6_ADDRSTRLEN> text{};
    return ::inet_ntop(is_v4 ? AF_INET : AF_INET6, bytes.data(), text.data(), text.size()) ? text.data() : "";
}

} // namespace

result<IpAddress> IpAddress::parse(std::string_view text)
{
    auto const parsed = scimkit::parse(text);
    if (!parsed)
        return no_address(text);
    IpAddress address;
    address.bytes_ = parsed->bytes;
    address.is_v4_ = parsed->is_v4;
    return address;
}

std::string IpAddress::text() const { return text_of(bytes_, is_v4_); }

result<AddressRange> AddressRange::parse(std::string_view text)
{
    auto const slash = text.find('/');
    auto const parsed = scimkit::parse(text.substr(0, slash));
    if (!parsed)
        return no_address(text.substr(0, slash));
    unsigned const most = parsed->is_v4 && !parsed->was_mapped ? 32 : 128;
    unsigned bits = most;
    if (slash != std::string_view::npos)
    {
        auto const digits = text.substr(slash + 1);
        auto const* const end = digits.data() + digits.size();
        auto const [rest, error] = std::from_chars(digits.data(), end, bits);
        if (error != std::errc{} || rest != end || bits > most || (digits.size() > 1 && digits.front() == '0'))
            return Error{ErrorCode::invalid_value, "\"" + std::string{text.substr(0, longest_text + 16)} +
                                                       "\" needs a number from 0 to " + std::to_string(most) +
                                                       " behind its slash."};
    }
    if (parsed->was_mapped)
    {
        if (bits < 96)
            return Error{ErrorCode::invalid_value,
                         "\"" + std::string{text} +
                             "\" has IPv4 and IPv6 in it: write 0.0.0.0/0 and ::/0, or the one that is meant."};
        bits -= 96;
    }
    AddressRange range;
    auto const first = cleared(parsed->bytes, bits);
    if (first != parsed->bytes)
        return Error{ErrorCode::invalid_value, "\"" + std::string{text} + "\" has bits behind its prefix: either " +
                                                   text_of(first, parsed->is_v4) + "/" + std::to_string(bits) +
                                                   " is meant, or " + text_of(parsed->bytes, parsed->is_v4) +
                                                   " alone."};
    auto address = IpAddress::parse(text.substr(0, slash));
    if (!address)
        return address.error();
    range.first_ = *address;
    range.bits_ = bits;
    return range;
}

bool AddressRange::contains(IpAddress const& address) const noexcept
{
    if (address.is_v4() != first_.is_v4())
        return false;
    auto const theirs = address.bytes();
    auto const ours = first_.bytes();
    auto const whole = bits_ / 8;
    if (!std::equal(ours.begin(), ours.begin() + whole, theirs.begin()))
        return false;
    auto const rest = bits_ % 8;
    return rest == 0 || ((ours[whole] ^ theirs[whole]) & (0xFF00U >> rest) & 0xFFU) == 0;
}

result<AddressList> AddressList::parse(std::span<std::string const> ranges)
{
    AddressList list;
    for (std::string const& text : ranges)
    {
        auto range = AddressRange::parse(text);
        if (!range)
            return range.error();
        list.ranges_.push_back(*range);
    }
    return list;
}

bool AddressList::contains(IpAddress const& address) const noexcept
{
    return std::ranges::any_of(ranges_, [&](AddressRange const& range) { return range.contains(address); });
}

bool AddressList::contains(std::string_view address) const noexcept
{
    // A link-local client comes with its zone; the zone is this machine's, and no part of the address.
    if (auto const zone = address.find('%'); zone != std::string_view::npos)
        address = address.substr(0, zone);
    if (!scimkit::parse(address)) // without an error's text
        return false;
    return contains(*IpAddress::parse(address));
}

} // namespace scimkit
