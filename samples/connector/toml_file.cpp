// What is wrong with a file is said with its line.
#include "toml_file.hpp"

#include "../shared/toml_depth.hpp"

#include <sstream>
#include <utility>

namespace connector
{

outcome<toml::table> read_toml(std::filesystem::path const& file, std::size_t max_bytes, std::string missing)
{
    auto const content = read_file(file, max_bytes);
    if (!content)
        return content.error();
    if (!*content)
        return trouble(std::move(missing));
    if (auto const line = samples::line_that_is_too_deep(**content); line != 0)
        return trouble(file.string() + " has a name with too many dots in line " + std::to_string(line) + ".");
    try
    {
        return toml::parse(**content);
    }
    catch (toml::parse_error const& error)
    {
        std::ostringstream reason;
        reason << file.string() << " is not TOML, line " << error.source().begin.line << ": " << error.description();
        return trouble(reason.str());
    }
}

} // namespace connector
