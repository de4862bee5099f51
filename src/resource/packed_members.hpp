// Single members of packed attributes: found, and put in, without an object of all the others.
#pragma once

#include <scimkit/resource/packed.hpp>

#include "../core/bytes.hpp"
#include "packed_values.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace scimkit
{

/// The packed value of a member; nothing if there is none, or what is before it is damaged. `members` are those of an
/// object, behind its tag, as PackedAttributes::bytes() are. Lifetimes: a view of them.
std::optional<std::string_view> find_packed(std::string_view members, std::string_view name) noexcept;

/// The text of a member; empty if there is none, or it is no text.
std::string_view find_packed_text(std::string_view members, std::string_view name) noexcept;

/// The same for whoever looks at nothing else of the members: nothing if they are damaged anywhere, behind it too.
std::optional<std::string_view> find_sound_text(std::string_view members, std::string_view name) noexcept;

/// Puts a packed value in place of the one of that name, or behind all others. False: damaged; nothing is changed then.
bool put_packed(PackedAttributes& attributes, std::string_view name, std::string_view value);

/// Calls `visit` with each element of a packed array, as far as it can be read; with none of what is no array.
template <class Visit>
void for_each_packed(std::string_view array, Visit visit)
{
    std::uint64_t count = 0;
    if (next_tag(array) != PackedTag::array)
        return;
    array.remove_prefix(1);
    if (!take_count(array, count))
        return;
    for (; count > 0; --count)
    {
        auto const element = array;
        if (!skip_packed(array))
            return;
        visit(element.substr(0, element.size() - array.size()));
    }
}

/// The beginning of an array of so many elements, or of an object of so many members; these follow.
inline void put_packed_head(std::string& out, PackedTag tag, std::uint64_t count)
{
    out.push_back(static_cast<char>(tag));
    put_varint(out, count);
}

/// A member of an object that is text.
inline void put_packed_text(std::string& out, std::string_view name, std::string_view text)
{
    put_string(out, name);
    out.push_back(static_cast<char>(PackedTag::string));
    put_string(out, text);
}

} // namespace scimkit
