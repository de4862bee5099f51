// JoinedStore: the resources of one type live in a store of their own, read only, and one service shows both.
#pragma once

#include <scimkit/store/forwarding_store.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace server
{

/// Everything but that type is of the first store, which is also the one whose traits, health, change log and
/// maintenance are told. What writes to the type is refused with 403.
class JoinedStore final : public scimkit::ForwardingStore
{
public:
    /// `type`: the name of a resource type. Neither store is null; `beside` has all tenants that are asked for.
    JoinedStore(std::shared_ptr<scimkit::ResourceStore> inner, std::string type,
                std::shared_ptr<scimkit::ResourceStore> beside);

    scimkit::result<std::shared_ptr<scimkit::Attachment const>>
    attach(std::shared_ptr<scimkit::SchemaRegistry const> registry) override;
    scimkit::result<void> read(scimkit::Attachment const& attachment, std::string_view tenant,
                               scimkit::CallContext const& context, Body<scimkit::ReadTransaction> body) override;
    scimkit::result<void> write(scimkit::Attachment const& attachment, std::string_view tenant,
                                scimkit::CallContext const& context, Body<scimkit::WriteTransaction> body) override;

private:
    scimkit::result<std::shared_ptr<scimkit::Attachment const>> attachment_beside(scimkit::Attachment const& own);

    std::string type_;
    std::shared_ptr<scimkit::ResourceStore> beside_;
    std::mutex mutex_; ///< for the next one
    std::map<scimkit::SchemaRegistry const*, std::shared_ptr<scimkit::Attachment const>> attachments_;
};

} // namespace server
