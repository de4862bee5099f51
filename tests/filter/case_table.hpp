// Reads filter-cases.tsv and writes syntax trees in its notation (tests/data/requirements/cases-readme.md).
#pragma once

#include <scimkit/filter/filter.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace filter_test
{

struct Case
{
    std::size_t line = 0;
    std::string kind{};   ///< filter-ok, filter-bad, path-ok or path-bad
    std::string input{};  ///< placeholders expanded
    std::string expect{}; ///< placeholders expanded
    std::string tag{};    ///< "abnf", "lenient", ... of the last column
    std::string why{};
    std::string source{}; ///< the input as the table has it, for names
};

std::vector<Case> read_cases();

std::string notation(scimkit::Filter const& filter);
std::string notation(scimkit::Path const& path);

} // namespace filter_test
