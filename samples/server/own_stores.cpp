// An attribute that clients could write would be no mark, and one that no type has would let everything be managed:
// both are refused at the start. So is a guard whose holds nobody could release.
#include "own_stores.hpp"

#include <scimkit/core/environment.hpp>

#include "invalid.hpp"
#include "logging.hpp"
#include "managed_tenants.hpp"
#include "metrics.hpp"
#include "origin.hpp"

#include <utility>

namespace server
{

using scimkit::result;

result<void> guard_deletions(Configuration& made, Settings const& settings)
{
    if (settings.deletion_guard == 0)
        return {};
    if (settings.admin.empty())
        return invalid("--deletion-guard needs --admin, where an administrator releases what it holds.");
    made.holds = std::make_shared<HoldListener>();
    auto const told = [holds = made.holds](std::string_view tenant)
    {
        log(scimkit::LogLevel::warning,
            "deletions and deactivations are held (--deletion-guard): tenant " + std::string{tenant});
        holds->tell(std::string{tenant});
    };
    scimkit::DeletionLimits limits{.max_removals = settings.deletion_guard, .told = told};
#ifdef SCIMKIT_SERVER_METRICS
    if (made.metrics) // weak: metrics look at the guard, and whoever owns in a circle ends after the end of main()
        limits.refused = [weak = std::weak_ptr{made.metrics}](std::string_view tenant)
        {
            if (auto const metrics = weak.lock())
                metrics->hit(tenant, "deletions");
        };
#endif
    made.guard = std::make_shared<scimkit::DeletionGuard>(std::move(made.service.store), std::move(limits));
    made.service.store = made.guard;
    return {};
}

result<void> guard_managed(Configuration& made, Settings const& settings)
{
    made.unguarded = made.service.store;
    if (auto known = check_mark(*made.service.registry, settings.managed_by); !known)
        return invalid("--managed-by " + known.error().detail);
    made.managed->set_otherwise(settings.managed_by);
    bool const others_may_say = !settings.tenants_file.empty() || !settings.admin.empty();
    if (settings.event_feed == "managed" && settings.managed_by.empty() && !others_may_say)
        return invalid("--event-feed managed needs --managed-by.");
    if (others_may_say || !settings.managed_by.empty())
        made.service.store = guard_marked(std::move(made.service.store), made.managed);
    return {};
}

namespace
{

/// A key that was revoked, has expired or was narrowed since a request was accepted counts for nothing, nor does such a
/// client of the token endpoint, or an issuer that was taken out of the settings. An access token itself expires, and
/// is not looked at.
std::function<result<void>(std::string_view, scimkit::Principal const&)> sender_check(Configuration const& made,
                                                                                      Settings const& settings)
{
    return [tokens = made.tokens, clients = made.clients, issuer = settings.oauth_issuer,
            own = settings.token_endpoint ? origin_of(made.announced) : std::string{},
            otherwise = made.service.default_tenant](std::string_view, scimkit::Principal const& sender) -> result<void>
    {
        if (!sender.issuer.empty())
        {
            bool const is_own = !own.empty() && sender.issuer == own;
            bool const may_still = is_own ? clients->covers(sender, otherwise, scimkit::system_environment()->now())
                                          : sender.issuer == issuer;
            return may_still
                       ? result<void>{}
                       : scimkit::Error{scimkit::ErrorCode::forbidden,
                                        "Whoever sent this request may not do so any more: the client was revoked, "
                                        "has expired, is gone or is for less than it was, or its issuer is not "
                                        "trusted here any more."};
        }
        auto standing = tokens->standing(sender);
        if (sender.tenant == otherwise && standing == scimkit::KeyStanding::unknown) // a key may name it or not
            standing = tokens->standing({.subject = sender.subject, .tenant = {}, .scopes = sender.scopes});
        return standing == scimkit::KeyStanding::good
                   ? result<void>{}
                   : scimkit::Error{scimkit::ErrorCode::forbidden,
                                    "Whoever sent this request may not do so any more: the key was revoked, has "
                                    "expired, or is for less than it was."};
    };
}

} // namespace

result<void> configure_async(Configuration& made, Settings const& settings)
{
    if (!settings.respond_async)
        return {};
    auto requests = scimkit::AsyncRequests::create(
        {.store = made.service.store, .check = sender_check(made, settings), .token = made.sign_result, .log = log});
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
