// What is refused here is refused for good, and nothing is stored of it. What is accepted may still fail, since only
// the store knows. A body with a secret in it is never stored as it is: whoever sends one waits.
#include "async_acceptance.hpp"

#include <scimkit/core/text.hpp>

#include "../core/json_in_text.hpp"
#include "../membership/reference_uris.hpp"
#include "../security/credential.hpp"
#include "async_queue.hpp"
#include "create.hpp"
#include "operations.hpp"
#include "patch.hpp"
#include "preference.hpp"
#include "presenter.hpp"
#include "replace.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace scimkit::service
{
namespace
{

constexpr std::string_view token_media_type = "application/secevent+jwt";

/// What a request says beside its body. The others are of the connection, or of the answer, which nobody gets.
constexpr std::array kept_headers =
    std::to_array<std::string_view>({"Host", "Content-Type", "If-Match", "If-None-Match", "If-Unmodified-Since",
                                     "SCIM-Bulk-Atomic", "X-Forwarded-Host"});

bool is_write(Call const& call)
{
    using enum Endpoint;
    auto const endpoint = call.route.endpoint;
    if (endpoint == bulk || endpoint == collection)
        return call.request.method == "POST";
    return endpoint == resource && call.request.method != "GET" && call.request.method != "HEAD";
}

/// Names of attributes that hold a secret, or are likely to where the schema has none of them; in lower case.
std::vector<std::string> secret_names(Call const& call)
{
    auto const is_secret = [](Attribute const& attribute)
    { return attribute.mutability == Mutability::write_only || attribute.returned == Returned::never; };
    std::vector<std::string> names{"password",   "passwd", "passphrase", "passcode",   "pwd",
                                   "secret",     "token",  "credential", "privatekey", "apikey",
                                   "sessionkey", "bearer", "assertion"};
    for (Schema const& schema : call.state.options.registry->schemas())
        for (Attribute const& attribute : schema.attributes)
            if (is_secret(attribute) || std::ranges::any_of(attribute.sub_attributes, is_secret))
                names.push_back(to_ascii_lower(attribute.name));
    return names;
}

/// Whether a member is named so, or a path leads there, in JSON within a text too (a Bulk's `data`, a value of PATCH).
class SecretSearch
{
public:
    explicit SecretSearch(std::vector<std::string> names)
        : names_(std::move(names))
    {
    }

    bool finds(json::value const& value) const
    {
        if (auto const* const text = value.if_string())
            return finds_within(*text);
        if (auto const* const array = value.if_array())
            return std::ranges::any_of(*array, [&](json::value const& each) { return finds(each); });
        auto const* const object = value.if_object();
        return object && std::ranges::any_of(*object,
                                             [&](auto const& member)
                                             {
                                                 bool const is_path = equal_ascii_ignoring_case(member.key(), "path");
                                                 auto const* const text = member.value().if_string();
                                                 return is_named(member.key()) ||
                                                        (is_path && text && is_named(*text)) || finds(member.value());
                                             });
    }

private:
    /// Names may be spelled with escapes. What nobody can parse nobody understands either; it may be a secret's
    /// beginning.
    bool finds_within(std::string_view text) const
    {
        if (!begins_as_json(text))
            return false;
        auto const parsed = parse_json(text);
        return parsed ? finds(*parsed) : is_named(text);
    }

    bool is_named(std::string_view text) const
    {
        auto lower = to_ascii_lower(text);
        std::erase_if(lower, [](char c) { return c == '-' || c == '_'; }); // X-Api-Key, client_secret
        return std::ranges::any_of(names_,
                                   [&](std::string const& name) { return lower.find(name) != std::string::npos; });
    }

    std::vector<std::string> names_;
};

template <class Prepared>
result<void> checked(result<Prepared> const& prepared)
{
    return prepared ? result<void>{} : result<void>{prepared.error()};
}

/// What its operation would say before it needs the store. Of a Bulk: how many operations it has.
result<std::size_t> check(Call const& call)
{
    if (call.route.endpoint == Endpoint::bulk)
        return check_bulk(call);
    auto const& method = call.request.method;
    auto const done = method == "POST"    ? checked(prepare_create(call))
                      : method == "PUT"   ? checked(prepare_replace(call))
                      : method == "PATCH" ? checked(prepare_patch(call))
                                          : result<void>{};
    return done ? result<std::size_t>{0} : done.error();
}

std::string uri_of(Route const& route)
{
    if (!route.plan)
        return "/Bulk";
    auto const& endpoint = route.plan->type->endpoint();
    return route.name.empty() ? endpoint : endpoint + "/" + std::string{route.name};
}

/// RFC 9967 section 2.5.1.3 asks for it in every result but that of a POST that failed.
std::string location_of_subject(Call const& call)
{
    Route const& route = call.route;
    if (!route.plan)
        return call.state.options.base_url;
    return route.name.empty() ? std::string{} : membership::uri_of(*route.plan->type, route.name, call.rules);
}

AsyncRequest request_of(Call const& call, std::size_t operations)
{
    Request const& sent = call.request;
    AsyncRequest request{.transaction = {.txn = system_environment()->new_id(),
                                         .subject = detail::credential_of(call.principal),
                                         .uri = uri_of(call.route),
                                         .location = location_of_subject(call),
                                         .operations = operations},
                         .principal = call.principal,
                         .tenant = std::string{sent.tenant},
                         .method = std::string{sent.method},
                         .target = std::string{sent.target},
                         .peer_address = std::string{sent.peer_address},
                         .headers = {},
                         .body = std::string{sent.body}};
    for (Header const& header : sent.headers)
        if (std::ranges::any_of(kept_headers,
                                [&](std::string_view name) { return equal_ascii_ignoring_case(name, header.name); }))
            request.headers.emplace_back(header.name, header.value);
    return request;
}

std::string location_of_result(std::string_view txn, Call const& call)
{
    return call.state.options.base_url + "/" + std::string{async_endpoint} + "/" + std::string{txn};
}

Response pending(std::string_view txn)
{
    return {.status = 202, .headers = {{"Set-Txn", std::string{txn}}, {"Retry-After", "1"}}};
}

/// Gives its room back, unless it is stored.
class Room
{
public:
    Room(AsyncRequests& requests, std::string_view tenant, std::size_t bytes) noexcept
        : requests_(requests)
        , tenant_(tenant)
        , bytes_(bytes)
    {
    }
    Room(Room const&) = delete;
    Room& operator=(Room const&) = delete;
    ~Room()
    {
        if (!stored_)
            AsyncAccess::refused(requests_, tenant_, bytes_);
    }

    void arrived(std::string const& txn)
    {
        stored_ = true;
        AsyncAccess::arrived(requests_, tenant_, txn, bytes_);
    }

private:
    AsyncRequests& requests_;
    std::string_view tenant_;
    std::size_t bytes_;
    bool stored_ = false;
};

result<void> store(Call const& call, AsyncRequest const& request)
{
    auto const& type = async_request_type_of(call.state.attachment->registry());
    return run_write(call, false,
                     [&](WriteTransaction& transaction) -> result<void>
                     {
                         auto resource = to_resource(request, type, call.context.now);
                         auto const stored = transaction.insert(resource, {});
                         return stored ? result<void>{} : stored.error();
                     });
}

/// What of a result, or of one that is to come, the caller may see.
struct Found
{
    std::optional<AsyncResult> result{};
    std::vector<AsyncResult> parts{}; ///< of a Bulk
    bool is_pending = false;
};

result<Found> find(Call const& call)
{
    Found found;
    auto const& registry = call.state.attachment->registry();
    auto const look = [&](ReadTransaction& transaction) -> result<void>
    {
        found = {};
        auto const stored = transaction.get(async_result_type_of(registry), call.route.name, {});
        if (!stored)
            return stored.error();
        if (*stored)
        {
            auto result = read_async_result(**stored);
            if (result.subject != detail::credential_of(call.principal))
                return {};
            found.parts.resize(result.operations);
            std::vector<std::string> ids;
            for (std::size_t i = 0; i < result.operations; ++i)
                ids.push_back(async_id(result.id, i));
            found.result = std::move(result);
            std::vector<std::string_view> const names{ids.begin(), ids.end()};
            return transaction.get_many(async_result_type_of(registry), names, {},
                                        [&](std::size_t which, Resource&& each)
                                        {
                                            found.parts[which] = read_async_result(each);
                                            return true;
                                        });
        }
        auto const waiting = transaction.get(async_request_type_of(registry), call.route.name, {});
        if (!waiting)
            return waiting.error();
        auto const request = *waiting ? read_async_request(**waiting) : result<AsyncRequest>{AsyncRequest{}};
        found.is_pending = *waiting && request && request->transaction.subject == detail::credential_of(call.principal);
        return {};
    };
    auto const read = run_read(call, look);
    return read ? result<Found>{std::move(found)} : read.error();
}

bool asks_for_token(Request const& request)
{
    return std::ranges::any_of(request.headers,
                               [](Header const& header)
                               {
                                   return equal_ascii_ignoring_case(header.name, "Accept") &&
                                          to_ascii_lower(header.value).find(token_media_type) != std::string::npos;
                               });
}

result<Response> token_response(AsyncResult const& result, Call const& call)
{
    auto const payload = parse_json(result.operation);
    if (!payload)
        return Error{ErrorCode::corrupt, "The result " + result.id + " cannot be read."};
    auto const now = std::chrono::floor<std::chrono::seconds>(call.state.options.environment->now());
    auto const token = AsyncAccess::options(*call.state.options.async_requests)
                           .token(call.tenant, async_claims(result.id, result.uri, *payload,
                                                            now.time_since_epoch().count(), result.id));
    if (!token)
        return token.error();
    return Response{.status = 200,
                    .headers = {{"Content-Type", std::string{token_media_type}}, {"Cache-Control", "no-store"}},
                    .body = *token};
}

Response message(Found const& found, Call const& call)
{
    Response response{.status = 200};
    response.headers.push_back({"Content-Type", std::string{call.media_type}});
    response.headers.push_back({"Set-Txn", found.result->id});
    std::string& out = response.body;
    out = R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkResponse"],"Operations":[)";
    out += found.result->operation;
    for (AsyncResult const& each : found.parts)
        if (!each.operation.empty())
            out.append(out.back() == '[' ? "" : ",").append(each.operation);
    out += "]}";
    return response;
}

} // namespace

bool wants_async(Call const& call)
{
    auto const& options = call.state.options;
    if (!options.async_requests || call.dry_run || call.request.carries_out || !is_write(call))
        return false;
    auto const preference = read_async_preference(call.request);
    auto const whole = std::chrono::ceil<std::chrono::seconds>(options.limits.deadline).count();
    auto const at_most = call.route.endpoint == Endpoint::bulk ? static_cast<std::uint64_t>(whole) : 1;
    return preference.respond_async && preference.wait < at_most && AsyncAccess::accepts(*options.async_requests);
}

result<Response> accept_async(Call const& call, function_ref<result<Response>()> at_once)
{
    if (call.route.endpoint == Endpoint::bulk && call.elsewhere)
        return long_work(); // to be looked at where others are not kept waiting
    auto const operations = check(call);
    if (!operations)
        return operations.error();
    if (!call.request.body.empty())
    {
        auto const body = read_body(call);
        if (!body)
            return body.error();
        if (SecretSearch{secret_names(call)}.finds(*body))
            return at_once();
    }
    auto& requests = *call.state.options.async_requests;
    auto const bytes = call.request.body.size();
    if (auto taken = AsyncAccess::reserve(requests, call.tenant, bytes); !taken)
        return std::move(taken).error();
    Room room{requests, call.tenant, bytes};
    auto const request = request_of(call, *operations);
    auto const& txn = request.transaction.txn;
    if (auto stored = store(call, request); !stored)
        return std::move(stored).error();
    room.arrived(txn);
    return Response{.status = 202,
                    .headers = {{"Set-Txn", txn},
                                {"Preference-Applied", "respond-async"},
                                {"Location", location_of_result(txn, call)}}};
}

result<Response> read_async_result(Call const& call)
{
    auto const found = find(call);
    if (!found)
        return found.error();
    if (found->is_pending)
        return pending(call.route.name);
    if (!found->result)
        return Error{ErrorCode::not_found, "There is no such asynchronous request, or its result is kept no longer."};
    bool const is_one = !found->result->operation.empty();
    if (is_one && asks_for_token(call.request) && AsyncAccess::options(*call.state.options.async_requests).token)
        return token_response(*found->result, call);
    auto response = message(*found, call);
    if (auto fits = check_answer_size(response.body.size(), call); !fits)
        return std::move(fits).error();
    return response;
}

} // namespace scimkit::service
