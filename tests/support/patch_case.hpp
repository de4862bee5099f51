// Rows of patch-cases.jsonl, and how their table compares what is stored: as the tests of PATCH by itself and those
// through a whole service both need it.
#pragma once

#include <scimkit/core/json.hpp>

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <fstream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit::test::patch_case
{

inline std::vector<json::object> const& rows()
{
    static auto const read = []
    {
        std::ifstream file{SCIMKIT_TEST_DATA "/requirements/patch-cases.jsonl"};
        std::vector<json::object> all;
        for (std::string line; std::getline(file, line);)
            all.push_back(parse_json(line).value().as_object());
        return all;
    }();
    return read;
}

/// The table's comparison: no order of elements and members, nothing unassigned, no `primary: false`.
inline json::value normal(json::value const& value)
{
    if (auto const* members = value.if_object())
    {
        std::set<std::string> names;
        for (auto const& [name, member] : *members)
            names.emplace(name);
        json::object out;
        for (auto const& name : names)
            if (auto member = normal(members->at(name)); !member.is_null() && !(name == "primary" && member == false))
                out.emplace(name, std::move(member));
        return out.empty() ? json::value{} : json::value{std::move(out)};
    }
    if (auto const* elements = value.if_array())
    {
        std::vector<std::string> texts;
        for (auto const& element : *elements)
            texts.push_back(json::serialize(normal(element)));
        std::ranges::sort(texts);
        json::array out;
        for (auto const& text : texts)
            out.push_back(parse_json(text).value());
        return out.empty() ? json::value{} : json::value(std::move(out));
    }
    return value;
}

inline std::string normal_text(json::value const& value) { return json::serialize(normal(value)); }

} // namespace scimkit::test::patch_case
