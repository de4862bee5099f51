// DefectiveStore: a good store behind a wrapper that breaks one promise, to see whether the conformance kit notices.
#pragma once

#include <scimkit/store/store.hpp>

#include <ostream>
#include <string_view>

namespace scimkit::test
{

enum class Defect
{
    none,
    unique_values_collide,
    versions_are_ignored,
    errors_commit,
    tenants_are_one,
    totals_are_of_the_page,
    removal_is_forgotten,
    every_version_is_refused,  ///< compare-and-set never succeeds
    an_index_entry_is_lost,    ///< one resource is not found by its indexed value; a walk finds it
    equal_values_are_reversed, ///< resources that sort alike come in descending order of id
    contains_is_starts_with,   ///< `co` finds only at the beginning
    a_member_is_lost,          ///< of three members or more, at every write of the whole attribute
    versions_are_stale,        ///< replace() returns the version before it
    reads_are_stale            ///< get() returns a version that is too old, so that no update ever succeeds
};

inline std::ostream& operator<<(std::ostream& out, Defect defect) { return out << static_cast<int>(defect); }

class DefectiveTransaction final : public WriteTransaction
{
public:
    DefectiveTransaction(WriteTransaction& inner, Defect defect)
        : inner_(inner)
        , defect_(defect)
    {
    }

    result<std::optional<Resource>> get(ResourceType const& type, std::string_view id, Wanted const& wanted) override;
    QueryCapability capability(Query const& query) const override;
    result<QuerySummary> query(Query const& query, function_ref<bool(Resource&&)> sink) override;
    LargeAttributeWriter* large_attributes() override { return inner_.large_attributes(); }
    ChangeFeed* change_feed() override { return inner_.change_feed(); }

    result<Version> insert(Resource& resource, Facts const& facts) override;
    result<Version> replace(Resource const& resource, std::optional<Version> expected, Facts const& facts,
                            LargeAttributes large, std::span<std::string const> changed) override;
    result<void> remove(ResourceType const& type, std::string_view id, std::optional<Version> expected) override;

private:
    /// The defect changes which resources come out, or in which order; then the wrapper streams, and leaves pages and
    /// totals to the framework, so that they agree with what comes out.
    bool streams() const;
    result<QuerySummary> stream(Query const& query, function_ref<bool(Resource&&)> sink);
    Facts weaken(Facts facts) const;
    Resource weaken(Resource resource) const;

    WriteTransaction& inner_;
    Defect defect_;
};

class DefectiveStore final : public ResourceStore
{
public:
    DefectiveStore(std::shared_ptr<ResourceStore> inner, Defect defect)
        : inner_(std::move(inner))
        , defect_(defect)
    {
    }

    StoreTraits traits() const override { return inner_->traits(); }
    result<void> attach(std::shared_ptr<SchemaRegistry const> registry) override
    {
        return inner_->attach(std::move(registry));
    }
    result<void> read(std::string_view tenant, CallContext const& context,
                      function_ref<result<void>(ReadTransaction&)> body) override;
    result<void> write(std::string_view tenant, CallContext const& context,
                       function_ref<result<void>(WriteTransaction&)> body) override;

private:
    std::string_view tenant_of(std::string_view tenant) const
    {
        return defect_ == Defect::tenants_are_one ? std::string_view{"one"} : tenant;
    }

    std::shared_ptr<ResourceStore> inner_;
    Defect defect_;
};

} // namespace scimkit::test
