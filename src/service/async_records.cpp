// A request is kept as text, whatever it says: it is understood when it is carried out, by the same code as any other.
#include "async_records.hpp"

#include "../security/credential.hpp"

#include <algorithm>
#include <limits>
#include <thread>

namespace scimkit::service
{
namespace
{

constexpr std::chrono::seconds longest_end{5}; // of results of which some are committed, on a store that fails
constexpr std::chrono::milliseconds pause_at_end{50};

constexpr std::string_view async_request_urn = "urn:scimkit:params:scim:schemas:async:1.0:Request";
constexpr std::string_view result_urn = "urn:scimkit:params:scim:schemas:async:1.0:Result";

Attribute text_attribute(std::string name)
{
    Attribute attribute{.name = std::move(name)};
    attribute.case_exact = true;
    return attribute;
}

std::size_t number_of(json::object const& object, std::string_view name)
{
    auto const* const value = object.if_contains(name);
    return value && value->is_int64() && value->get_int64() > 0 ? static_cast<std::size_t>(value->get_int64()) : 0;
}

Schema request_schema()
{
    auto request = text_attribute("request");
    request.mutability = Mutability::write_only;
    return {.id = std::string{async_request_urn},
            .name = std::string{async_request_type},
            .description = "A request that is not carried out yet.",
            .attributes = {std::move(request)}};
}

Schema result_schema()
{
    Attribute operations{.name = "operations"};
    operations.type = AttributeType::integer;
    return {.id = std::string{result_urn},
            .name = std::string{async_result_type},
            .description = "What became of a request that was carried out later.",
            .attributes = {text_attribute("subject"), text_attribute("uri"), text_attribute("operation"),
                           std::move(operations)}};
}

ResourceTypeDefinition definition(std::string_view name, std::string_view schema)
{
    return {.name = std::string{name},
            .endpoint = "/" + std::string{name} + "s",
            .schema = std::string{schema},
            .description = "Of the framework's own"};
}

json::array to_json(std::vector<std::pair<std::string, std::string>> const& headers)
{
    json::array all;
    for (auto const& [name, value] : headers)
        all.push_back(json::array{name, value});
    return all;
}

json::array to_json(std::vector<std::string> const& texts)
{
    json::array all;
    for (std::string const& each : texts)
        all.emplace_back(each);
    return all;
}

bool is_of_the_moment(Error const& error) noexcept
{
    return error.code == ErrorCode::busy || error.code == ErrorCode::unavailable;
}

} // namespace

result<std::shared_ptr<SchemaRegistry const>> with_own_types(std::shared_ptr<SchemaRegistry const> const& registry)
{
    if (registry->find_resource_type(async_result_type))
        return registry;
    SchemaRegistry::Builder builder;
    builder.add(*registry).add(request_schema()).add(result_schema());
    builder.add(definition(async_request_type, async_request_urn)).add(definition(async_result_type, result_urn));
    return builder.build();
}

ResourceType const& async_request_type_of(SchemaRegistry const& registry)
{
    return *registry.find_resource_type(async_request_type);
}

ResourceType const& async_result_type_of(SchemaRegistry const& registry)
{
    return *registry.find_resource_type(async_result_type);
}

Resource to_resource(AsyncRequest const& request, ResourceType const& type, Instant now)
{
    json::object const kept{{"subject", request.principal.subject},
                            {"of", request.principal.tenant},
                            {"issuer", request.principal.issuer},
                            {"scopes", to_json(request.principal.scopes)},
                            {"tenant", request.tenant},
                            {"method", request.method},
                            {"target", request.target},
                            {"peer", request.peer_address},
                            {"headers", to_json(request.headers)},
                            {"uri", request.transaction.uri},
                            {"location", request.transaction.location},
                            {"operations", request.transaction.operations},
                            {"body", request.body}};
    std::string text;
    write_json(text, kept);
    return {.type = &type,
            .id = request.transaction.txn,
            .created = now,
            .last_modified = now,
            .attributes = {{"request", std::move(text)}}};
}

result<AsyncRequest> read_async_request(Resource const& stored)
{
    auto const parsed =
        parse_json(text_of(stored.attributes, "request"), {.max_bytes = std::numeric_limits<std::size_t>::max()});
    auto const* const kept = parsed ? parsed->if_object() : nullptr;
    if (!kept)
        return Error{ErrorCode::corrupt, "The asynchronous request " + stored.id + " cannot be read."};
    Principal sender{
        .subject = text_of(*kept, "subject"), .tenant = text_of(*kept, "of"), .issuer = text_of(*kept, "issuer")};
    AsyncRequest request{.transaction = {.txn = stored.id,
                                         .subject = detail::credential_of(sender),
                                         .uri = text_of(*kept, "uri"),
                                         .location = text_of(*kept, "location"),
                                         .operations = number_of(*kept, "operations")},
                         .principal = std::move(sender),
                         .tenant = text_of(*kept, "tenant"),
                         .method = text_of(*kept, "method"),
                         .target = text_of(*kept, "target"),
                         .peer_address = text_of(*kept, "peer"),
                         .headers = {},
                         .body = text_of(*kept, "body")};
    if (auto const* const scopes = kept->if_contains("scopes"); scopes && scopes->is_array())
        for (auto const& each : scopes->get_array())
            if (each.is_string())
                request.principal.scopes.emplace_back(each.get_string());
    if (auto const* const headers = kept->if_contains("headers"); headers && headers->is_array())
        for (auto const& each : headers->get_array())
            if (auto const* const pair = each.if_array();
                pair && pair->size() == 2 && (*pair)[0].is_string() && (*pair)[1].is_string())
                request.headers.emplace_back((*pair)[0].get_string(), (*pair)[1].get_string());
    return request;
}

Resource to_resource(AsyncResult result, ResourceType const& type, Instant now)
{
    json::object attributes{{"uri", std::move(result.uri)}};
    if (!result.subject.empty())
        attributes["subject"] = std::move(result.subject);
    if (!result.operation.empty())
        attributes["operation"] = std::move(result.operation);
    else
        attributes["operations"] = static_cast<std::int64_t>(result.operations);
    return {.type = &type,
            .id = std::move(result.id),
            .created = now,
            .last_modified = now,
            .attributes = std::move(attributes)};
}

AsyncResult read_async_result(Resource const& stored)
{
    return {.id = stored.id,
            .subject = text_of(stored.attributes, "subject"),
            .uri = text_of(stored.attributes, "uri"),
            .operation = text_of(stored.attributes, "operation"),
            .operations = number_of(stored.attributes, "operations")};
}

std::string async_id(std::string_view txn, std::size_t operation)
{
    return std::string{txn} + ":" + std::to_string(operation);
}

std::string async_operation(std::string_view method, std::string_view location, std::string_view version, int status,
                            std::string_view response, std::string_view bulk_id)
{
    std::string out{"{\"method\":"};
    write_json_string(out, method);
    auto const add = [&](std::string_view name, std::string_view text)
    {
        if (text.empty())
            return;
        out += ",\"";
        out += name;
        out += "\":";
        write_json_string(out, text);
    };
    add("bulkId", bulk_id);
    add("version", version);
    add("location", location);
    add("status", std::to_string(status));
    if (!response.empty())
        out.append(",\"response\":").append(response);
    return out + '}';
}

json::object async_claims(std::string_view txn, std::string_view uri, json::value const& operation, std::int64_t issued,
                          std::string_view jti)
{
    return {{"iat", issued},
            {"jti", jti},
            {"txn", txn},
            {"sub_id", json::object{{"format", "scim"}, {"uri", uri}}},
            {"events", json::object{{async_event_uri, operation}}}};
}

result<void> check_async_request(ReadTransaction& transaction, SchemaRegistry const& registry, std::string_view txn)
{
    auto const found = transaction.get(async_request_type_of(registry), txn, wanted_nothing());
    if (!found)
        return found.error();
    return *found ? result<void>{} : Error{ErrorCode::conflict, "The request has been carried out already."};
}

result<void> end_async_request(WriteTransaction& transaction, SchemaRegistry const& registry, std::string_view txn)
{
    if (auto checked = check_async_request(transaction, registry, txn); !checked)
        return checked;
    return transaction.remove(async_request_type_of(registry), txn, std::nullopt);
}

result<void> add_async_result(WriteTransaction& transaction, SchemaRegistry const& registry, AsyncResult result,
                              Instant now)
{
    auto const& type = async_result_type_of(registry);
    auto const there = transaction.get(type, result.id, wanted_nothing());
    if (!there)
        return there.error();
    if (*there)
        return {};
    auto resource = to_resource(std::move(result), type, now);
    auto const stored = transaction.insert(resource, {});
    if (!stored)
        return stored.error();
    return {};
}

result<void> end_with_results(std::span<AsyncResult const> results, SchemaRegistry const& registry,
                              std::string_view txn, Instant now, std::chrono::steady_clock::time_point deadline,
                              function_ref<result<void>(function_ref<result<void>(WriteTransaction&)>)> write)
{
    using Clock = std::chrono::steady_clock;
    auto const end = std::min(deadline, Clock::now() + longest_end);
    bool is_first = true;
    while (!results.empty())
    {
        auto const piece = results.first(std::min(results.size(), async_results_at_once));
        results = results.subspan(piece.size());
        auto const add = [&](WriteTransaction& transaction) -> result<void>
        {
            if (auto checked = results.empty() ? end_async_request(transaction, registry, txn)
                                               : check_async_request(transaction, registry, txn);
                !checked)
                return checked;
            for (AsyncResult const& each : piece)
                if (auto added = add_async_result(transaction, registry, each, now); !added)
                    return added;
            return {};
        };
        auto written = write(add);
        // Whoever begins again knows no more what became of those that are not written down.
        while (!written && !is_first && is_of_the_moment(written.error()) && Clock::now() + pause_at_end < end)
        {
            std::this_thread::sleep_for(pause_at_end);
            written = write(add);
        }
        if (!written)
            return written;
        is_first = false;
    }
    return {};
}

} // namespace scimkit::service
