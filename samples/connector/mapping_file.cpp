// TOML becomes rules; what is neither [user] nor [group] is refused, since it would be obeyed by nobody.
#include "mapping_file.hpp"

#include "toml_file.hpp"

namespace connector
{

namespace
{

constexpr std::size_t max_mapping_bytes = std::size_t{1} << 20; // of a mapping file; refused

} // namespace

outcome<Mapping> read_mapping(std::filesystem::path const& file)
{
    Mapping mapping;
    if (file.empty())
        return mapping;
    auto const table = read_toml(file, max_mapping_bytes, "There is no mapping file " + file.string() + ".");
    if (!table)
        return table.error();
    for (auto const& [section, node] : *table)
    {
        if ((section.str() != "user" && section.str() != "group") || !node.is_table())
            return trouble(file.string() + ": only [user] and [group] are there to be.");
        for (auto const& [from, to] : *node.as_table())
        {
            auto const target = to.value_exact<std::string>();
            if (!target)
                return trouble(file.string() + ": " + std::string{from.str()} + " must be a text.");
            if (auto named =
                    mapping.rename(section.str() == "user" ? "User" : "Group", std::string{from.str()}, *target);
                !named)
                return named.error();
        }
    }
    return mapping;
}

} // namespace connector
