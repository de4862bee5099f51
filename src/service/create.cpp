// POST to an endpoint (RFC 7644 section 3.3).
#include <scimkit/core/text.hpp>

#include "memberships.hpp"
#include "operations.hpp"
#include "presenter.hpp"
#include "references.hpp"
#include "secrets.hpp"
#include "stored_resource.hpp"

namespace scimkit::service
{
namespace
{

/// Ids come from the application's Environment or store (RFC 7643 section 3.1): a wrong one is a fault of theirs.
result<void> check_id(std::string_view id)
{
    if (id.empty() || to_ascii_lower(id).find("bulkid") != std::string::npos)
        return Error{ErrorCode::internal,
                     "A new resource got an id that is empty or contains the reserved word bulkId."};
    return {};
}

/// Hashing is dear: it comes after a look at what the store would refuse.
result<void> hash_new_secrets(json::object& attributes, Call const& call)
{
    auto const secrets = count_secrets(attributes, call.type());
    if (!secrets || *secrets == 0)
        return secrets ? result<void>{} : secrets.error();
    Resource const resource{.type = &call.type(), .attributes = attributes};
    if (auto looked =
            run_read(call, [&](ReadTransaction& transaction) { return check_unique(transaction, resource, call); });
        !looked)
        return looked;
    return hash_secrets(attributes, {}, call);
}

/// Stores a copy of `prepared`, which stays as it is: a store may run a body again.
result<Resource> insert(WriteTransaction& transaction, Resource const& prepared, Projection const& projection,
                        Call const& call)
{
    Resource resource = prepared;
    if (auto settled = settle_references(transaction, resource.attributes, nullptr, call); !settled)
        return std::move(settled).error();
    if (auto checked = check_size(resource.attributes, nullptr, call); !checked)
        return std::move(checked).error();
    order_large_attributes(resource, call);
    auto const version = transaction.insert(resource, call.state.facts.facts_of(resource));
    if (!version)
        return explain(version.error());
    resource.version = *version;
    if (auto checked = check_id(resource.id); !checked)
        return std::move(checked).error();
    // An id that the store chose may be one that groups name already; a new one of ours cannot be.
    if (resource.id != prepared.id && call.plan().groups && projection.shows(*call.plan().groups))
        if (auto filled = fill_groups(transaction, {&resource, 1}, call.plan(), call.state, call.context); !filled)
            return std::move(filled).error();
    return resource;
}

} // namespace

result<Response> create_resource(Call const& call)
{
    ServiceState const& state = call.state;
    auto const shape = read_shape(call.target);
    auto projection = read_projection(call, shape);
    if (!projection)
        return std::move(projection).error();
    auto attributes = read_attributes(call);
    if (!attributes)
        return std::move(attributes).error();
    if (auto checked = check_resource(*attributes, call.type()); !checked)
        return std::move(checked).error();
    projection->add_sent(*attributes);
    if (call.plan().has_secrets)
        if (auto hashed = hash_new_secrets(*attributes, call); !hashed)
            return std::move(hashed).error();

    auto const now = call.context.now;
    Resource const prepared{.type = &call.type(),
                            .id = state.options.environment->new_id(),
                            .created = now,
                            .last_modified = now,
                            .attributes = std::move(*attributes)};
    if (auto checked = check_id(prepared.id); !checked)
        return std::move(checked).error();
    std::optional<Resource> created;
    auto const written = run_write(call, false,
                                   [&](WriteTransaction& transaction) -> result<void>
                                   {
                                       auto inserted = insert(transaction, prepared, *projection, call);
                                       if (!inserted)
                                           return std::move(inserted).error();
                                       created = std::move(*inserted);
                                       return {};
                                   });
    if (!written)
        return written.error();
    return write_response(201, std::move(*created), *projection, call, read_write_answer(call.request, shape));
}

} // namespace scimkit::service
