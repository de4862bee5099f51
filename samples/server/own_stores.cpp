// An attribute that clients could write would be no mark, and one that no type has would let everything be managed:
// both are refused at the start.
#include "own_stores.hpp"

#include <scimkit/schema/resource_type.hpp>
#include <scimkit/store/managed_guard.hpp>

#include "invalid.hpp"
#include "logging.hpp"

#include <utility>

namespace server
{

using scimkit::result;

result<void> guard_managed(Configuration& made, Settings const& settings)
{
    auto const& name = settings.managed_by;
    if (name.empty())
        return {};
    auto const path = scimkit::parse_attribute_path(name);
    bool is_known = false;
    for (auto const& type : made.service.registry->resource_types())
    {
        auto const found = path ? type->resolve(*path) : std::nullopt;
        if (!found || !found->attribute)
            continue;
        auto const& attribute = found->leaf();
        if (found->sub_attribute || attribute.type != scimkit::AttributeType::boolean || attribute.multi_valued ||
            attribute.mutability != scimkit::Mutability::read_only)
            return invalid("--managed-by " + name + " has to be a boolean attribute that is readOnly");
        is_known = true;
    }
    if (!is_known)
        return invalid("--managed-by " + name + " is no attribute of any resource type; --schema adds some");
    auto policy = scimkit::managed_by(name);
    if (!policy)
        return invalid("--managed-by " + name + ": " + policy.error().detail);
    made.service.store = std::make_shared<scimkit::ManagedGuard>(std::move(made.service.store), std::move(*policy));
    return {};
}

result<void> configure_async(Configuration& made, Settings const& settings)
{
    if (!settings.respond_async)
        return {};
    auto requests =
        scimkit::AsyncRequests::create({.store = made.service.store, .token = made.sign_result, .log = log});
    if (!requests)
        return invalid("--respond-async: " + requests.error().detail);
    made.service.async_requests = std::move(*requests);
    return {};
}

CarryingOut::CarryingOut(Configuration const& configuration, Serving const& serving)
    : requests_(configuration.service.async_requests)
{
    if (requests_)
        requests_->start([&serving](scimkit::Request const& request) { return serving.handle(request); });
}

CarryingOut::~CarryingOut()
{
    if (requests_)
        requests_->stop();
}

} // namespace server
