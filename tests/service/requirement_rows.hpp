// The tables of requirements, for tests of what refusals name.
#pragma once

#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>

namespace scimkit::test
{

/// Where each row stands: "7644-3.5.2-o" -> "RFC 7644 section 3.5.2".
inline std::map<std::string, std::string> requirement_rows()
{
    std::map<std::string, std::string> rows;
    for (auto const* name : {"rfc7643.tsv", "rfc7644.tsv", "newer-rfcs.tsv"})
    {
        std::ifstream file{std::string{SCIMKIT_TEST_DATA "/requirements/"} + name};
        if (!file)
            throw std::runtime_error{std::string{name} + " is not there"};
        for (std::string line; std::getline(file, line);)
        {
            std::istringstream columns{line};
            std::string id;
            std::string rfc;
            std::string section;
            std::getline(columns, id, '\t');
            std::getline(columns, rfc, '\t');
            std::getline(columns, section, '\t');
            rows[id] = "RFC " + rfc + " section " + section;
        }
    }
    return rows;
}

} // namespace scimkit::test
