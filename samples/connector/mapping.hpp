// Which attribute of a source becomes which attribute here. What is not named keeps its name.
#pragma once

#include "files.hpp"

#include <map>
#include <string>
#include <vector>

namespace connector
{

inline constexpr std::size_t max_mapping_bytes = std::size_t{1} << 20; // of a mapping file; refused

class Mapping
{
public:
    /// All of the core and enterprise schemas as they are.
    Mapping() = default;

    /// A TOML file: [user] and [group], each "attribute there" = "attribute here"; "" leaves it out.
    static outcome<Mapping> read(std::filesystem::path const& file);

    /// Canonical attributes of a source as those of a local resource of that type, with `schemas`.
    scimkit::json::object apply(std::string const& type, scimkit::json::object attributes) const;

private:
    struct Rule
    {
        std::string from;
        std::string to;
    };

    std::map<std::string, std::vector<Rule>> rules_;
};

/// The value at "userName", "name.givenName" or "urn:...:User:department"; null pointer: there is none.
scimkit::json::value const* find_path(scimkit::json::object const& attributes, std::string_view path);

} // namespace connector
