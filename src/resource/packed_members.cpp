// Most of what is read is passed on as it is stored, and only a name is wanted of it, or one member more is computed:
// for that nothing is unpacked. What is passed over is still not trusted.
#include "packed_members.hpp"

namespace scimkit
{
namespace
{

enum class LookUntil
{
    found,
    end
};

/// False: damaged, as far as was looked; where there is none of that name, that is to the end.
bool look_for_packed(std::string_view members, std::string_view name, LookUntil until,
                     std::optional<std::string_view>& value) noexcept
{
    std::uint64_t count = 0;
    if (!take_count(members, count))
        return false;
    for (; count > 0; --count)
    {
        std::string_view own;
        if (!take_string(members, own))
            return false;
        auto const begin = members;
        if (!skip_packed(members))
            return false;
        if (own != name)
            continue;
        if (value) // what is packed has each name once
            return false;
        value = begin.substr(0, begin.size() - members.size());
        if (until == LookUntil::found)
            return true;
    }
    return members.empty();
}

std::string_view text_of_packed(std::optional<std::string_view> value) noexcept
{
    if (!value || next_tag(*value) != PackedTag::string)
        return {};
    std::string_view in = value->substr(1);
    std::string_view text;
    return take_string(in, text) ? text : std::string_view{};
}

} // namespace

std::optional<std::string_view> find_packed(std::string_view members, std::string_view name) noexcept
{
    std::optional<std::string_view> value;
    look_for_packed(members, name, LookUntil::found, value);
    return value;
}

std::string_view find_packed_text(std::string_view members, std::string_view name) noexcept
{
    return text_of_packed(find_packed(members, name));
}

std::optional<std::string_view> find_sound_text(std::string_view members, std::string_view name) noexcept
{
    std::optional<std::string_view> value;
    if (!look_for_packed(members, name, LookUntil::end, value))
        return std::nullopt;
    return text_of_packed(value);
}

bool put_packed(PackedAttributes& attributes, std::string_view name, std::string_view value)
{
    std::string_view const bytes = attributes.bytes();
    std::optional<std::string_view> old;
    if (!look_for_packed(bytes, name, LookUntil::found, old))
        return false;
    std::string changed;
    constexpr std::size_t numbers = 10; // a count more, and a size
    changed.reserve(bytes.size() + name.size() + value.size() + numbers);
    if (old)
    {
        auto const begin = static_cast<std::size_t>(old->data() - bytes.data());
        changed.append(bytes.substr(0, begin)).append(value).append(bytes.substr(begin + old->size()));
    }
    else
    {
        std::string_view members = bytes;
        std::uint64_t count = 0;
        take_count(members, count); // which it could before
        put_varint(changed, count + 1);
        changed.append(members);
        put_string(changed, name);
        changed.append(value);
    }
    attributes = PackedAttributes{std::move(changed)};
    return true;
}

} // namespace scimkit
