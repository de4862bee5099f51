// Which stream is whose is not in the address: a receiver gets that of the tenant that its token is of, so that there
// is nothing to guess.
#include "event_route.hpp"

#include <scimkit/core/text.hpp>
#include <scimkit/events/security_event.hpp>

#include "entrance.hpp"
#include "invalid.hpp"
#include "logging.hpp"
#include "managed_tenants.hpp"
#include "origin.hpp"

#include <algorithm>
#include <chrono>
#include <stop_token>
#include <utility>
#ifdef SCIMKIT_SERVER_OAUTH
#include "event_keys.hpp"
#endif

namespace server
{

using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::Response;
using scimkit::result;
namespace json = scimkit::json;

#ifdef SCIMKIT_SERVER_OAUTH

namespace
{

constexpr unsigned workers_for_each_wait = 4; ///< a poll that waits has a worker of its own, the others the rest

Response document(json::object const& object)
{
    Response response{.status = 200, .headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}}};
    scimkit::write_json(response.body, object);
    return response;
}

/// What RFC 8936 section 2.4.4 has for a request that is none.
Response error_answer(Error const& error)
{
    auto response = document({{"err", "invalid_request"}, {"description", error.detail}});
    response.status = 400;
    return response;
}

class Poll
{
public:
    Poll(std::shared_ptr<scimkit::EventStreams> streams, Configuration const& made, std::chrono::seconds wait)
        : streams_(std::move(streams))
        , authenticator_(made.service.authenticator)
        , tenants_(made.tenant_list)
        , default_tenant_(made.service.default_tenant)
        , wait_(wait)
        , stop_(made.stopping.get_token())
    {
    }

    Response operator()(scimkit::Request const& request) const
    {
        auto const [principal, refused] = enter(request, *authenticator_, tenants_.get());
        if (!principal)
            return refused;
        auto answer = answer_to(request, *principal);
        answer.subject = principal->subject;
        if (answer.status == 401) // while it waited
            answer.headers.push_back({"WWW-Authenticate", authenticator_->challenge()});
        return answer;
    }

private:
    Response answer_to(scimkit::Request const& request, scimkit::Principal const& principal) const
    {
        if (std::ranges::find(principal.scopes, events_scope) == principal.scopes.end())
            return scimkit::error_response({ErrorCode::forbidden, "Events are for tokens with the scope events."});
        if (request.method != "POST")
        {
            auto refused = scimkit::error_response({ErrorCode::method_not_allowed, "Events are polled by POST."});
            refused.headers.push_back({"Allow", "POST"});
            return refused;
        }
        std::string const& tenant = principal.tenant.empty() ? default_tenant_ : principal.tenant;
        if (auto served = is_served(tenant); !served)
            return scimkit::error_response(served.error());
        auto const parsed = scimkit::parse_json(request.body);
        if (!parsed)
            return error_answer(parsed.error());
        scimkit::EventWait wait{.most = wait_, .stop = stop_};
        wait.check = [&] { return may_still(request, tenant); };
        auto const polled = streams_->poll(tenant, *parsed, wait);
        if (!polled && polled.error().code == ErrorCode::invalid_value)
            return error_answer(polled.error());
        return polled ? document(*polled) : scimkit::error_response(polled.error());
    }

    /// Of a poll that waits: the token may be revoked meanwhile, and the tenant switched off.
    result<void> may_still(scimkit::Request const& request, std::string const& tenant) const
    {
        if (request.cancelled && *request.cancelled)
            return Error{ErrorCode::unavailable, "The receiver has gone."};
        auto const [principal, refused] = enter(request, *authenticator_, tenants_.get());
        if (!principal)
            return Error{refused.status == 401 ? ErrorCode::unauthorized : ErrorCode::unavailable,
                         "The credentials are not accepted any more."};
        if (std::ranges::find(principal->scopes, events_scope) == principal->scopes.end())
            return Error{ErrorCode::forbidden, "Events are for tokens with the scope events."};
        return is_served(tenant);
    }

    /// Who may not ask the tenant's own root what there is may not learn it here.
    result<void> is_served(std::string const& name) const
    {
        if (!tenants_)
            return {};
        auto const tenant = tenants_->find_named(name);
        if (!tenant)
            return Error{ErrorCode::not_found, "There is no tenant for these credentials."};
        return tenant->enabled ? result<void>{}
                               : result<void>{Error{ErrorCode::forbidden, "Provisioning for " + name +
                                                                              " is switched off. Its events are kept "
                                                                              "as its data is."}};
    }

