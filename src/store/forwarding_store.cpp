// Plain forwarding, kept beside the contract so that whoever wraps a store need not repeat it.
#include <scimkit/store/forwarding_store.hpp>

namespace scimkit
{

ForwardingStore::ForwardingStore(std::shared_ptr<ResourceStore> inner) noexcept
    : inner_(std::move(inner))
{
}

StoreTraits ForwardingStore::traits() const { return inner_->traits(); }

result<std::shared_ptr<Attachment const>> ForwardingStore::attach(std::shared_ptr<SchemaRegistry const> registry)
{
    return inner_->attach(std::move(registry));
}

result<void> ForwardingStore::read(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                                   Body<ReadTransaction> body)
{
    return inner_->read(attachment, tenant, context, body);
}

result<void> ForwardingStore::write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                                    Body<WriteTransaction> body)
{
    return inner_->write(attachment, tenant, context, body);
}

result<void> ForwardingStore::health() const { return inner_->health(); }

result<void> ForwardingStore::tenants(CallContext const& context, function_ref<bool(std::string_view)> sink)
{
    return inner_->tenants(context, sink);
}

result<void> ForwardingStore::remove_tenant(std::string_view tenant, CallContext const& context)
{
    return inner_->remove_tenant(tenant, context);
}

result<std::optional<Resource>> ForwardingReadTransaction::get(ResourceType const& type, std::string_view id,
                                                               Wanted const& wanted)
{
    return inner_.get(type, id, wanted);
}

result<void> ForwardingReadTransaction::get_many(ResourceType const& type, std::span<std::string_view const> ids,
                                                 Wanted const& wanted,
                                                 function_ref<bool(std::size_t which, Resource&&)> sink)
{
    return inner_.get_many(type, ids, wanted, sink);
}

QueryCapability ForwardingReadTransaction::capability(Query const& query) const { return inner_.capability(query); }

result<QuerySummary> ForwardingReadTransaction::query(Query const& query, function_ref<bool(Resource&&)> sink)
{
    return inner_.query(query, sink);
}

result<std::optional<Resource>> ForwardingWriteTransaction::get(ResourceType const& type, std::string_view id,
                                                                Wanted const& wanted)
{
    return inner_.get(type, id, wanted);
}

result<void> ForwardingWriteTransaction::get_many(ResourceType const& type, std::span<std::string_view const> ids,
                                                  Wanted const& wanted,
                                                  function_ref<bool(std::size_t which, Resource&&)> sink)
{
    return inner_.get_many(type, ids, wanted, sink);
}

QueryCapability ForwardingWriteTransaction::capability(Query const& query) const { return inner_.capability(query); }

result<QuerySummary> ForwardingWriteTransaction::query(Query const& query, function_ref<bool(Resource&&)> sink)
{
    return inner_.query(query, sink);
}

result<Version> ForwardingWriteTransaction::insert(Resource& resource, Facts const& facts)
{
    return inner_.insert(resource, facts);
}

result<Version> ForwardingWriteTransaction::replace(Resource const& resource, std::optional<Version> expected,
                                                    Facts const& facts, LargeAttributes large,
                                                    std::span<std::string const> changed)
{
    return inner_.replace(resource, expected, facts, large, changed);
}

result<void> ForwardingWriteTransaction::remove(ResourceType const& type, std::string_view id,
                                                std::optional<Version> expected)
{
    return inner_.remove(type, id, expected);
}

result<void> ForwardingWriteTransaction::savepoint(function_ref<result<void>()> body) { return inner_.savepoint(body); }

result<std::uint64_t> ForwardingLargeAttributes::count(ResourceType const& type, std::string_view id,
                                                       Attribute const& attribute)
{
    return inner_.count(type, id, attribute);
}

result<bool> ForwardingLargeAttributes::contains(ResourceType const& type, std::string_view id,
                                                 Attribute const& attribute, std::string_view value)
{
    return inner_.contains(type, id, attribute, value);
}

result<void> ForwardingLargeAttributes::contains_many(ResourceType const& type, std::string_view id,
                                                      Attribute const& attribute,
                                                      std::span<std::string_view const> values,
                                                      function_ref<bool(std::size_t which)> sink)
{
    return inner_.contains_many(type, id, attribute, values, sink);
}

result<void> ForwardingLargeAttributes::read(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                             std::string_view after, std::uint64_t limit,
                                             function_ref<bool(json::object&&)> sink)
{
    return inner_.read(type, id, attribute, after, limit, sink);
}

result<void> ForwardingLargeAttributes::references_to(std::string_view value, function_ref<bool(Reference const&)> sink)
{
    return inner_.references_to(value, sink);
}

result<void> ForwardingLargeAttributes::references_to_many(std::span<std::string_view const> values,
                                                           function_ref<bool(std::size_t which, Reference const&)> sink)
{
    return inner_.references_to_many(values, sink);
}

result<std::uint64_t> ForwardingLargeAttributes::add(ResourceType const& type, std::string_view id,
                                                     Attribute const& attribute, std::span<json::object const> elements)
{
    return inner_.add(type, id, attribute, elements);
}

result<std::uint64_t> ForwardingLargeAttributes::remove(ResourceType const& type, std::string_view id,
                                                        Attribute const& attribute, std::span<std::string const> values)
{
    return inner_.remove(type, id, attribute, values);
}

result<std::uint64_t> ForwardingLargeAttributes::replace(ResourceType const& type, std::string_view id,
                                                         Attribute const& attribute,
                                                         std::span<json::object const> elements)
{
    return inner_.replace(type, id, attribute, elements);
}

result<LogExtent> ForwardingChangeLog::extent(std::string_view tenant, CallContext const& context)
{
    return inner_.extent(tenant, context);
}

result<void> ForwardingChangeLog::read(std::string_view tenant, CallContext const& context, LogPosition after,
                                       std::uint64_t limit, function_ref<bool(LoggedChange&&)> sink)
{
    return inner_.read(tenant, context, after, limit, sink);
}

result<bool> ForwardingChangeLog::wait(std::string_view tenant, CallContext const& context, LogPosition after,
                                       std::stop_token stop)
{
    return inner_.wait(tenant, context, after, std::move(stop));
}

result<void> ForwardingChangeLog::acknowledge(std::string_view tenant, CallContext const& context,
                                              std::string_view reader, LogPosition position)
{
    return inner_.acknowledge(tenant, context, reader, position);
}

result<std::optional<LogPosition>> ForwardingChangeLog::place(std::string_view tenant, CallContext const& context,
                                                              std::string_view reader)
{
    return inner_.place(tenant, context, reader);
}

result<void> ForwardingChangeLog::places(std::string_view tenant, CallContext const& context,
                                         function_ref<bool(LogPlace&&)> sink)
{
    return inner_.places(tenant, context, sink);
}

result<bool> ForwardingChangeLog::forget(std::string_view tenant, CallContext const& context, std::string_view reader)
{
    return inner_.forget(tenant, context, reader);
}

result<LogTrimmed> ForwardingChangeLog::trim(std::string_view tenant, CallContext const& context, LogTrim const& what)
{
    return inner_.trim(tenant, context, what);
}

} // namespace scimkit
