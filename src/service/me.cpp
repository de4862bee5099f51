// /Me becomes the path of a resource before anything else looks at it, so that every rule for that resource holds (RFC
// 7644 section 3.11).
#include "me.hpp"

#include <scimkit/core/text.hpp>
#include <scimkit/filter/bind.hpp>
#include <scimkit/filter/compare_operator.hpp>
#include <scimkit/schema/registry.hpp>

#include <algorithm>

namespace scimkit
{
namespace service
{
namespace
{

Error misconfigured(std::string detail) { return {ErrorCode::internal, "ServiceOptions::me: " + std::move(detail)}; }

/// `attribute eq "value"`.
result<BoundFilter> identifying(OwnResource const& own, ResourceType const& type)
{
    auto const path = parse_attribute_path(own.attribute);
    auto const attribute = path ? type.resolve(*path) : std::nullopt;
    if (!attribute || !attribute->attribute || attribute->leaf().type != AttributeType::string)
        return misconfigured(own.attribute + " is no string attribute of " + type.name() + ".");
    return BoundFilter{BoundComparison{*attribute, CompareOperator::eq,
                                       StringKey{own.value, comparison_key(own.value, attribute->leaf().case_exact)}}};
}

result<std::string> look_up(Call const& call, OwnResource const& own, ResourceType const& type)
{
    auto const filter = identifying(own, type);
    if (!filter)
        return filter.error();
    std::vector<std::string> ids;
    auto const read = run_read(call,
                               [&](ReadTransaction& transaction) -> result<void>
                               {
                                   Query::Source const source{.type = &type, .filter = &*filter};
                                   auto found = run_query(
                                       transaction, {.sources = {&source, 1}, .limit = 2, .total = TotalPolicy::none},
                                       call.state.options.limits.query, call.context);
                                   if (!found)
                                       return std::move(found).error();
                                   ids.clear();
                                   for (Resource& resource : found->resources)
                                       ids.push_back(std::move(resource.id));
                                   return {};
                               });
    if (!read)
        return read.error();
    if (ids.size() > 1)
        return Error{ErrorCode::forbidden, "More than one resource could be that of the caller."}.against(
            "7644-3.11-g");
    return ids.empty() ? result<std::string>{no_own_resource()} : std::move(ids.front());
}

} // namespace

Error no_own_resource()
{
    return Error{ErrorCode::forbidden, "No resource here is the caller's own, so /Me is not for this caller."}.against(
        "7644-3.11-g");
}

result<Own> find_own_resource(Call const& call)
{
    auto own = call.state.options.me(call.principal, call.tenant);
    if (!own)
        return std::move(own).error();
    if (!*own)
        return no_own_resource();
    auto const types = call.state.attachment->registry().resource_types();
    auto const type = std::ranges::find_if(types, [&](auto const& known) { return known->name() == (*own)->type; });
    if (type == types.end())
        return misconfigured("there is no resource type " + (*own)->type + ".");
    if ((*type)->definition().read_only && call.request.method != "GET" && call.request.method != "HEAD")
        return Error{ErrorCode::method_not_allowed, "This endpoint takes GET, HEAD."};
    auto id = (*own)->id.empty() ? look_up(call, **own, **type) : result<std::string>{std::move((*own)->id)};
    if (!id)
        return std::move(id).error();
    return Own{&call.state.plan_of(**type), std::move(*id)};
}

} // namespace service

std::function<result<std::optional<OwnResource>>(Principal const&, std::string_view)>
own_resource_by(std::string attribute, std::string type)
{
    return [attribute = std::move(attribute),
            type = std::move(type)](Principal const& principal, std::string_view) -> result<std::optional<OwnResource>>
    {
        if (principal.subject.empty())
            return std::optional<OwnResource>{};
        return std::optional{OwnResource{.type = type, .id = {}, .attribute = attribute, .value = principal.subject}};
    };
}

} // namespace scimkit
