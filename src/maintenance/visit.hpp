// Visit: every resource of a store, tenant after tenant, type after type, in the order of ids.
#pragma once

#include <scimkit/maintenance/transfer.hpp>

namespace scimkit::maintenance
{

/// `resource` is without its large attributes where the store keeps them apart; read_elements() has them.
using SeeResource =
    function_ref<result<void>(std::string_view tenant, ReadTransaction& transaction, Resource&& resource)>;

/// `begin` and `end` are told of each tenant, outside its transaction.
struct Visitor
{
    SeeResource see;
    function_ref<result<void>(std::string_view tenant)> end;
};

result<void> visit_store(ResourceStore& store, std::shared_ptr<SchemaRegistry const> const& registry,
                         TransferOptions const& options, Visitor const& visitor);

/// The elements of a large attribute that the store keeps apart, in order; none where it does not.
result<void> read_elements(ReadTransaction& transaction, Resource const& resource, Attribute const& attribute,
                           function_ref<result<void>(json::object&&)> see);

} // namespace scimkit::maintenance
