// By comparing what is wrong before and after, within the transaction: so it holds for every way to write, for what two
// resources say together, and for two administrators at once.
#include "checked_store.hpp"

#include <algorithm>
#include <utility>

namespace server
{

using scimkit::result;

namespace
{

/// Notes the names of tenants that are written.
class Noting final : public scimkit::ForwardingWriteTransaction
{
public:
    using ForwardingWriteTransaction::ForwardingWriteTransaction;

    result<scimkit::Version> insert(scimkit::Resource& resource, scimkit::Facts const& facts) override
    {
        note(resource);
        return ForwardingWriteTransaction::insert(resource, facts);
    }

    result<scimkit::Version> replace(scimkit::Resource const& resource, std::optional<scimkit::Version> expected,
                                     scimkit::Facts const& facts, scimkit::LargeAttributes large,
                                     std::span<std::string const> changed) override
    {
        note(resource);
        return ForwardingWriteTransaction::replace(resource, expected, facts, large, changed);
    }

    std::set<std::string> tenants{};

private:
    void note(scimkit::Resource const& resource)
    {
        auto const* const name = resource.attributes.if_contains("name");
        if (resource.type->name() == "Tenant" && name && name->is_string())
            tenants.emplace(name->get_string());
    }
};

} // namespace

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
        auto const before = faults_({transaction, {}});
        if (!before)
            return before.error();
        Noting noting{transaction};
        if (auto done = body(noting); !done)
            return done;
        auto const after = faults_({transaction, noting.tenants});
        if (!after)
            return after.error();
        for (auto const& fault : *after)
            if (std::ranges::find(*before, fault) == before->end())
                return fault;
        return {};
    };
    return ForwardingStore::write(attachment, tenant, context, checked);
}

} // namespace server
