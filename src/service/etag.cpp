// Tags must move with everything that an answer shows, and a user's groups are shown without being part of its record
// (RFC 7643 section 4.1.2). Their digest is part of the tag, so that a conditional GET never says "not modified" of an
// answer that changed (RFC 9110 section 15.4.5).
#include "etag.hpp"

#include <scimkit/core/text.hpp>

#include "../resource/packed_members.hpp"
#include "headers.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

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
        std::array<char, 16> text;
        std::uint64_t rest = hash_;
        for (auto digit = text.rbegin(); digit != text.rend(); ++digit, rest >>= 4)
            *digit = digits[rest & 15U];
        out.append(text.data(), text.size());
    }

private:
    void mix(unsigned char byte) noexcept { hash_ = (hash_ ^ byte) * 0x100000001b3; }

    std::uint64_t hash_ = 0xcbf29ce484222325;
};

constexpr std::string_view digested[] = {"value", "type", "display"}; ///< of each group

/// False: it shows no groups.
bool add_groups(Digest& digest, json::object const& attributes, std::string_view name)
{
    auto const* groups = attributes.if_contains(name);
    auto const* elements = groups ? groups->if_array() : nullptr;
    if (!elements || elements->empty())
        return false;
    for (json::value const& element : *elements)
        if (auto const* group = element.if_object())
            for (std::string_view const member : digested)
                digest.add(text_member(*group, member));
    return true;
}

/// The same of packed attributes.
bool add_packed_groups(Digest& digest, std::string_view attributes, std::string_view name)
{
    bool any = false;
    if (auto const groups = find_packed(attributes, name))
        for_each_packed(*groups,
                        [&](std::string_view group)
                        {
                            any = true;
                            if (next_tag(group) == PackedTag::object)
                                for (std::string_view const member : digested)
                                    digest.add(find_packed_text(group.substr(1), member));
                        });
    return any;
}

} // namespace

std::string entity_tag(Resource const& resource, Projection const& projection, TypePlan const& plan)
{
    auto tag = format_version(resource.version);
    if (tag.empty() || !plan.groups() || !projection.shows(*plan.groups()))
        return tag;
    Digest digest;
    std::string const& name = plan.groups()->attribute->name;
    if (resource.packed ? !add_packed_groups(digest, resource.packed.bytes(), name)
                        : !add_groups(digest, resource.attributes, name))
        return tag;
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
