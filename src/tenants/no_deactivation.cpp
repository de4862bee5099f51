// Looked at where everything passes, so that no way to write `active` can be forgotten: PUT, PATCH in all its forms,
// and both inside a Bulk.
#include "no_deactivation.hpp"

#include <scimkit/schema/resource_type.hpp>
#include <scimkit/store/forwarding_store.hpp>

#include "../store/activity.hpp"

namespace scimkit::tenants
{
namespace
{

class Looking final : public ForwardingWriteTransaction
{
public:
    using ForwardingWriteTransaction::ForwardingWriteTransaction;

    result<Version> replace(Resource const& resource, std::optional<Version> expected, Facts const& facts,
                            LargeAttributes large, std::span<std::string const> changed) override
    {
        if (auto const* const active = resource.attributes.if_contains("active"); !active || *active != true)
        {
            auto const stored = get(*resource.type, resource.id, {});
            if (!stored)
                return stored.error();
            if (*stored && deactivates((*stored)->attributes, resource.attributes))
                return Error{ErrorCode::forbidden, "This tenant does not offer deactivating resources."};
        }
        return ForwardingWriteTransaction::replace(resource, expected, facts, large, changed);
    }
};

class NoDeactivation final : public ForwardingStore
{
public:
    using ForwardingStore::ForwardingStore;

    result<void> write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                       Body<WriteTransaction> body) override
    {
        return ForwardingStore::write(attachment, tenant, context,
                                      [&](WriteTransaction& transaction)
                                      {
                                          Looking looking{transaction};
                                          return body(looking);
                                      });
    }
};

} // namespace

std::shared_ptr<ResourceStore> no_deactivation(std::shared_ptr<ResourceStore> inner)
{
    return std::make_shared<NoDeactivation>(std::move(inner));
}

} // namespace scimkit::tenants