    std::shared_ptr<scimkit::EventStreams> streams_;
    std::shared_ptr<scimkit::Authenticator> authenticator_;
    std::shared_ptr<scimkit::TenantDirectory const> tenants_; ///< null: there are none
    std::string default_tenant_;
    std::chrono::seconds wait_;
    std::stop_token stop_; ///< of the server
};

scimkit::EventStreamOptions stream_options(Configuration const& made, Settings const& settings,
                                           std::shared_ptr<EventKeys> keys)
{
    auto const issuer = origin_of(made.announced);
    bool const full = settings.events == "full";
    scimkit::EventStreamOptions options{.store = made.service.store, .registry = made.service.registry};
    auto const managed = settings.event_feed == "managed" ? made.managed : nullptr;
    options.about = [issuer, full, managed, tenants = made.tenant_list](std::string_view tenant)
    {
        auto const known = tenants ? tenants->find_named(tenant) : nullptr;
        return scimkit::SecurityEventOptions{.issuer = issuer,
                                             .audience = issuer + "/events/" + std::string{tenant},
                                             .full = full,
                                             .feed = managed ? managed->attribute_of(tenant) : std::string{},
                                             .registry = known ? known->registry : nullptr};
    };
    options.max_waiting = made.server.worker_threads / workers_for_each_wait;
    options.sign = [keys = std::move(keys)](json::object const& claims) { return keys->sign(claims); };
    options.problem = [](std::string_view tenant, std::string_view what)
    { log(scimkit::LogLevel::warning, "events of tenant " + std::string{tenant} + ": " + std::string{what}); };
    return options;
}

} // namespace

result<void> configure_events(Configuration& made, Settings const& settings)
{
    if (settings.event_key_file.empty())
        return {};
    auto keys = EventKeys::create(settings.event_key_file);
    if (!keys)
        return keys.error();
    if (origin_of(made.announced).find("{tenant}") != std::string::npos)
        return invalid("--event-key-file needs a --base-url whose host is the same for all tenants.");
    if (!made.service.store->change_log())
        return invalid("--event-key-file needs a store with a change log.");
    made.server.pages.push_back({.path = "/events/jwks.json", .answer = [keys = *keys](scimkit::Request const&) {
                                     return Response{.status = 200,
                                                     .headers = {{"Content-Type", "application/jwk-set+json"}},
                                                     .body = keys->jwks()};
                                 }});
    made.reload_event_keys = [keys = *keys] { return keys->reload(); };
    auto options = stream_options(made, settings, std::move(*keys));
    made.event_token = [registry = options.registry, about = options.about,
                        sign = options.sign](scimkit::LoggedChange const& change) -> result<std::string>
    {
        auto const claims = security_event(change, *registry, about(change.tenant));
        return claims ? sign(*claims) : result<std::string>{std::string{}};
    };
    made.gap_token = [about = options.about, sign = options.sign](scimkit::LogGap const& gap)
    { return sign(security_event(gap, about(gap.tenant), scimkit::system_environment()->now())); };
    made.sign_result = [about = options.about, sign = options.sign](std::string_view tenant, json::object claims)
    {
        auto const of_tenant = about(tenant);
        claims["iss"] = of_tenant.issuer;
        claims["aud"] = of_tenant.audience;
        return sign(claims);
    };
    auto streams = std::make_shared<scimkit::EventStreams>(std::move(options));
    made.forget_tenant.emplace_back([streams](std::string_view tenant) { streams->forget(tenant); });
    made.server.pages.push_back({.path = "/events",
                                 .answer = Poll{std::move(streams), made, std::chrono::seconds{settings.event_wait}},
                                 .every_method = true});
    made.service.security_events = scimkit::security_event_uris(settings.events == "full", settings.respond_async,
                                                                settings.event_feed == "managed");
    return {};
}

result<std::string> make_signing_key() { return scimkit::new_signing_key(); }

#else

result<void> configure_events(Configuration&, Settings const& settings)
{
    return settings.event_key_file.empty()
               ? result<void>{}
               : result<void>{invalid("--event-key-file: this server is built without libcjose.")};
}

result<std::string> make_signing_key() { return invalid("--new-signing-key: this server is built without libcjose."); }

#endif

} // namespace server
