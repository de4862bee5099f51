// Query parameters other than `attributes` and `excludedAttributes` have no meaning here and are ignored, `filter` too
// (RFC 7644 section 3.4.2 leaves it open). This is what a service does most: nothing is copied that can be viewed.
#include "read.hpp"

#include "../membership/groups.hpp"
#include "../membership/membership_resources.hpp"
#include "packed_text.hpp"
#include "presenter.hpp"

namespace scimkit::service
{

result<PreparedRead> prepare_read(Call const& call)
{
    auto const shape = read_shape(call.target);
    PreparedRead prepared{.id = call.route.name, .conditions = Preconditions{call.request}, .large_attributes = {}};
    if (!shape.empty())
    {
        auto projection = read_projection(call, shape);
        if (!projection)
            return std::move(projection).error();
        prepared.chosen = std::move(*projection);
    }
    for (AttributeRef const& attribute : call.type().large_attributes())
        if (prepared.projection(call.plan()).shows(attribute))
            prepared.large_attributes.push_back(attribute);
    return prepared;
}

result<Resource> apply(ReadTransaction& transaction, PreparedRead const& prepared, Scope const& scope,
                       json::storage_ptr const& memory)
{
    Projection const& projection = prepared.projection(scope.plan());
    bool const is_stored = !scope.plan().is_membership;
    auto const& groups = scope.plan().groups();
    Wanted const wanted{.large_attributes = prepared.large_attributes,
                        .memory = memory,
                        .packed = is_stored && transaction.gives_packed() &&
                                  reads_packed(projection, scope.plan(), scope.state),
                        .references = groups && projection.shows(*groups),
                        .last = is_stored};
    auto stored = is_stored ? transaction.get(scope.type(), prepared.id, wanted)
                            : membership::MembershipView{transaction, scope}.get(scope.type(), prepared.id, wanted);
    if (!stored)
        return std::move(stored).error();
    if (!*stored)
        return no_such_resource(scope.type(), prepared.id);
    if (auto checked = prepared.conditions.check_read(**stored); !checked)
        return std::move(checked).error();
    if (auto shown = show_groups(transaction, **stored, projection, scope); !shown)
        return std::move(shown).error();
    return std::move(**stored);
}

result<Response> present(Resource&& resource, PreparedRead const& prepared, Call const& call)
{
    Projection const& projection = prepared.projection(call.plan());
    auto const& conditions = prepared.conditions;
    auto const& groups = call.plan().groups(); // come and go without a change of the resource
    bool const is_same =
        conditions.asks_if_modified()
            ? conditions.not_modified(entity_tag(resource, projection, call.plan()))
            : !(groups && projection.shows(*groups)) && conditions.not_modified_since(resource.last_modified);
    auto response = is_same ? result<Response>{bodiless_response(304, resource, projection, call)}
                            : resource_response(200, std::move(resource), projection, call);
    // RFC 7643 section 3.1: meta.location is the same as Content-Location. A part of the resource is not what is there.
    // A 304 has what the 200 would have (RFC 9110 section 15.4.5).
    if (response && !prepared.chosen)
        response->headers.push_back({"Content-Location", std::string{response->header("Location")}});
    return response;
}

} // namespace scimkit::service
