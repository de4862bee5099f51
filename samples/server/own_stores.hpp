// What stands between the services and the store, or beside them, because a setting wants it.
#pragma once

#include <scimkit/service/async_requests.hpp>

#include "configuration.hpp"
#include "serving.hpp"

#include <memory>

namespace server
{

/// --deletion-guard: the store of `made`, guarded; behind configure_metrics(). Error: one sentence for the operator.
scimkit::result<void> guard_deletions(Configuration& made, Settings const& settings);

/// --managed-by, of the server and of tenants. Error: one sentence for the operator.
scimkit::result<void> guard_managed(Configuration& made, Settings const& settings);

/// --respond-async; behind configure_events(). Error: one sentence for the operator.
scimkit::result<void> configure_async(Configuration& made, Settings const& settings);

/// Carries asynchronous requests out for as long as it lives.
class CarryingOut
{
public:
    /// Both outlive it.
    CarryingOut(Configuration const& configuration, Serving const& serving);
    ~CarryingOut();
    CarryingOut(CarryingOut const&) = delete;
    CarryingOut& operator=(CarryingOut const&) = delete;

private:
    std::shared_ptr<scimkit::AsyncRequests> requests_;
};

} // namespace server
