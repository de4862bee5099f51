// From store to store: the reading transaction stays open over the writes to the other store, so that a tenant is
// copied as of one moment.
#include <scimkit/maintenance/transfer.hpp>

#include "loader.hpp"
#include "visit.hpp"

namespace scimkit
{

result<TransferReport> copy_store(ResourceStore& from, ResourceStore& to,
                                  std::shared_ptr<SchemaRegistry const> registry, TransferOptions const& options)
{
    if (&from == &to)
        return Error{ErrorCode::invalid_value, "A store cannot be copied to itself."};
    auto loader = maintenance::Loader::make(to, registry, options);
    if (!loader)
        return loader.error();
    auto const see = [&](std::string_view tenant, ReadTransaction& transaction, Resource&& resource) -> result<void>
    {
        Resource owner;
        owner.type = resource.type;
        owner.id = resource.id;
        if (auto begun = loader->begin(tenant, std::move(resource)); !begun)
            return begun;
        for (AttributeRef const& large : owner.type->large_attributes())
            if (auto read = maintenance::read_elements(transaction, owner, *large.attribute,
                                                       [&](json::object&& element)
                                                       { return loader->add(*large.attribute, std::move(element)); });
                !read)
                return read;
        return {};
    };
    auto const end = [&](std::string_view) -> result<void>
    {
        ++loader->report().tenants;
        return loader->flush();
    };
    if (auto done = maintenance::visit_store(from, registry, options, {see, end}); !done)
        return done.error();
    return loader->report();
}

} // namespace scimkit
