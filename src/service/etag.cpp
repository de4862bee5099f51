// Tags must move with everything that an answer shows, and a user's groups are shown without being part of its record
// (RFC 7643 section 4.1.2). Their digest is part of the tag, so that a conditional GET never says "not modified" of an
// answer that changed (RFC 9110 section 15.4.5).
#include "etag.hpp"

#include <scimkit/core/text.hpp>

#include "headers.hpp"

#include <algorithm>

namespace scimkit::service
{
namespace
{

/// FNV-1a of 64 bits over texts, each with an end of its own: a tag is no secret and no proof, it only has to move.
class Digest
{
public:
    void add(std::string_view text) noexcept
    {
        for (char const c : text)
            mix(static_cast<unsigned char>(c));
        mix(0xff); // a byte that UTF-8 has not
    }

    void append_to(std::string& out) const
    {
        constexpr std::string_view digits = "0123456789abcdef";
        for (int shift = 60; shift >= 0; shift -= 4)
            out += digits[(hash_ >> shift) & 15U];
    }

private:
    void mix(unsigned char byte) noexcept { hash_ = (hash_ ^ byte) * 0x100000001b3; }

    std::uint64_t hash_ = 0xcbf29ce484222325;
};

} // namespace

std::string entity_tag(Resource const& resource, Projection const& projection, TypePlan const& plan)
{
    auto tag = format_version(resource.version);
    if (tag.empty() || !plan.groups() || !projection.shows(*plan.groups()))
        return tag;
    auto const* groups = resource.attributes.if_contains(plan.groups()->attribute->name);
    auto const* elements = groups ? groups->if_array() : nullptr;
    if (!elements || elements->empty())
        return tag;
    Digest digest;
    for (json::value const& element : *elements)
        if (auto const* group = element.if_object())
            for (std::string_view const name : {"value", "type", "display"})
                digest.add(text_member(*group, name));
    tag.back() = '-'; // in place of the quotation mark
    digest.append_to(tag);
    tag += '"';
    return tag;
}

std::string_view stored_version(std::string_view opaque_tag) noexcept
{
    return opaque_tag.substr(0, opaque_tag.find('-'));
}

EntityTags::EntityTags(Request const& request, std::string_view header)
{
    for (Header const& given : request.headers)
        if (equal_ascii_ignoring_case(given.name, header))
        {
            present_ = true;
            read(given.value);
        }
}

void EntityTags::read(std::string_view list)
{
    list = trim(list);
    if (list == "*")
    {
        any_ = true;
        return;
    }
    if (list.empty())
        malformed_ = true;
    while (!list.empty())
    {
        if (list.starts_with("W/"))
            list.remove_prefix(2);
        auto const end = list.starts_with('"') ? list.find('"', 1) : std::string_view::npos;
        if (end == std::string_view::npos)
        {
            malformed_ = true;
            return;
        }
        opaque_.emplace_back(list.substr(1, end - 1));
        list = trim(list.substr(end + 1));
        if (list.empty())
            return;
        if (list.front() != ',')
        {
            malformed_ = true;
            return;
        }
        list = trim(list.substr(1));
    }
}

bool EntityTags::match_version(Version version) const
{
    if (any_)
        return true;
    if (!version)
        return false;
    auto const text = std::to_string(version.number());
    return std::ranges::find(opaque_, text, stored_version) != opaque_.end();
}

bool EntityTags::match_tag(std::string_view tag) const noexcept
{
    if (any_)
        return true;
    if (tag.starts_with("W/"))
        tag.remove_prefix(2);
    if (tag.size() < 2)
        return false;
    return std::ranges::find(opaque_, tag.substr(1, tag.size() - 2)) != opaque_.end();
}

} // namespace scimkit::service
