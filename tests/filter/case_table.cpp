// Rows of the table are text that has no code in it: blanks, quotes, long repetitions and bytes that no editor keeps
// are placeholders, which become what they stand for here. One that is misspelt ends the test instead of being
// compared.
#include "case_table.hpp"

#include <scimkit/core/json.hpp>

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace filter_test
{

using namespace scimkit;

namespace
{

std::string utf8(unsigned code_point)
{
    if (code_point >= 0x800)
        throw std::runtime_error("the table has no such code points");
    if (code_point < 0x80)
        return {static_cast<char>(code_point)};
    return {static_cast<char>(0xC0 | (code_point >> 6)), static_cast<char>(0x80 | (code_point & 0x3F))};
}

std::string expand_placeholder(std::string const& name)
{
    if (name == "EMPTY")
        return "";
    if (name == "SP")
        return " ";
    if (name == "TAB")
        return "\t";
    if (name == "LF")
        return "\n";
    if (name == "CR")
        return "\r";
    if (name == "NUL")
        return std::string(1, '\0');
    if (name == "DQ")
        return "\"";
    if (name.starts_with("U+"))
        return utf8(static_cast<unsigned>(std::stoul(name.substr(2), nullptr, 16)));
    if (name.size() == 3 && name.front() == 'X')
        return {static_cast<char>(std::stoul(name.substr(1), nullptr, 16))};
    if (name.starts_with("REP "))
    {
        auto const blank = name.find(' ', 4);
        auto const times = std::stoul(name.substr(4, blank - 4));
        std::string repeated;
        for (std::size_t i = 0; i < times; ++i)
            repeated += name.substr(blank + 1);
        return repeated;
    }
    throw std::runtime_error("unknown placeholder <" + name + ">");
}

std::string expand(std::string const& text)
{
    std::string expanded;
    for (std::size_t i = 0; i < text.size(); ++i)
    {
        // "age < 3" would have no closing bracket or a blank after the opening one: the table has no such row.
        auto const end = text[i] == '<' ? text.find('>', i) : std::string::npos;
        if (end == std::string::npos)
        {
            expanded += text[i];
            continue;
        }
        expanded += expand_placeholder(text.substr(i + 1, end - i - 1));
        i = end;
    }
    return expanded;
}

std::string tag_of(std::string const& why)
{
    auto const end = why.find(']');
    return why.starts_with('[') && end != std::string::npos ? why.substr(1, end - 1) : "";
}

std::string attribute(AttributePath const& path)
{
    if (path.uri.empty())
        return to_string(path);
    return "(attr " + path.uri + ' ' + path.name + (path.sub_attribute.empty() ? "" : ' ' + path.sub_attribute) + ')';
}

struct Notation
{
    std::string operator()(std::nullptr_t) const { return "null"; }
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(NumberLiteral const& number) const { return number.text; }
    std::string operator()(std::string const& text) const
    {
        std::string quoted;
        write_json_string(quoted, text);
        return quoted;
    }

    std::string operator()(Comparison const& node) const
    {
        return '(' + std::string{to_string(node.op)} + ' ' + attribute(node.attribute) + ' ' +
               std::visit(*this, node.value) + ')';
    }
    std::string operator()(Presence const& node) const { return "(pr " + attribute(node.attribute) + ')'; }
    std::string operator()(Conjunction const& node) const { return binary("(and ", node.operands); }
    std::string operator()(Disjunction const& node) const { return binary("(or ", node.operands); }
    std::string operator()(Negation const& node) const { return "(not " + notation(node.operand.front()) + ')'; }
    std::string operator()(ValuePath const& node) const
    {
        return "(valuePath " + attribute(node.attribute) + ' ' + notation(node.filter.front()) + ')';
    }

    static std::string binary(std::string const& opening, std::vector<Filter> const& operands)
    {
        std::string text = notation(operands.front());
        for (std::size_t i = 1; i < operands.size(); ++i)
            text = opening + text + ' ' + notation(operands[i]) + ')';
        return text;
    }
};

} // namespace

std::vector<Case> read_cases()
{
    std::ifstream file{SCIMKIT_TEST_DATA "/requirements/filter-cases.tsv"};
    std::vector<Case> cases;
    std::string text;
    for (std::size_t line = 1; std::getline(file, text); ++line)
    {
        if (line == 1)
            continue; // the column names
        Case row{.line = line};
        std::istringstream columns{text};
        std::string expect;
        std::getline(columns, row.kind, '\t');
        std::getline(columns, row.source, '\t');
        std::getline(columns, expect, '\t');
        std::getline(columns, row.why);
        row.input = expand(row.source);
        row.expect = expand(expect);
        row.tag = tag_of(row.why);
        cases.push_back(std::move(row));
    }
    return cases;
}

std::string notation(Filter const& filter) { return std::visit(Notation{}, filter.node); }

std::string notation(Path const& path)
{
    std::string const target =
        path.filter.empty() ? attribute(path.attribute)
                            : "(valuePath " + attribute(path.attribute) + ' ' + notation(path.filter.front()) + ')';
    return "(path " + target + (path.sub_attribute.empty() ? "" : ' ' + path.sub_attribute) + ')';
}

} // namespace filter_test
