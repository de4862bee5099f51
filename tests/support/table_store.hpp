// A SmallStore for tests: an application's table, that can do next to nothing.
#pragma once

#include <scimkit/store/small_store.hpp>

#include <map>
#include <string>

namespace scimkit::test
{

/// The five functions over a map, with ids of its own; with versions if that is wanted.
class Table : public SmallStore
{
public:
    explicit Table(bool versions = false)
        : versions_(versions)
    {
    }

    bool keeps_versions() const override { return versions_; }
    result<std::optional<Resource>> get(std::string_view, ResourceType const& type, std::string_view id) override
    {
        auto const found = rows_.find(std::string{id});
        if (found == rows_.end() || found->second.type->name() != type.name())
            return std::optional<Resource>{};
        return std::optional{found->second};
    }
    result<void> list(std::string_view, ResourceType const& type, function_ref<bool(Resource&&)> sink) override
    {
        for (auto const& [id, row] : rows_)
            if (row.type->name() == type.name() && !sink(Resource{row}))
                break;
        return {};
    }
    result<void> insert(std::string_view, Resource& resource) override
    {
        resource.id = std::to_string(++last_id_);
        rows_[resource.id] = resource;
        return {};
    }
    result<void> update(std::string_view, Resource const& resource) override
    {
        rows_[resource.id] = resource;
        return {};
    }
    result<void> erase(std::string_view, ResourceType const&, std::string_view id) override
    {
        rows_.erase(std::string{id});
        return {};
    }

private:
    std::map<std::string, Resource> rows_;
    bool versions_;
    int last_id_ = 1000;
};

} // namespace scimkit::test
