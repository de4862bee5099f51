// Values of stored attributes as the server reads them: what is of another kind is passed over.
#pragma once

#include <scimkit/core/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace server
{

inline bool flag_of(scimkit::json::object const& attributes, std::string_view name, bool otherwise)
{
    auto const* const value = attributes.if_contains(name);
    return value && value->is_bool() ? value->get_bool() : otherwise;
}

inline std::vector<std::string> texts_of(scimkit::json::object const& attributes, std::string_view name)
{
    std::vector<std::string> texts;
    if (auto const* const list = attributes.if_contains(name); list && list->is_array())
        for (auto const& each : list->get_array())
            if (each.is_string())
                texts.emplace_back(each.get_string());
    return texts;
}

} // namespace server
