// By comparing what is wrong before and after, within the transaction: so it holds for every way to write, for what two
// resources say together, and for two administrators at once.
#include "checked_store.hpp"

#include <scimkit/schema/resource_type.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace server
{

using scimkit::result;

namespace
{

/// Knows what was wrong before the first write that matters, and which tenants are written.
class Noting final : public scimkit::ForwardingWriteTransaction
{
public:
    Noting(scimkit::WriteTransaction& inner, CheckedStore::Faults const& faults)
        : ForwardingWriteTransaction(inner)
        , faults_(faults)
    {
    }

    result<scimkit::Version> insert(scimkit::Resource& resource, scimkit::Facts const& facts) override
    {
        if (auto noted = note(*resource.type, &resource); !noted)
            return noted.error();
        if (resource.type->name() == "Tenant" && !adopts(resource))
            if (auto const* const name = resource.attributes.if_contains("name"); name && name->is_string())
                made_.emplace(name->get_string());
        return ForwardingWriteTransaction::insert(resource, facts);
    }

    result<scimkit::Version> replace(scimkit::Resource const& resource, std::optional<scimkit::Version> expected,
                                     scimkit::Facts const& facts, scimkit::LargeAttributes large,
                                     std::span<std::string const> changed) override
    {
        if (auto noted = note(*resource.type, &resource); !noted)
            return noted.error();
        return ForwardingWriteTransaction::replace(resource, expected, facts, large, changed);
    }

    result<void> remove(scimkit::ResourceType const& type, std::string_view id,
                        std::optional<scimkit::Version> expected) override
    {
        if (auto noted = note(type, nullptr); !noted)
            return noted;
        return ForwardingWriteTransaction::remove(type, id, expected);
    }

    /// What is wrong now and was not before. Error: of the store.
    result<void> check()
    {
        if (!before_)
            return {};
        auto const after = faults_({inner(), tenants_, made_});
        if (!after)
            return after.error();
        for (auto const& fault : *after)
            if (std::ranges::find(*before_, fault) == before_->end())
                return fault;
        return {};
    }

private:
    static bool adopts(scimkit::Resource const& tenant)
    {
        auto const* const adopt = tenant.attributes.if_contains("adopt");
        return adopt && adopt->is_bool() && adopt->get_bool();
    }

    result<void> note(scimkit::ResourceType const& type, scimkit::Resource const* resource)
    {
        if (!matters(type.name()))
            return {};
        if (!before_)
        {
            auto before = faults_({inner(), {}, {}});
            if (!before)
                return before.error();
            before_ = std::move(*before);
        }
        auto const* const name = resource ? resource->attributes.if_contains("name") : nullptr;
        if (type.name() == "Tenant" && name && name->is_string())
            tenants_.emplace(name->get_string());
        return {};
    }

    CheckedStore::Faults const& faults_;
    std::optional<std::vector<scimkit::Error>> before_{};
    std::set<std::string> tenants_{};
    std::set<std::string> made_{};
};

} // namespace

bool matters(std::string_view type) noexcept
{
    return type == "Tenant" || type == "Token" || type == "Client" || type == "DeletionHold";
}

bool matters(scimkit::LoggedChange const& change)
{
    bool const is_use = change.operation == scimkit::LoggedChange::Operation::replaced && change.elements.empty() &&
                        std::ranges::all_of(change.changed, [](auto const& value) { return value.path == "lastUsed"; });
    return matters(change.resource_type) && !is_use;
}

CheckedStore::CheckedStore(std::shared_ptr<scimkit::ResourceStore> inner, Faults faults)
    : ForwardingStore(std::move(inner))
    , faults_(std::move(faults))
{
}

result<void> CheckedStore::write(scimkit::Attachment const& attachment, std::string_view tenant,
                                 scimkit::CallContext const& context, Body<scimkit::WriteTransaction> body)
{
    auto const checked = [&](scimkit::WriteTransaction& transaction) -> result<void>
    {
        Noting noting{transaction, faults_};
        auto done = body(noting);
        return done ? noting.check() : done;
    };
    return ForwardingStore::write(attachment, tenant, context, checked);
}

} // namespace server
