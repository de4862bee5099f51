// JSON that comes as the text of a string, as some clients send it.
#pragma once

#include <string_view>

namespace scimkit
{

/// Whether a text begins as a JSON object or array does, behind blanks.
constexpr bool begins_as_json(std::string_view text) noexcept
{
    auto const begin = text.find_first_not_of(" \t\r\n");
    return begin != std::string_view::npos && (text[begin] == '{' || text[begin] == '[');
}

} // namespace scimkit
