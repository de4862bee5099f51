// JournalStore: a SmallStore over maps that can take a write back, as an application's own table would.
#pragma once

#include <scimkit/store/small_store.hpp>

#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace scimkit::test
{

class JournalStore final : public SmallStore
{
public:
    result<std::optional<Resource>> get(std::string_view tenant, ResourceType const& type, std::string_view id) override
    {
        auto const found = rows_.find(key(tenant, type, id));
        return found == rows_.end() ? std::optional<Resource>{} : std::optional{found->second};
    }

    result<void> list(std::string_view tenant, ResourceType const& type, function_ref<bool(Resource&&)> sink) override
    {
        // Rows of one tenant and type stand together; from behind, since nobody may rely on an order.
        auto const begin = rows_.lower_bound(key(tenant, type, {}));
        auto end = begin;
        while (end != rows_.end() && std::get<0>(end->first) == tenant && std::get<1>(end->first) == type.name())
            ++end;
        while (end != begin)
            if (!sink(Resource{(--end)->second}))
                break;
        return {};
    }

    result<void> insert(std::string_view tenant, Resource& resource) override
    {
        write(key(tenant, *resource.type, resource.id), resource);
        return {};
    }

    result<void> update(std::string_view tenant, Resource const& resource) override
    {
        write(key(tenant, *resource.type, resource.id), resource);
        return {};
    }

    result<void> erase(std::string_view tenant, ResourceType const& type, std::string_view id) override
    {
        write(key(tenant, type, id), std::nullopt);
        return {};
    }

    bool has_transactions() const override { return true; }
    bool keeps_versions() const override { return true; }
    bool null_characters() const override { return true; }

    result<void> begin() override
    {
        journal_.clear();
        return {};
    }

    void roll_back() noexcept override
    {
        while (!journal_.empty())
        {
            auto [row, before] = std::move(journal_.back());
            journal_.pop_back();
            put(row, std::move(before));
        }
    }

private:
    using Key = std::tuple<std::string, std::string, std::string>;

    static Key key(std::string_view tenant, ResourceType const& type, std::string_view id)
    {
        return {std::string{tenant}, type.name(), std::string{id}};
    }

    void write(Key const& row, std::optional<Resource> after)
    {
        auto const found = rows_.find(row);
        journal_.emplace_back(row, found != rows_.end() ? std::optional{found->second} : std::nullopt);
        put(row, std::move(after));
    }

    void put(Key const& row, std::optional<Resource> resource)
    {
        if (resource)
            rows_.insert_or_assign(row, std::move(*resource));
        else
            rows_.erase(row);
    }

    std::map<Key, Resource> rows_;
    std::vector<std::pair<Key, std::optional<Resource>>> journal_;
};

} // namespace scimkit::test
