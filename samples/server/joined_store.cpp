// A query of one store goes to that store as it is, with its indexes. One of both is streamed, source after source, and
// the framework filters and sorts on top.
#include "joined_store.hpp"

#include <scimkit/schema/resource_type.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace server
{

using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::Query;
using scimkit::ReadTransaction;
using scimkit::Resource;
using scimkit::ResourceType;
using scimkit::result;

namespace
{

Error read_only(std::string const& type)
{
    return {ErrorCode::forbidden, "Resources of the type " + type + " are written by the server alone."};
}

enum class AskedStores
{
    inner,
    beside,
    both
};

/// What both kinds of transaction do alike. `Base` forwards to the first store.
template <class Base>
class Joined : public Base
{
public:
    template <class Inner>
    Joined(Inner& inner, std::string const& type, ReadTransaction& beside) noexcept
        : Base(inner)
        , type_(type)
        , beside_(beside)
    {
    }

    result<std::optional<Resource>> get(ResourceType const& type, std::string_view id,
                                        scimkit::Wanted const& wanted) override
    {
        return type.name() == type_ ? beside_.get(type, id, wanted) : Base::get(type, id, wanted);
    }

    result<void> get_many(ResourceType const& type, std::span<std::string_view const> ids,
                          scimkit::Wanted const& wanted,
                          scimkit::function_ref<bool(std::size_t which, Resource&&)> sink) override
    {
        return type.name() == type_ ? beside_.get_many(type, ids, wanted, sink)
                                    : Base::get_many(type, ids, wanted, sink);
    }

    scimkit::QueryCapability capability(Query const& query) const override
    {
        auto const asked = asked_by(query);
        if (asked == AskedStores::both)
            return {};
        return asked == AskedStores::beside ? beside_.capability(query) : Base::capability(query);
    }

    result<scimkit::QuerySummary> query(Query const& query, scimkit::function_ref<bool(Resource&&)> sink) override
    {
        auto const asked = asked_by(query);
        if (asked != AskedStores::both)
            return one(asked == AskedStores::beside, query, sink);
        bool goes_on = true;
        auto const until = [&](Resource&& resource) { return goes_on = sink(std::move(resource)); };
        for (auto const& source : query.sources)
        {
            Query::Source const whole{.type = source.type};
            auto const done = one(source.type->name() == type_,
                                  {.sources = {&whole, 1},
                                   .limit = std::numeric_limits<std::uint64_t>::max(),
                                   .total = scimkit::TotalPolicy::none,
                                   .large_attributes = query.large_attributes},
                                  until);
            if (!done)
                return done.error();
            if (!goes_on)
                break;
        }
        return scimkit::QuerySummary{};
    }

    bool gives_packed() const noexcept override { return Base::inner().gives_packed() && beside_.gives_packed(); }

protected:
    bool is_beside(ResourceType const& type) const { return type.name() == type_; }
    std::string const& type() const noexcept { return type_; }

private:
    result<scimkit::QuerySummary> one(bool beside, Query const& query, scimkit::function_ref<bool(Resource&&)> sink)
    {
        return beside ? beside_.query(query, sink) : Base::query(query, sink);
    }

    AskedStores asked_by(Query const& query) const
    {
        auto const of_beside = [&](Query::Source const& source) { return source.type->name() == type_; };
        auto const count = std::ranges::count_if(query.sources, of_beside);
        if (count == 0)
            return AskedStores::inner;
        return static_cast<std::size_t>(count) == query.sources.size() ? AskedStores::beside : AskedStores::both;
    }

    std::string const& type_;
    ReadTransaction& beside_;
};

using JoinedRead = Joined<scimkit::ForwardingReadTransaction>;

class JoinedWrite final : public Joined<scimkit::ForwardingWriteTransaction>
{
public:
    using Joined::Joined;

    result<scimkit::Version> insert(Resource& resource, scimkit::Facts const& facts) override
    {
        return is_beside(*resource.type) ? read_only(type()) : ForwardingWriteTransaction::insert(resource, facts);
    }

    result<scimkit::Version> replace(Resource const& resource, std::optional<scimkit::Version> expected,
                                     scimkit::Facts const& facts, scimkit::LargeAttributes large,
                                     std::span<std::string const> changed) override
    {
        return is_beside(*resource.type)
                   ? read_only(type())
                   : ForwardingWriteTransaction::replace(resource, expected, facts, large, changed);
    }

    result<void> remove(ResourceType const& type, std::string_view id,
                        std::optional<scimkit::Version> expected) override
    {
        return is_beside(type) ? read_only(type.name()) : ForwardingWriteTransaction::remove(type, id, expected);
    }
};

} // namespace

JoinedStore::JoinedStore(std::shared_ptr<scimkit::ResourceStore> inner, std::string type,
                         std::shared_ptr<scimkit::ResourceStore> beside)
    : ForwardingStore(std::move(inner))
    , type_(std::move(type))
    , beside_(std::move(beside))
{
}

result<std::shared_ptr<scimkit::Attachment const>>
JoinedStore::attach(std::shared_ptr<scimkit::SchemaRegistry const> registry)
{
    auto own = ForwardingStore::attach(registry);
    if (!own)
        return own;
    auto beside = beside_->attach(std::move(registry));
    if (!beside)
        return beside.error();
    std::lock_guard const lock{mutex_};
    attachments_.insert_or_assign(&(*own)->registry(), std::move(*beside));
    return own;
}

/// Of the same registry, which the first attachment keeps alive as long as anybody may ask.
result<std::shared_ptr<scimkit::Attachment const>> JoinedStore::attachment_beside(scimkit::Attachment const& own)
{
    std::lock_guard const lock{mutex_};
    auto const found = attachments_.find(&own.registry());
    if (found == attachments_.end())
        return Error{ErrorCode::internal, "The attachment is of another store."};
    return found->second;
}

result<void> JoinedStore::read(scimkit::Attachment const& attachment, std::string_view tenant,
                               scimkit::CallContext const& context, Body<ReadTransaction> body)
{
    auto const beside = attachment_beside(attachment);
    if (!beside)
        return beside.error();
    auto const both = [&](ReadTransaction& inner) -> result<void>
    {
        return beside_->read(**beside, tenant, context,
                             [&](ReadTransaction& other) -> result<void>
                             {
                                 JoinedRead joined{inner, type_, other};
                                 return body(joined);
                             });
    };
    return ForwardingStore::read(attachment, tenant, context, both);
}

result<void> JoinedStore::write(scimkit::Attachment const& attachment, std::string_view tenant,
                                scimkit::CallContext const& context, Body<scimkit::WriteTransaction> body)
{
    auto const beside = attachment_beside(attachment);
    if (!beside)
        return beside.error();
    auto const both = [&](scimkit::WriteTransaction& inner) -> result<void>
    {
        return beside_->read(**beside, tenant, context,
                             [&](ReadTransaction& other) -> result<void>
                             {
                                 JoinedWrite joined{inner, type_, other};
                                 return body(joined);
                             });
    };
    return ForwardingStore::write(attachment, tenant, context, both);
}

} // namespace server
