// Targets: what the members of a value without path change, so that none is changed twice.
#pragma once

#include <scimkit/filter/bind.hpp>

#include <algorithm>
#include <string>
#include <unordered_set>
#include <vector>

namespace scimkit
{

/// The changes that one path-less value asks for must all have different targets.
class Targets
{
public:
    /// False if there was the same before.
    bool insert(BoundPath const& path)
    {
        if (!path.filter.empty())
            return filtered_.insert(path.attribute.path() + '[' + to_string(path.filter.front()) + ']').second;
        // There are no more of these than the schemas have attributes.
        if (std::find(plain_.begin(), plain_.end(), path.attribute) != plain_.end())
            return false;
        plain_.push_back(path.attribute);
        return true;
    }

private:
    std::vector<AttributeRef> plain_;
    std::unordered_set<std::string> filtered_;
};

} // namespace scimkit
