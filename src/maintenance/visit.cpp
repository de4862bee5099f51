// A store streams its resources to a sink that can only say "stop": the error behind it is kept beside.
#include "visit.hpp"

#include <scimkit/schema/registry.hpp>
#include <scimkit/store/own_types.hpp>

#include <limits>

namespace scimkit::maintenance
{
namespace
{

constexpr std::uint64_t elements_at_once = 1'000;

result<std::vector<std::string>> tenants_of(ResourceStore& store, TransferOptions const& options)
{
    if (!options.tenants.empty())
        return options.tenants;
    std::vector<std::string> names;
    auto const listed = store.tenants(options.context,
                                      [&](std::string_view name)
                                      {
                                          names.emplace_back(name);
                                          return true;
                                      });
    if (!listed)
        return listed.error();
    return names;
}

result<void> visit_type(ReadTransaction& transaction, std::string_view tenant, ResourceType const& type,
                        SeeResource see)
{
    Query::Source const source{&type, nullptr, std::nullopt};
    Query query{.sources = {&source, 1}};
    query.limit = std::numeric_limits<std::int64_t>::max();
    query.total = TotalPolicy::none;
    bool const apart = transaction.large_attributes() != nullptr;
    if (!apart)
        query.large_attributes = type.large_attributes();
    result<void> seen;
    auto const ran = transaction.query(query,
                                       [&](Resource&& resource)
                                       {
                                           seen = see(tenant, transaction, std::move(resource));
                                           return seen.has_value();
                                       });
    if (!seen)
        return seen;
    return ran ? result<void>{} : result<void>{ran.error()};
}

Error would_be_left_out(std::string const& tenant, std::string_view type)
{
    if (type == async_request_type)
        return {ErrorCode::invalid_value,
                "Tenant '" + tenant +
                    "' has asynchronous requests that wait and would be left out: let the server "
                    "carry them out first."};
    return {ErrorCode::invalid_value, "Tenant '" + tenant + "' has resources of the type " + std::string{type} +
                                          ", which this configuration does not know and would leave out: configure "
                                          "the schemas of the server."};
}

/// What would be left out without a word is an error before anything is done. Results of asynchronous requests are
/// left out: they tell only what has become of a request, and go by themselves.
result<void> check_types(ResourceStore& store, Attachment const& attachment, std::vector<std::string> const& tenants,
                         CallContext const& context)
{
    auto* const maintenance = store.maintenance();
    if (!maintenance)
        return {};
    for (std::string const& tenant : tenants)
    {
        auto const names = maintenance->left_out(attachment, tenant, context);
        if (!names)
            return names.error();
        for (std::string const& name : *names)
            if (name != async_result_type)
                return would_be_left_out(tenant, name);
    }
    return {};
}

} // namespace

result<void> visit_store(ResourceStore& store, std::shared_ptr<SchemaRegistry const> const& registry,
                         TransferOptions const& options, Visitor const& visitor)
{
    auto const attachment = store.attach(registry);
    if (!attachment)
        return attachment.error();
    auto const tenants = tenants_of(store, options);
    if (!tenants)
        return tenants.error();
    if (auto known = check_types(store, **attachment, *tenants, options.context); !known)
        return known;
    for (std::string const& tenant : *tenants)
    {
        auto const read = store.read(**attachment, tenant, options.context,
                                     [&](ReadTransaction& transaction) -> result<void>
                                     {
                                         for (auto const& type : registry->resource_types())
                                             if (auto done = visit_type(transaction, tenant, *type, visitor.see); !done)
                                                 return done;
                                         return {};
                                     });
        if (!read)
            return read;
        if (auto ended = visitor.end(tenant); !ended)
            return ended;
    }
    return {};
}

result<void> read_elements(ReadTransaction& transaction, Resource const& resource, Attribute const& attribute,
                           function_ref<result<void>(json::object&&)> see)
{
    auto* const reader = transaction.large_attributes();
    if (!reader)
        return {};
    std::string after;
    for (std::uint64_t read = elements_at_once; read == elements_at_once;)
    {
        read = 0;
        std::string last;
        result<void> seen;
        auto const done =
            reader->read(*resource.type, resource.id, attribute, after, elements_at_once,
                         [&](json::object&& element)
                         {
                             ++read;
                             if (auto const* value = element.if_contains("value"); value && value->is_string())
                                 last = value->get_string();
                             seen = see(std::move(element));
                             return seen.has_value();
                         });
        if (!seen)
            return seen;
        if (!done)
            return done;
        if (read == elements_at_once && last.empty())
            return Error{ErrorCode::corrupt, "An element of '" + attribute.name + "' has no value."};
        after = std::move(last);
    }
    return {};
}

} // namespace scimkit::maintenance
