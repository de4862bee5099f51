// Everything comes from the change alone, so that the same change makes the same token, whenever it is asked for.
#include <scimkit/core/text.hpp>
#include <scimkit/events/security_event.hpp>

#include "../service/async_records.hpp"
#include "../store/activity.hpp"
#include "elements.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace scimkit
{
namespace
{

constexpr std::string_view prefix = "urn:ietf:params:scim:event:prov:";
constexpr std::string_view feed_add = "urn:ietf:params:scim:event:feed:add";
constexpr std::string_view feed_remove = "urn:ietf:params:scim:event:feed:remove";
constexpr std::string_view patch_urn = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

std::string uri(std::string_view kind, std::string_view form = {})
{
    return std::string{prefix} + std::string{kind} + (form.empty() ? "" : ":") + std::string{form};
}

std::string external_id_of(LoggedChange const& change)
{
    if (!change.removed.external_id.empty())
        return change.removed.external_id;
    for (auto const* const values : {&change.changed, &change.kept})
        for (LoggedChange::Value const& value : *values)
            if (value.path == "externalId" && value.told && value.value.is_string())
                return std::string{value.value.get_string()};
    return {};
}

/// RFC 9967 section 2.4: the names of what was created or changed.
json::object notice(LoggedChange const& change)
{
    json::array names;
    if (change.operation == LoggedChange::Operation::created)
        names.emplace_back("id");
    for (LoggedChange::Value const& value : change.changed)
        names.emplace_back(value.path);
    for (LoggedChange::Elements const& elements : change.elements)
        if (std::ranges::find(change.changed, elements.attribute, &LoggedChange::Value::path) == change.changed.end())
            names.emplace_back(elements.attribute);
    return {{"attributes", std::move(names)}};
}

/// Where a path of the log leads: into the object of an extension, for "urn:…:User:department".
void put(json::object& resource, std::string_view path, json::value const& value)
{
    auto const colon = path.rfind(':');
    if (colon == std::string_view::npos)
    {
        resource[path] = value;
        return;
    }
    auto& extension = resource[path.substr(0, colon)];
    if (!extension.is_object())
        extension = json::object{};
    extension.get_object()[path.substr(colon + 1)] = value;
}

/// The resource as it was made, or as a client gave it, without secrets.
json::object whole(LoggedChange const& change, ResourceType const& type)
{
    json::object resource{{"id", change.id}};
    for (auto const* const values : {&change.kept, &change.changed})
        for (LoggedChange::Value const& value : *values)
            if (value.told && !value.value.is_null())
                put(resource, value.path, value.value);
    for (LoggedChange::Elements const& elements : change.elements)
    {
        json::array all;
        for (json::object const& element : elements.came)
            all.emplace_back(element);
        if (!all.empty())
            resource[elements.attribute] = std::move(all);
    }
    json::array schemas;
    for (std::string_view const schema : schemas_of(type, resource))
        schemas.emplace_back(schema);
    resource["schemas"] = std::move(schemas);
    return {{"data", std::move(resource)}};
}

/// The PATCH that does the same. Nothing: all that changed is secret.
std::optional<json::object> patch(LoggedChange const& change)
{
    json::array operations;
    for (LoggedChange::Value const& value : change.changed)
        if (value.told && !value.value.is_null())
            operations.push_back(json::object{{"op", "replace"}, {"path", value.path}, {"value", value.value}});
        else if (value.told)
            operations.push_back(json::object{{"op", "remove"}, {"path", value.path}});
    for (LoggedChange::Elements const& elements : change.elements)
    {
        for (std::string const& value : elements.went)
        {
            std::string path = elements.attribute + "[value eq ";
            write_json_string(path, value);
            operations.push_back(json::object{{"op", "remove"}, {"path", path + ']'}});
        }
        json::array came;
        for (json::object const& element : elements.came)
            came.emplace_back(element);
        if (!came.empty())
            operations.push_back(json::object{{"op", "add"}, {"path", elements.attribute}, {"value", std::move(came)}});
    }
    if (operations.empty())
        return std::nullopt;
    return json::object{
        {"data", json::object{{"schemas", json::array{patch_urn}}, {"Operations", std::move(operations)}}}};
}

/// What a resource is to a feed, before a change and behind it.
struct Membership
{
    bool before = true;
    bool after = true;
};

Membership membership_of(LoggedChange const& change, ResourceType const& type, std::string const& feed)
{
    if (feed.empty())
        return {};
    auto const path = parse_attribute_path(feed);
    auto const mark = path ? type.resolve(*path) : std::nullopt;
    if (!mark || !mark->attribute)
        return {};
    auto const value_in = [name = mark->path()](std::vector<LoggedChange::Value> const& values) -> std::optional<bool>
    {
        auto const found = std::ranges::find(values, name, &LoggedChange::Value::path);
        if (found == values.end())
            return std::nullopt;
        return found->value.is_bool() && found->value.get_bool();
    };
    bool const is_new = change.operation == LoggedChange::Operation::created;
    if (auto const changed = value_in(change.changed))
        return {.before = is_new ? *changed : !*changed, .after = *changed};
    bool const stays = value_in(change.kept).value_or(false);
    return {.before = stays, .after = stays};
}

/// RFC 9967 has the body of a PUT in `put:full`: where it may have been large, names do (section 5).
std::optional<json::object> values_of(LoggedChange const& change, ResourceType const& type)
{
    if (events::elements_of(change) > max_event_elements)
        return std::nullopt;
    if (change.operation == LoggedChange::Operation::created)
        return whole(change, type);
    if (!change.given_whole)
        return patch(change);
    return type.large_attributes().empty() ? std::optional{whole(change, type)} : std::nullopt;
}

/// RFC 9967 section 2.3. It says nothing else: what the resource has is for the receiver to ask.
json::object feed_event(bool joins) { return {{joins ? feed_add : feed_remove, json::object{}}}; }

json::object events_of(LoggedChange const& change, ResourceType const& type, bool full)
{
    if (change.operation == LoggedChange::Operation::removed)
        return {{uri("delete"), json::object{}}};
    bool const is_new = change.operation == LoggedChange::Operation::created;
    std::optional<json::object> payload;
    if (full)
        payload = values_of(change, type);
    bool const has_values = payload.has_value();
    if (!has_values)
        payload = notice(change);
    if (auto version = format_version(change.after); !version.empty())
        (*payload)["version"] = std::move(version);
    auto const* const kind = is_new ? "create" : change.given_whole ? "put" : "patch";
    json::object events{{uri(kind, has_values ? "full" : "notice"), std::move(*payload)}};
    if (auto const active = activity_of(change))
        events[uri(*active ? "activate" : "deactivate")] = json::object{};
    return events;
}

} // namespace

namespace
{

std::string text_in(LoggedChange const& change, std::string_view name)
{
    auto const found = std::ranges::find(change.changed, name, &LoggedChange::Value::path);
    bool const is_text = found != change.changed.end() && found->told && found->value.is_string();
    return is_text ? std::string{found->value.get_string()} : std::string{};
}

/// RFC 9967 section 2.5.1.3: a request that was carried out later. Of a whole Bulk nothing, since each operation has
/// one.
std::optional<json::object> async_event(LoggedChange const& change, SecurityEventOptions const& options)
{
    auto const operation = parse_json(text_in(change, "operation"));
    if (change.operation != LoggedChange::Operation::created || !operation)
        return std::nullopt;
    auto const issued = std::chrono::floor<std::chrono::seconds>(change.time).time_since_epoch().count();
    auto claims = service::async_claims(change.id, text_in(change, "uri"), *operation, issued,
                                        change_id(change, options.audience));
    claims["iss"] = options.issuer;
    claims["aud"] = options.audience;
    return claims;
}

} // namespace

std::optional<json::object> security_event(LoggedChange const& change, SchemaRegistry const& registry,
                                           SecurityEventOptions const& options)
{
    if (change.resource_type == async_result_type)
        return async_event(change, options);
    if (is_own_type(change.resource_type))
        return std::nullopt;
    auto const& types = options.registry ? *options.registry : registry;
    auto const* const type = types.find_resource_type(change.resource_type);
    if (!type)
        return std::nullopt;
    auto const member = membership_of(change, *type, options.feed);
    if (!member.before && !member.after)
        return std::nullopt;
    json::object subject{{"format", "scim"}, {"uri", type->endpoint() + "/" + change.id}};
    if (auto external_id = external_id_of(change); !external_id.empty())
        subject["externalId"] = std::move(external_id);
    return json::object{
        {"iss", options.issuer},
        {"aud", options.audience},
        {"iat", std::chrono::floor<std::chrono::seconds>(change.time).time_since_epoch().count()},
        {"jti", change_id(change, options.audience)},
        {"txn", change_id(change)},
        {"sub_id", std::move(subject)},
        {"events", member.before == member.after ? events_of(change, *type, options.full) : feed_event(member.after)}};
}

std::string event_id(LogGap const& gap, std::string_view audience)
{
    LoggedChange stand_in{.position = gap.to, .tenant = std::string{gap.tenant}, .resource_type = "gap", .id = {}};
    stand_in.id = std::to_string(gap.from.number());
    return change_id(stand_in, audience);
}

json::object security_event(LogGap const& gap, SecurityEventOptions const& options, Instant now)
{
    auto const* const reason = gap.reason == LogGap::Reason::trimmed ? "trimmed" : "replaced";
    return {{"iss", options.issuer},
            {"aud", options.audience},
            {"iat", std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count()},
            {"jti", event_id(gap, options.audience)},
            {"txn", event_id(gap, {})},
            {"sub_id", json::object{{"format", "scim"}, {"uri", "/"}}},
            {"events", json::object{{gap_event_uri, json::object{{"reason", reason}}}}}};
}

std::vector<std::string> security_event_uris(bool full, bool async_requests, bool feed)
{
    std::vector<std::string> all{
        uri("create", "notice"), uri("patch", "notice"), uri("put", "notice"),      uri("delete"),
        uri("activate"),         uri("deactivate"),      std::string{gap_event_uri}};
    if (full)
        all.insert(all.end(), {uri("create", "full"), uri("patch", "full"), uri("put", "full")});
    if (feed)
        all.insert(all.end(), {std::string{feed_add}, std::string{feed_remove}});
    if (async_requests)
        all.emplace_back(service::async_event_uri);
    return all;
}

} // namespace scimkit
