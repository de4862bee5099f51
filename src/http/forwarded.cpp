// Whatever stands further left than the first hop that is not ours was written by a stranger. And one header alone is
// read: a proxy that sets one passes the other through, as whoever sent it likes.
#include "forwarded.hpp"

#include <scimkit/core/text.hpp>

#include <algorithm>
#include <optional>
#include <vector>

namespace scimkit::http
{

namespace
{

constexpr std::size_t most_hops = 64; // of a chain of proxies that are looked at; what is further left stays unread

std::string_view trimmed(std::string_view text) noexcept
{
    auto const first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// "192.0.2.7", "192.0.2.7:80", "2001:db8::7", "[2001:db8::7]:80".
std::optional<IpAddress> address_of(std::string_view node)
{
    if (node.starts_with('['))
    {
        auto const end = node.find(']');
        if (end == std::string_view::npos || (end + 1 < node.size() && node[end + 1] != ':'))
            return std::nullopt;
        node = node.substr(1, end - 1);
    }
    else if (auto const colon = node.find(':'); colon != std::string_view::npos && node.rfind(':') == colon)
        node = node.substr(0, colon);
    auto const parsed = IpAddress::parse(node);
    return parsed ? std::optional{*parsed} : std::nullopt;
}

/// The value of `for` in one element of Forwarded; empty if it has none. No address needs an escaped character.
std::string_view for_of(std::string_view element) noexcept
{
    while (!element.empty())
    {
        auto const end = element.find(';');
        auto const pair = trimmed(element.substr(0, end));
        element = end == std::string_view::npos ? std::string_view{} : element.substr(end + 1);
        auto const equals = pair.find('=');
        if (equals == std::string_view::npos || !equal_ascii_ignoring_case(pair.substr(0, equals), "for"))
            continue;
        auto value = pair.substr(equals + 1);
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
            value = value.substr(1, value.size() - 2);
        return value;
    }
    return {};
}

/// The hops of a header's lines, the last one first.
std::vector<std::string_view> hops_of(std::span<Header const> headers, std::string_view name)
{
    std::vector<std::string_view> hops;
    for (auto header = headers.rbegin(); header != headers.rend(); ++header)
    {
        if (!equal_ascii_ignoring_case(header->name, name))
            continue;
        for (auto rest = header->value; hops.size() < most_hops;)
        {
            auto const comma = rest.rfind(',');
            hops.push_back(trimmed(comma == std::string_view::npos ? rest : rest.substr(comma + 1)));
            if (comma == std::string_view::npos)
                break;
            rest = rest.substr(0, comma);
        }
    }
    return hops;
}

} // namespace

std::string client_behind(std::string_view peer, std::span<Header const> headers, ServerOptions const& options)
{
    std::string believed{peer};
    if (!options.trusted_proxies.contains(peer))
        return believed;
    bool const standard = options.proxy_header == ProxyHeader::forwarded;
    for (auto hop : hops_of(headers, standard ? "Forwarded" : "X-Forwarded-For"))
    {
        auto const address = address_of(standard ? for_of(hop) : hop);
        if (!address)
            break;
        believed = address->text();
        if (!options.trusted_proxies.contains(*address))
            break;
    }
    return believed;
}

} // namespace scimkit::http
