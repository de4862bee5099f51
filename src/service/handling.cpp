// The order in which a request is looked at is a matter of security: nobody learns what there is before it is known
// who asks, the tenant (RFC 7644 section 6) comes before any data, and what went wrong inside is told to the log only.
#include "handling.hpp"

#include <scimkit/core/text.hpp>

#include "../membership/reference_uris.hpp"
#include "async_acceptance.hpp"
#include "explanation.hpp"
#include "leave.hpp"
#include "me.hpp"
#include "operations.hpp"
#include "precondition.hpp"

#include <algorithm>
#include <new>

namespace scimkit::service
{
namespace
{

/// Never leaves this file.
constexpr int status_admitted = 100;

bool reads_by_post(Endpoint endpoint) noexcept
{
    return endpoint == Endpoint::search || endpoint == Endpoint::root_search || endpoint == Endpoint::delta;
}

Access access_of(Route const& route, std::string_view method)
{
    bool const is_one = route.endpoint == Endpoint::resource;
    return {.operation = operation_of(route, method).value_or(Access::Operation::discover),
            .type = route.plan ? route.plan->type : nullptr,
            .id = is_one ? route.name : std::string_view{}};
}

/// The operation whose rows explain a refusal: those of queries say nothing of changes.
std::optional<Access::Operation> explained_by(Route const& route, std::string_view method)
{
    bool const asks_for_changes = route.endpoint == Endpoint::delta || route.endpoint == Endpoint::delta_token;
    return asks_for_changes ? std::nullopt : operation_of(route, method);
}

} // namespace

Handling::Handling(ServiceState const& state, Request const& request)
    : state_(state)
    , request_(request)
    , method_(request.method == "HEAD" ? std::string_view{"GET"} : request.method)
{
}

Response Handling::run()
{
    Response response;
    try
    {
        auto answered = answer();
        response = answered ? std::move(*answered) : refuse(std::move(answered).error());
    }
    catch (std::bad_alloc const&)
    {
        throw;
    }
    catch (std::exception const& exception)
    {
        log_fault(LogLevel::error, "a plug-in threw", exception.what());
        response = error_response(for_the_client({ErrorCode::internal, {}}));
    }
    catch (...)
    {
        log_fault(LogLevel::error, "a plug-in threw", "something that is no exception");
        response = error_response(for_the_client({ErrorCode::internal, {}}));
    }
    if (!own_location_.empty() && response.header("Location").empty())
        response.headers.push_back({"Location", own_location_});
    if (request_.method == "HEAD")
        response.leave_body_out();
    response.subject = std::move(principal_.subject);
    response.tenant = std::move(tenant_);
    response.out_of_work = out_of_work_;
    return response;
}

std::optional<Response> Handling::admit(std::optional<Principal>& principal)
{
    only_admits_ = true;
    auto response = run();
    if (response.status != status_admitted)
        return response;
    principal_.subject = std::move(response.subject);
    if (!anonymous_)
        principal = std::move(principal_);
    return std::nullopt;
}

result<Response> Handling::answer()
{
    auto const& options = state_.options;
    // Who may not come in learns nothing of what there is: errors of the target wait until the caller is known.
    auto target = parse_target(request_.target, {.prefix = state_.prefix,
                                                 .lenient = options.tolerance.lenient_targets,
                                                 .plus_is_space = options.tolerance.plus_is_space,
                                                 .max_bytes = options.limits.max_target_bytes});
    auto route = target ? find_route(*target, state_) : result<Route>{target.error()};
    if (auto authenticated = authenticate(route ? &*route : nullptr); !authenticated)
        return std::move(authenticated).error();
    if (!route)
        return target ? std::move(route).error() : with_root(std::move(route).error());
    auto const tenant = find_tenant();
    if (!tenant)
        return tenant.error();
    tenant_ = *tenant;
    allowed_ = route->allowed;
    operation_ = explained_by(*route, method_);
    if (auto checked = check_method(*route); !checked)
        return std::move(checked).error();
    // Whose /Me it is, the store may have to say.
    bool const is_known = route->endpoint != Endpoint::me;
    if (auto authorised = is_known ? authorise(*route) : result<void>{}; !authorised)
        return std::move(authorised).error();
    if (only_admits_)
        return Response{.status = status_admitted};
    if (method_ == "OPTIONS")
        return Response{.status = 204, .headers = {{"Allow", allow_header()}}};

    bool const is_read = method_ == "GET" || reads_by_post(route->endpoint);
    auto const deadline = std::chrono::steady_clock::now() + options.limits.deadline;
    auto const limited = is_read && request_.work_limit != 0 && request_.work_limit < options.limits.max_work;
    Budget budget{limited ? request_.work_limit : options.limits.max_work, deadline, request_.cancelled};
    auto const dry_run = is_read ? result<bool>{false} : asks_for_dry_run();
    if (!dry_run)
        return dry_run.error();
    Call call{{{.rules = state_.memberships,
                .type_rules = route->plan ? route->plan->memberships : nullptr,
                .context = {.now = is_read ? Instant{} : options.environment->now(),
                            .deadline = deadline,
                            .budget = &budget,
                            .actor = principal_.subject,
                            .trace_id = request_.trace_id}},
               state_,
               route->plan,
               *tenant,
               options.observer && !is_read && !*dry_run,
               request_.work_limit != 0},
              request_,
              *target,
              *route,
              principal_,
              choose_media_type(request_, options.tolerance.json_media_type),
              *dry_run};
    auto answered = is_known ? operate(call) : operate_on_own(call);
    // A busy store may answer a read elsewhere; a write was tried often enough.
    auto const elsewhere = [&](Error const& error)
    { return is_read ? error.code == ErrorCode::busy : is_long_work(error); };
    out_of_work_ = (request_.work_limit != 0 && !answered && elsewhere(answered.error())) ||
                   (limited && !answered && budget.exhausted());
    return answered;
}

/// Whoever has mistyped the base URL, and may come in, is told the right one.
Error Handling::with_root(Error error) const
{
    if (error.code == ErrorCode::not_found)
        error.detail += " The root is " + state_.options.base_url + ".";
    return error;
}

/// The path of the resource takes the place of /Me; every answer says where it really is (RFC 7644 section 3.11).
result<Response> Handling::operate_on_own(Call& call)
{
    if (method_ == "POST")
        return Error{ErrorCode::not_implemented,
                     "Nothing is created at /Me; POST to the endpoint of the resource type."}
            .against("7644-3.11-f");
    auto const own = find_own_resource(call);
    if (!own)
        return own.error();
    call.route.endpoint = Endpoint::resource;
    call.route.plan = own->plan;
    call.route.name = own->id;
    call.type_plan = own->plan;
    call.type_rules = own->plan->memberships;
    own_location_ = membership::uri_of(*own->plan->type, own->id, state_.memberships);
    if (auto authorised = authorise(call.route); !authorised)
        return std::move(authorised).error();
    auto answered = operate(call);
    if (answered || answered.error().code != ErrorCode::not_found)
        return answered;
    own_location_.clear(); // the application names one that is not there
    return no_own_resource();
}

result<Response> Handling::operate(Call const& call) const
{
    if (method_ == "POST")
        if (auto holds = Preconditions{request_}.check_post(call.route.endpoint == Endpoint::collection); !holds)
            return std::move(holds).error();
    if (wants_async(call))
        return accept_async(call, [&] { return carry_out(call); });
    return carry_out(call);
}

result<Response> Handling::carry_out(Call const& call) const
{
    switch (call.route.endpoint)
    {
    case Endpoint::async_result:
        return read_async_result(call);
    case Endpoint::collection:
        return method_ == "POST" ? create_resource(call) : query_resources(call);
    case Endpoint::search:
    case Endpoint::root_search:
        return search_resources(call);
    case Endpoint::delta_token:
        return give_delta_token(call);
    case Endpoint::delta:
        return query_changes(call);
    case Endpoint::resource:
        if (method_ == "GET")
            return read_resource(call);
        if (method_ == "PUT")
            return replace_resource(call);
        return method_ == "PATCH" ? patch_resource(call) : delete_resource(call);
    case Endpoint::bulk:
        return run_bulk(call);
    case Endpoint::root:
        return query_resources(call);
    case Endpoint::missing_type:
        return list_missing_type(call);
    default:
        return read_discovery(call);
    }
}

result<void> Handling::authenticate(Route const* route)
{
    if (request_.principal)
    {
        principal_ = *request_.principal;
        return {};
    }
    auto const authorizations = std::ranges::count_if(
        request_.headers, [](Header const& header) { return equal_ascii_ignoring_case(header.name, "Authorization"); });
    if (authorizations > 1)
        return Error{ErrorCode::bad_request, "There is more than one Authorization header."};
    bool const is_configuration = route && route->endpoint == Endpoint::service_provider_config;
    if (authorizations == 0 && is_configuration && state_.options.public_configuration)
    {
        anonymous_ = true;
        return {};
    }
    // What an authenticator throws is not logged: it may have the credentials in it.
    try
    {
        auto principal = state_.options.authenticator->authenticate(
            {.authorization = find_header(request_, "Authorization"),
             .peer_address = request_.peer_address,
             .client_certificate_subject = request_.client_certificate_subject,
             .known = &principal_});
        if (!principal)
        {
            tenant_ = principal_.tenant;
            return std::move(principal).error();
        }
        principal_ = std::move(*principal);
        return {};
    }
    catch (std::bad_alloc const&)
    {
        throw;
    }
    catch (...)
    {
        return Error{ErrorCode::internal, "The authenticator failed."};
    }
}

result<std::string_view> Handling::find_tenant() const
{
    std::string_view own = principal_.tenant;
    if (own.empty() && !anonymous_ && !state_.options.principals_span_tenants)
        own = state_.options.default_tenant; // a token that was given no tenant is no key to all of them
    if (!own.empty() && !request_.tenant.empty() && own != request_.tenant)
        return Error{ErrorCode::forbidden, "The caller does not belong to this tenant."}.against("7644-6.1-c");
    auto const tenant = !request_.tenant.empty() ? request_.tenant : own;
    if (tenant.size() > max_tenant_bytes)
        return Error{ErrorCode::bad_request, "The name of the tenant is too long."};
    return tenant.empty() ? std::string_view{state_.options.default_tenant} : tenant;
}

result<void> Handling::check_method(Route const& route) const
{
    if (route.endpoint == Endpoint::not_offered)
        return Error{ErrorCode::not_implemented, "This service provider does not offer this endpoint."}.against(
            route.name == "Me" ? "7644-3.11-a" : "7644-3.7-a");
    if (request_.method == "OPTIONS" || (route.endpoint == Endpoint::me && request_.method == "POST"))
        return {}; // the latter is answered with 501, whoever asks
    return takes_method(route, request_.method, state_.options);
}

result<void> Handling::authorise(Route const& route) const
{
    if (anonymous_ || !state_.options.authoriser) // what is public needs nobody's leave
        return {};
    // Each operation of a Bulk is asked for, and each type of a query at the root. Who asks what is allowed is told.
    // What became of a request is for whoever sent it.
    if (route.endpoint == Endpoint::bulk || route.endpoint == Endpoint::async_result || route.queries_root() ||
        method_ == "OPTIONS")
        return {};
    return ask_leave(state_, principal_, access_of(route, method_));
}

result<bool> Handling::asks_for_dry_run() const
{
    bool asks = request_.dry_run;
    for (Header const& header : request_.headers)
    {
        if (!equal_ascii_ignoring_case(header.name, "SCIM-Dry-Run") ||
            equal_ascii_ignoring_case(trim(header.value), "false"))
            continue;
        // Whoever does not want it to be stored must not have it stored because the header was not understood.
        if (!state_.options.dry_run_header)
            return Error{ErrorCode::not_implemented, "This service provider does not offer dry runs."};
        if (!equal_ascii_ignoring_case(trim(header.value), "true"))
            return Error{ErrorCode::bad_request, "SCIM-Dry-Run has to be true or false."};
        asks = true;
    }
    return asks;
}

Response Handling::refuse(Error error) const
{
    int const status = status_of(error.code);
    if (status >= 500 && error.code != ErrorCode::not_implemented && !out_of_work_) // it is tried again elsewhere
        log_failure(error);
    Response response = error_response(with_requirement(for_the_client(std::move(error)), operation_),
                                       error_body_for(request_, state_.options.error_explanations));
    if (status == 401)
        response.headers.push_back({"WWW-Authenticate", state_.options.authenticator->challenge()});
    else if (status == 405)
        response.headers.push_back({"Allow", allow_header()});
    return response;
}

void Handling::log_failure(Error const& error) const
{
    auto const level = error.code == ErrorCode::busy ? LogLevel::warning : LogLevel::error;
    bool const may_last = error.code == ErrorCode::busy || error.code == ErrorCode::unavailable;
    auto const others =
        may_last ? state_.repeated->tell(error.detail, RepeatedFaults::Clock::now()) : std::optional<std::uint64_t>{0};
    if (!others)
        return;
    auto why = error.detail;
    if (*others > 0)
        why += " (and " + std::to_string(*others) + " more since that was said last)";
    log_fault(level, request_.method, why);
}

void Handling::log_fault(LogLevel level, std::string_view what, std::string_view why) const
{
    if (!state_.options.log)
        return;
    std::string message{"request "};
    message += request_.trace_id;
    message += request_.trace_id.empty() ? "failed: " : " failed: ";
    message += what;
    message += ": ";
    message += why;
    try
    {
        state_.options.log(level, message);
    }
    catch (...) // NOLINT(bugprone-empty-catch): a log that fails must not fail the request
    {
    }
}

} // namespace scimkit::service
