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
    every_version_is_refused
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

    result<std::optional<Resource>> get(ResourceType const& type, std::string_view id, Wanted const& wanted) override
    {
        return inner_.get(type, id, wanted);
    }
    QueryCapability capability(Query const& query) const override { return inner_.capability(query); }
    result<QuerySummary> query(Query const& query, function_ref<bool(Resource&&)> sink) override
    {
        std::uint64_t count = 0;
        auto summary = inner_.query(query,
                                    [&](Resource&& resource)
                                    {
                                        ++count;
                                        return sink(std::move(resource));
                                    });
        if (summary && summary->total && defect_ == Defect::totals_are_of_the_page)
            summary->total = count;
        return summary;
    }
    LargeAttributeWriter* large_attributes() override { return inner_.large_attributes(); }
    ChangeFeed* change_feed() override { return inner_.change_feed(); }

    result<Version> insert(Resource& resource, Facts const& facts) override
    {
        return inner_.insert(resource, weaken(facts));
    }
    result<Version> replace(Resource const& resource, std::optional<Version> expected, Facts const& facts,
                            LargeAttributes large, std::span<std::string const> changed) override
    {
        if (defect_ == Defect::versions_are_ignored)
            expected.reset();
        if (defect_ == Defect::every_version_is_refused && expected)
            return Error{ErrorCode::precondition_failed, "another version"};
        return inner_.replace(resource, expected, weaken(facts), large, changed);
    }
    result<void> remove(ResourceType const& type, std::string_view id, std::optional<Version> expected) override
    {
        return defect_ == Defect::removal_is_forgotten ? result<void>{} : inner_.remove(type, id, expected);
    }

private:
    Facts weaken(Facts facts) const
    {
        if (defect_ == Defect::unique_values_collide)
            facts.unique_keys.clear();
        return facts;
    }

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
                      function_ref<result<void>(ReadTransaction&)> body) override
    {
        // Reads through a write transaction: the wrapper exists once.
        auto outcome = result<void>{};
        auto const done = inner_->write(tenant_of(tenant), context,
                                        [&](WriteTransaction& transaction) -> result<void>
                                        {
                                            DefectiveTransaction defective{transaction, defect_};
                                            outcome = body(defective);
                                            return {};
                                        });
        return done ? outcome : done;
    }
    result<void> write(std::string_view tenant, CallContext const& context,
                       function_ref<result<void>(WriteTransaction&)> body) override
    {
        auto outcome = result<void>{};
        auto const done = inner_->write(tenant_of(tenant), context,
                                        [&](WriteTransaction& transaction)
                                        {
                                            DefectiveTransaction defective{transaction, defect_};
                                            outcome = body(defective);
                                            return defect_ == Defect::errors_commit ? result<void>{} : outcome;
                                        });
        return done ? outcome : done;
    }

private:
    std::string_view tenant_of(std::string_view tenant) const
    {
        return defect_ == Defect::tenants_are_one ? std::string_view{"one"} : tenant;
    }

    std::shared_ptr<ResourceStore> inner_;
    Defect defect_;
};

} // namespace scimkit::test
