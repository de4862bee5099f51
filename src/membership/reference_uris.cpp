// What a URI names and how a resource's is written are two sides of one rule (RFC 7643 section 2.3.7).
#include "reference_uris.hpp"

#include <scimkit/core/text.hpp>
#include <scimkit/schema/registry.hpp>

#include "../core/percent_encoding.hpp"
#include "elements.hpp"

namespace scimkit::membership
{
namespace
{

/// Without a version segment at its end: URIs that differ only in it mean the same resource (RFC 7643 section 2.4).
std::string_view without_version(std::string_view base)
{
    auto const slash = base.rfind('/');
    std::string_view const last = slash == std::string_view::npos ? base : base.substr(slash + 1);
    bool const version = last.size() >= 2 && (last.front() == 'v' || last.front() == 'V') &&
                         last.find_first_not_of("0123456789", 1) == std::string_view::npos;
    return version && slash != std::string_view::npos ? base.substr(0, slash) : base;
}

/// A URL in three parts; the first two are equal without regard to letter case.
struct Url
{
    std::string_view scheme;
    std::string_view authority; ///< without the port that the scheme has anyway
    std::string_view path;
};

Url split_url(std::string_view url)
{
    auto const mark = url.find("://");
    if (mark == std::string_view::npos)
        return {{}, {}, url};
    Url parts{.scheme = url.substr(0, mark), .authority = url.substr(mark + 3), .path = {}};
    if (auto const slash = parts.authority.find('/'); slash != std::string_view::npos)
    {
        parts.path = parts.authority.substr(slash);
        parts.authority = parts.authority.substr(0, slash);
    }
    std::string_view const usual = equal_ascii_ignoring_case(parts.scheme, "https") ? ":443" : ":80";
    if (parts.authority.ends_with(usual))
        parts.authority.remove_suffix(usual.size());
    else if (parts.authority.ends_with(':'))
        parts.authority.remove_suffix(1);
    return parts;
}

/// As RFC 3986 section 6.2 compares them.
bool same_url(std::string_view a, std::string_view b)
{
    if (a == b)
        return true;
    Url const one = split_url(a);
    Url const other = split_url(b);
    return equal_ascii_ignoring_case(one.scheme, other.scheme) &&
           equal_ascii_ignoring_case(one.authority, other.authority) && one.path == other.path;
}

/// RFC 3986 section 4.2: one that begins with "//" has the scheme of what it stands in.
std::string_view with_scheme(std::string_view uri, std::string_view base_url, std::string& joined)
{
    if (!uri.starts_with("//"))
        return uri;
    joined = base_url.substr(0, base_url.find(':') + 1);
    joined += uri;
    return joined;
}

/// Neither of a scheme, "urn:x/y", nor of an authority.
bool is_relative(std::string_view uri) noexcept
{
    return uri.substr(0, uri.find_first_of("/?#")).find(':') == std::string_view::npos;
}

/// Whether that is where this service is, in whatever version, or is left to whoever reads it.
bool means_base(std::string_view base, std::string_view base_url)
{
    return is_relative(base) || same_url(without_version(base), without_version(base_url));
}

bool is_below(std::string_view uri, std::string_view base_url)
{
    Url const own = split_url(base_url);
    Url const other = split_url(uri);
    return equal_ascii_ignoring_case(own.scheme, other.scheme) &&
           equal_ascii_ignoring_case(own.authority, other.authority) && other.path.starts_with(own.path) &&
           other.path.substr(own.path.size()).starts_with('/');
}

} // namespace

std::optional<ReferenceTarget> reference_target(std::string_view uri, ReferenceAttribute const& reference,
                                                std::string_view base_url)
{
    std::string joined;
    uri = with_scheme(uri, base_url, joined);
    auto const slash = uri.rfind('/');
    if (slash == std::string_view::npos || slash + 1 == uri.size())
        return std::nullopt;
    if (uri.find_first_of("?#") != std::string_view::npos)
        return std::nullopt; // no part of a path, so of no id either
    auto id = decode_segment(uri.substr(slash + 1));
    if (!id || !is_valid_utf8(*id))
        return std::nullopt;
    std::string_view const collection = uri.substr(0, slash);
    for (ResourceType const* type : reference.targets)
    {
        std::string_view const endpoint = type->endpoint();
        if (collection == endpoint.substr(1))
            return ReferenceTarget{type, std::move(*id)};
        if (!collection.ends_with(endpoint))
            continue;
        if (means_base(collection.substr(0, collection.size() - endpoint.size()), base_url))
            return ReferenceTarget{type, std::move(*id)};
    }
    return std::nullopt;
}

bool is_of_service(std::string_view uri, Rules const& rules)
{
    std::string joined;
    uri = with_scheme(uri, rules.base_url, joined);
    auto const slash = uri.rfind('/');
    if (slash == std::string_view::npos)
        return false;
    if (is_relative(uri) || is_below(uri, rules.base_url))
        return true;
    auto const collection = uri.substr(0, slash);
    auto const before = collection.rfind('/');
    return before != std::string_view::npos && means_base(collection.substr(0, before), rules.base_url) &&
           rules.registry->find_endpoint(collection.substr(before), false);
}

std::function<std::optional<std::string>(Attribute const&, std::string_view)> id_of_uri(TypeRules const& type_rules,
                                                                                        Rules const& rules)
{
    return [&type_rules, &rules](Attribute const& attribute, std::string_view uri) -> std::optional<std::string>
    {
        for (ReferenceAttribute const& reference : type_rules.references)
            if (reference.attribute.attribute == &attribute)
                if (auto target = reference_target(uri, reference, rules.base_url))
                    return std::move(target->id);
        return std::nullopt;
    };
}

bool computes_uri(ReferenceAttribute const& reference) noexcept
{
    return reference.type_attribute || reference.targets.size() == 1;
}

std::string uri_of(ResourceType const& type, std::string_view id, Rules const& rules)
{
    std::string const& prefix = rules.of(type).location_prefix;
    std::string uri;
    uri.reserve(prefix.size() + id.size());
    uri = prefix;
    append_segment(uri, id);
    return uri;
}

std::string reference_uri(json::object const& element, ReferenceAttribute const& reference, Rules const& rules)
{
    auto const type = reference.type_attribute ? text_member(element, "type") : std::string_view{};
    return reference_uri(text_member(element, "value"), type, reference, rules);
}

std::string reference_uri(std::string_view value, std::string_view type, ReferenceAttribute const& reference,
                          Rules const& rules)
{
    if (value.empty())
        return {};
    ResourceType const* target = nullptr;
    if (!reference.type_attribute)
        target = reference.targets.size() == 1 ? reference.targets.front() : nullptr;
    else
        for (ResourceType const* candidate : reference.targets)
            if (equal_ascii_ignoring_case(candidate->name(), type))
                target = candidate;
    return target ? uri_of(*target, value, rules) : std::string{};
}

void add_references(json::object& attributes, ReferenceAttribute const& reference, Rules const& rules)
{
    if (auto* value = find_reference(attributes, reference))
        for_each_element(*value,
                         [&](json::object& element)
                         {
                             if (auto const uri = reference_uri(element, reference, rules); !uri.empty())
                                 element["$ref"] = uri;
                         });
}

} // namespace scimkit::membership
