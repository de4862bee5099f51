// MapStore: a SmallStore over a std::map, as an embedder would write one; its abilities can be turned on and off.
#pragma once

#include <scimkit/core/text.hpp>
#include <scimkit/store/small_store.hpp>

#include <atomic>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace scimkit::test
{

class MapStore final : public SmallStore
{
public:
    struct Abilities
    {
        bool transactions = false;
        bool versions = false;
        bool find = false;
        bool own_ids = false;
        bool savepoints = false;
    };

    explicit MapStore(Abilities abilities)
        : abilities_(abilities)
    {
    }

    result<std::optional<Resource>> get(std::string_view tenant, ResourceType const& type, std::string_view id) override
    {
        auto const found = rows_.find(key(tenant, type, id));
        return found == rows_.end() ? std::optional<Resource>{} : std::optional{found->second};
    }

    result<void> list(std::string_view tenant, ResourceType const& type, function_ref<bool(Resource&&)> sink) override
    {
        ++lists;
        // From behind: the framework must not rely on any order.
        for (auto row = rows_.rbegin(); row != rows_.rend(); ++row)
            if (std::get<0>(row->first) == tenant && std::get<1>(row->first) == type.name() &&
                !sink(Resource{row->second}))
                break;
        return {};
    }

    result<bool> find(std::string_view tenant, AttributeRef const& attribute, ResourceType const& type,
                      std::string_view value, function_ref<bool(Resource&&)> sink) override
    {
        if (!abilities_.find || attribute.path() != "userName")
            return false;
        for (auto const& [row, resource] : rows_)
        {
            auto const* name = resource.attributes.if_contains("userName");
            if (std::get<0>(row) == tenant && std::get<1>(row) == type.name() && name &&
                equal_text(std::string_view{name->as_string()}, value, false) && !sink(Resource{resource}))
                break;
        }
        return true;
    }

    result<void> insert(std::string_view tenant, Resource& resource) override
    {
        if (abilities_.own_ids)
            resource.id = std::to_string(++last_id_);
        write_down(key(tenant, *resource.type, resource.id));
        rows_.emplace(key(tenant, *resource.type, resource.id), resource);
        return {};
    }

    result<void> update(std::string_view tenant, Resource const& resource) override
    {
        write_down(key(tenant, *resource.type, resource.id));
        rows_.at(key(tenant, *resource.type, resource.id)) = resource;
        return {};
    }

    result<void> erase(std::string_view tenant, ResourceType const& type, std::string_view id) override
    {
        write_down(key(tenant, type, id));
        rows_.erase(key(tenant, type, id));
        return {};
    }

    bool has_transactions() const override { return abilities_.transactions; }
    result<void> begin() override
    {
        before_ = rows_;
        savepoints_.clear();
        journal_.clear();
        ++begun;
        return {};
    }
    result<void> commit() override
    {
        if (fail_commit)
            return Error{ErrorCode::unavailable, "the disk is full"};
        ++committed;
        return {};
    }
    void roll_back() noexcept override
    {
        rows_ = before_;
        ++rolled_back;
    }
    bool has_savepoints() const override { return abilities_.savepoints; }
    result<void> set_savepoint() override
    {
        if (fail_set)
            return Error{ErrorCode::unavailable, "no savepoint"};
        savepoints_.push_back(journal_.size());
        return {};
    }
    result<void> release_savepoint() override
    {
        if (fail_release)
            return Error{ErrorCode::unavailable, "the savepoint is lost"};
        savepoints_.pop_back();
        return {};
    }
    result<void> roll_back_to_savepoint() override
    {
        for (; journal_.size() > savepoints_.back(); journal_.pop_back())
        {
            auto& [row, before] = journal_.back();
            if (before)
                rows_.insert_or_assign(row, std::move(*before));
            else
                rows_.erase(row);
        }
        savepoints_.pop_back();
        return {};
    }
    bool keeps_versions() const override { return abilities_.versions; }

    std::atomic<int> lists{0}; // reads run in parallel
    int begun = 0;
    int committed = 0;
    int rolled_back = 0;
    bool fail_commit = false;
    bool fail_set = false;     ///< set_savepoint()
    bool fail_release = false; ///< release_savepoint()

private:
    using Key = std::tuple<std::string, std::string, std::string>;
    static Key key(std::string_view tenant, ResourceType const& type, std::string_view id)
    {
        return {std::string{tenant}, type.name(), std::string{id}};
    }

    void write_down(Key const& row)
    {
        if (savepoints_.empty())
            return;
        auto const found = rows_.find(row);
        journal_.emplace_back(row, found != rows_.end() ? std::optional{found->second} : std::nullopt);
    }

    Abilities abilities_;
    std::map<Key, Resource> rows_;
    std::map<Key, Resource> before_;
    std::vector<std::size_t> savepoints_; // places in the journal
    std::vector<std::pair<Key, std::optional<Resource>>> journal_;
    std::uint64_t last_id_ = 1000;
};

} // namespace scimkit::test
