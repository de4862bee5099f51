// Client: each operation as the request that it is, and its answer as a value.
#include <scimkit/client/client.hpp>
#include <scimkit/client/pages.hpp>
#include <scimkit/core/text.hpp>

#include "bulk.hpp"
#include "delta_answer.hpp"
#include "error_answer.hpp"
#include "exchange.hpp"
#include "list_answer.hpp"
#include "remote.hpp"
#include "url.hpp"

#include <algorithm>
#include <utility>

namespace scimkit::client
{

namespace
{

constexpr std::string_view patch_urn = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
constexpr std::string_view delta_urn = "urn:ietf:params:scim:api:messages:2.0:delta:request";
constexpr std::string_view search_urn = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

constexpr double slowest_rate = 1.0 / 86'400; // one request in a day; beyond it the waits are longer than clocks count

std::string path_of(std::string_view endpoint, std::string_view id)
{
    std::string path{endpoint};
    path += '/';
    append_encoded(path, id);
    return path;
}

std::string joined(std::vector<std::string> const& names)
{
    std::string all;
    for (auto const& name : names)
        all += (all.empty() ? "" : ",") + name;
    return all;
}

/// The parameters of a query, in the order of RFC 7644 table 3.
std::string parameters(Query const& query)
{
    std::string all;
    auto const add = [&](std::string_view name, std::string_view value)
    {
        all += all.empty() ? '?' : '&';
        all += name;
        all += '=';
        append_encoded(all, value);
    };
    if (!query.filter.empty())
        add("filter", query.filter);
    if (!query.sort_by.empty())
        add("sortBy", query.sort_by);
    if (query.descending)
        add("sortOrder", "descending");
    if (query.cursor)
        add("cursor", *query.cursor);
    else if (query.start_index)
        add("startIndex", std::to_string(*query.start_index));
    if (query.count)
        add("count", std::to_string(*query.count));
    if (!query.attributes.empty())
        add("attributes", joined(query.attributes));
    if (!query.excluded.empty())
        add("excludedAttributes", joined(query.excluded));
    return all;
}

json::array array_of(std::vector<std::string> const& names)
{
    json::array all;
    for (auto const& name : names)
        all.emplace_back(name);
    return all;
}

std::string search_body(Query const& query, std::string_view message = search_urn, std::string_view token = {})
{
    json::object body{{"schemas", json::array{message}}};
    if (!token.empty())
        body["deltaToken"] = token;
    if (!query.filter.empty())
        body["filter"] = query.filter;
    if (!query.sort_by.empty())
        body["sortBy"] = query.sort_by;
    if (query.descending)
        body["sortOrder"] = "descending";
    if (query.cursor)
        body["cursor"] = *query.cursor;
    else if (query.start_index)
        body["startIndex"] = *query.start_index;
    if (query.count)
        body["count"] = *query.count;
    if (!query.attributes.empty())
        body["attributes"] = array_of(query.attributes);
    if (!query.excluded.empty())
        body["excludedAttributes"] = array_of(query.excluded);
    std::string text;
    write_json(text, body);
    return text;
}

std::string text_of(json::object const& body)
{
    std::string text;
    write_json(text, body);
    return text;
}

/// A conditional write that may have been carried out would find its own version changed: it is not repeated.
Repeat repeat_of(std::string_view version) { return version.empty() ? Repeat::freely : Repeat::if_unseen; }

outcome<RemoteResource> resource_of(json::value body, Answered const& answered, DeviationLog& deviations,
                                    std::string const& where)
{
    if (!body.is_object())
        return Failure{FailureKind::malformed,
                       {ErrorCode::invalid_syntax, where + ": a resource was expected, and none came."},
                       answered.response.status};
    auto resource = remote_resource(std::move(body.get_object()), deviations, where);
    if (!resource)
        return resource;
    if (auto const etag = answered.response.header("ETag"); !etag.empty())
        resource->version = etag;
    if (auto const location = answered.response.header("Location"); !location.empty())
        resource->location = location;
    return resource;
}

} // namespace

struct Client::State
{
    Exchange exchange;
};

outcome<Client> Client::create(ClientOptions options)
{
    if (!options.transport)
        return misuse("The client has no transport.");
    if (auto const why = refuse_url(options.base_url, options.allow_plain_http); !why.empty())
        return misuse("The base URL " + std::string{why} + ".");
    if (auto const rate = options.requests_per_second; rate != 0 && !(rate >= slowest_rate))
        return misuse("requests_per_second is no rate.");
    return Client{std::unique_ptr<State>{new State{Exchange{std::move(options)}}}};
}

Client::Client(std::unique_ptr<State> state)
    : state_(std::move(state))
{
}

Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

ClientOptions const& Client::options() const noexcept { return state_->exchange.options(); }
DeviationLog& Client::deviations() const noexcept { return state_->exchange.deviations(); }

outcome<RemoteResource> Client::get(std::string_view endpoint, std::string_view id, Query const& shown) const
{
    if (id.empty())
        return misuse("A resource without an id cannot be asked for.");
    auto const path = path_of(endpoint, id);
    Answered answered;
    auto body = state_->exchange.run_for_json({"GET", path + parameters(shown)}, &answered);
    if (!body)
        return body.error();
    return resource_of(std::move(*body), answered, deviations(), path);
}

outcome<std::optional<RemoteResource>> Client::get_if_changed(std::string_view endpoint, std::string_view id,
                                                              std::string_view version) const
{
    if (id.empty() || version.empty())
        return misuse("A conditional request needs an id and a version.");
    Call call{"GET", path_of(endpoint, id)};
    call.if_none_match = version;
    Answered answered;
    auto body = state_->exchange.run_for_json(call, &answered);
    if (!body)
        return body.error();
    if (answered.response.status == 304)
        return std::optional<RemoteResource>{};
    auto resource = resource_of(std::move(*body), answered, deviations(), call.target);
    if (!resource)
        return resource.error();
    return std::optional<RemoteResource>{std::move(*resource)};
}

outcome<json::object> Client::get_document(std::string_view path) const
{
    auto body = state_->exchange.run_for_json({"GET", std::string{path}});
    if (!body)
        return body.error();
    if (!body->is_object())
        return malformed(std::string{path} + ": an object was expected, and something else came.");
    return std::move(body->get_object());
}

outcome<Page> Client::query(std::string_view endpoint, Query const& query) const
{
    Call call{"GET", std::string{endpoint}};
    if (query.by_search)
    {
        call.method = "POST"; // a read all the same, so it may be repeated
        call.target += "/.search";
        call.body = search_body(query);
    }
    else
        call.target += parameters(query);
    auto body = state_->exchange.run_for_json(call);
    if (!body)
        return body.error();
    return read_page(std::move(*body), query.count, options().limits, deviations(), endpoint);
}

Pages Client::pages(std::string endpoint, Query query, PageMethod method) const
{
    return {*this, std::move(endpoint), std::move(query), method};
}

ResourceRange Client::resources(std::string endpoint, Query query, PageMethod method) const
{
    return ResourceRange{pages(std::move(endpoint), std::move(query), method)};
}

outcome<DeltaToken> Client::delta_token(std::string_view endpoint) const
{
    auto const body = state_->exchange.run_for_json({"GET", std::string{endpoint} + "/.deltaToken"});
    return body ? read_delta_token(*body, endpoint) : body.error();
}

outcome<ChangesPage> Client::changes(std::string_view endpoint, std::string_view token, Query const& query) const
{
    Call call{"POST", std::string{endpoint} + "/.delta"}; // a read all the same, so it may be repeated
    call.body = search_body(query, delta_urn, token);
    auto const body = state_->exchange.run_for_json(call);
    if (!body)
        return body.error();
    return read_changes(*body, options().limits, deviations(), std::string{endpoint} + "/.delta");
}

outcome<RemoteResource> Client::create(std::string_view endpoint, json::object const& body) const
{
    Call call{"POST", std::string{endpoint}, text_of(body)};
    call.repeat = Repeat::if_unseen;
    Answered answered;
    auto answer = state_->exchange.run_for_json(call, &answered);
    if (!answer)
        return answer.error();
    auto const location = std::string{answered.response.header("Location")};
    if (location.empty())
        if (auto noted = deviations().note(Deviation::location_missing, endpoint); !noted)
            return noted.error();
    if (answer->is_object())
    {
        auto resource = resource_of(std::move(*answer), answered, deviations(), call.target);
        if (resource && resource->id.empty()) // whatever that is, nobody could ever speak of it again
            return Failure{FailureKind::malformed,
                           {ErrorCode::invalid_syntax, call.target + ": created, and yet what came has no id."},
                           answered.response.status};
        return resource;
    }
    if (auto noted = deviations().note(Deviation::created_without_body, endpoint); !noted)
        return noted.error();
    // The last segment of the location is the id; the location itself is not followed, it may lead to another host.
    auto const id = location.substr(location.rfind('/') + 1);
    if (location.empty() || id.empty() || id.find_first_of("?#%") != std::string::npos)
        return malformed(call.target + ": created, but the server says neither what nor where.");
    return get(endpoint, id);
}

outcome<RemoteResource> Client::replace(std::string_view endpoint, std::string_view id, json::object const& body,
                                        std::string_view version) const
{
    if (id.empty())
        return misuse("A resource without an id cannot be replaced.");
    Call call{"PUT", path_of(endpoint, id), text_of(body), std::string{version}};
    call.repeat = repeat_of(version);
    Answered answered;
    auto answer = state_->exchange.run_for_json(call, &answered);
    if (!answer)
        return answer.error();
    if (answer->is_null())
        return get(endpoint, id);
    return resource_of(std::move(*answer), answered, deviations(), call.target);
}

outcome<std::optional<RemoteResource>> Client::patch(std::string_view endpoint, std::string_view id,
                                                     json::array operations, std::string_view version) const
{
    if (id.empty())
        return misuse("A resource without an id cannot be changed.");
    json::object const body{{"schemas", json::array{patch_urn}}, {"Operations", std::move(operations)}};
    Call call{"PATCH", path_of(endpoint, id), text_of(body), std::string{version}};
    call.repeat = Repeat::if_unseen;
    Answered answered;
    auto answer = state_->exchange.run_for_json(call, &answered);
    if (!answer)
        return answer.error();
    if (answer->is_null())
        return std::optional<RemoteResource>{};
    auto resource = resource_of(std::move(*answer), answered, deviations(), call.target);
    if (!resource)
        return resource.error();
    return std::optional<RemoteResource>{std::move(*resource)};
}

outcome<void> Client::remove(std::string_view endpoint, std::string_view id, std::string_view version) const
{
    if (id.empty())
        return misuse("A resource without an id cannot be removed.");
    Call call{"DELETE", path_of(endpoint, id), {}, std::string{version}};
    call.repeat = repeat_of(version);
    call.any_status = true;
    auto answered = state_->exchange.run(call);
    if (!answered)
        return answered.error();
    auto const status = answered->response.status;
    if (status >= 200 && status < 300)
        return {};
    if (status == 404 && answered->may_be_done)
        return {};
    return refusal(answered->response, options().limits, deviations());
}

outcome<Answer> Client::raw(std::string_view method, std::string_view path_and_query, std::string body,
                            std::vector<ResponseHeader> headers) const
{
    Call call{std::string{method}, std::string{path_and_query}, std::move(body)};
    call.headers = std::move(headers);
    call.any_status = true;
    bool const repeatable = method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE";
    bool const conditional =
        std::any_of(call.headers.begin(), call.headers.end(),
                    [](ResponseHeader const& header) { return equal_ascii_ignoring_case(header.name, "If-Match"); });
    call.repeat = repeatable && !conditional ? Repeat::freely : Repeat::if_unseen;
    auto answered = state_->exchange.run(call);
    if (!answered)
        return answered.error();
    auto& response = answered->response;
    Answer answer{response.status, std::move(response.headers)};
    auto const& limits = options().limits;
    if (!response.body.empty())
        if (auto read =
                parse_json(response.body, {limits.max_response_bytes, limits.max_json_depth, limits.max_json_values}))
            answer.body = std::move(*read);
    return answer;
}

outcome<std::vector<BulkResult>> Client::bulk(std::vector<BulkOperation> const& operations,
                                              unsigned fail_on_errors) const
{
    return run_bulk(state_->exchange, operations, fail_on_errors);
}

} // namespace scimkit::client
