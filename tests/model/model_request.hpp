// A step as the model reads it: what its target and its body are.
#pragma once

#include "model.hpp"
#include "request.hpp"

namespace scimkit::model
{

struct Model::Request
{
    Step const& step;
    Type const* type = nullptr; ///< null: the root, which is about all of them
    std::string id{};
    bool is_search = false;
    QueryMap query{};
    json::value body{};

    Shape shape() const
    {
        auto const text = [&](char const* name)
        {
            auto const found = query.find(name);
            return found != query.end() ? found->second : std::string{};
        };
        return {.attributes = text("attributes"), .excluded = text("excludedAttributes")};
    }
};

} // namespace scimkit::model
