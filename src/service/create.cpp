// POST to an endpoint (RFC 7644 section 3.3).
#include <scimkit/core/text.hpp>

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

} // namespace

result<Response> create_resource(Call const& call)
{
    ServiceState const& state = call.state;
    auto projection = read_projection(call, read_shape(call.target));
    if (!projection)
        return std::move(projection).error();
    auto attributes = read_attributes(call);
    if (!attributes)
        return std::move(attributes).error();
    if (auto checked = check_resource(*attributes, call.type()); !checked)
        return std::move(checked).error();
    drop_computed_references(*attributes, call.plan(), call.state.options.base_url);
    if (call.plan().has_secrets)
        if (auto hashed = hash_secrets(*attributes, call.type(), *state.options.password_hasher); !hashed)
            return std::move(hashed).error();

    auto const id = state.options.environment->new_id();
    if (auto checked = check_id(id); !checked)
        return std::move(checked).error();
    auto const now = state.options.environment->now();
    Resource resource{.type = &call.type(), .created = now, .last_modified = now, .attributes = std::move(*attributes)};
    auto const written =
        run_write(call, false,
                  [&](WriteTransaction& transaction) -> result<void>
                  {
                      resource.id = id; // the store may have put its own there in a run that came to nothing
                      if (auto checked = check_references(transaction, resource.attributes, nullptr, call.plan(),
                                                          call.tolerance().unknown_members);
                          !checked)
                          return checked;
                      auto const version = transaction.insert(resource, state.facts.facts_of(resource));
                      if (!version)
                          return explain(version.error());
                      resource.version = *version;
                      return check_id(resource.id);
                  });
    if (!written)
        return written.error();
    projection->add_sent(resource.attributes);
    return resource_response(201, std::move(resource), *projection, call);
}

} // namespace scimkit::service
