// What the TOML library would not survive. It makes a table for each part of a dotted name and takes them down one
// inside of the other, so that a name of 50,000 parts uses up the stack. So names are looked at before it is asked.
#pragma once

#include <cstddef>
#include <string_view>

namespace samples
{

inline constexpr std::size_t max_dots = 16; // of one line outside of strings in a TOML file; it is refused

/// The number of the first line with too many dots outside of strings and comments; 0: there is none.
inline std::size_t line_that_is_too_deep(std::string_view text) noexcept
{
    std::size_t line = 1;
    std::size_t dots = 0;
    std::string_view inside; ///< what ends the string or comment; empty: neither
    for (std::size_t i = 0; i < text.size(); ++i)
    {
        if (text[i] == '\n')
        {
            ++line;
            dots = 0;
        }
        auto const rest = text.substr(i);
        if (!inside.empty())
        {
            if (inside.front() == '"' && text[i] == '\\' && i + 1 < text.size() && text[i + 1] != '\n')
                ++i; // whatever is escaped
            else if (rest.starts_with(inside) || (inside.size() == 1 && text[i] == '\n'))
            {
                i += inside.size() - 1;
                inside = {};
            }
        }
        else if (rest.starts_with(R"(""")"))
        {
            inside = R"(""")";
            i += 2;
        }
        else if (rest.starts_with("'''"))
        {
            inside = "'''";
            i += 2;
        }
        else if (text[i] == '"')
            inside = "\"";
        else if (text[i] == '\'')
            inside = "'";
        else if (text[i] == '#')
            inside = "\n";
        else if (text[i] == '.' && ++dots > max_dots)
            return line;
    }
    return 0;
}

} // namespace samples
