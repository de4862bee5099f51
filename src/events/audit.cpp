// Only names are taken from a change, and the few by which a person finds a resource again.
#include <scimkit/events/audit.hpp>
#include <scimkit/events/security_event.hpp>

#include <algorithm>
#include <utility>

namespace scimkit
{
namespace
{

std::string_view name_of(LoggedChange::Operation operation)
{
    switch (operation)
    {
    case LoggedChange::Operation::created:
        return "create";
    case LoggedChange::Operation::replaced:
        return "update";
    case LoggedChange::Operation::removed:
        break;
    }
    return "delete";
}

/// The first that the change tells of what people know a resource by.
std::string name_in(LoggedChange const& change)
{
    if (!change.removed.user_name.empty() || !change.removed.display_name.empty())
        return change.removed.user_name.empty() ? change.removed.display_name : change.removed.user_name;
    for (std::string_view const path : {"userName", "displayName", "name"})
        for (LoggedChange::Value const& value : change.changed)
            if (value.path == path && value.told && value.value.is_string())
                return std::string{value.value.get_string()};
    return {};
}

void add(AuditRecord& record, std::string const& attribute, std::string_view value, bool came)
{
    if (record.elements.size() < max_audit_elements)
        record.elements.push_back({attribute, std::string{value}, came});
    else
        ++record.more_elements;
}

std::uint64_t number_of(json::object const& object, std::string_view name)
{
    auto const* const value = object.if_contains(name);
    return value && value->is_int64() && value->get_int64() > 0 ? static_cast<std::uint64_t>(value->get_int64()) : 0;
}

json::array const* list_of(json::object const& object, std::string_view name)
{
    auto const* const value = object.if_contains(name);
    return value ? value->if_array() : nullptr;
}

void put(json::object& object, std::string_view name, std::string const& text)
{
    if (!text.empty())
        object[name] = text;
}

} // namespace

AuditRecord audit_record(LoggedChange const& change, std::string_view log)
{
    AuditRecord record{.id = change_id(change, log),
                       .time = change.time,
                       .tenant = change.tenant,
                       .actor = change.actor,
                       .operation = std::string{name_of(change.operation)},
                       .resource_type = change.resource_type,
                       .resource_id = change.id,
                       .resource_name = name_in(change),
                       .changed = {},
                       .elements = {},
                       .more_elements = 0,
                       .trace_id = change.trace_id,
                       .position = change.position.number()};
    for (LoggedChange::Value const& value : change.changed)
        record.changed.push_back(value.path);
    for (LoggedChange::Elements const& elements : change.elements)
    {
        if (std::ranges::find(record.changed, elements.attribute) == record.changed.end())
            record.changed.push_back(elements.attribute);
        for (json::object const& element : elements.came)
            add(record, elements.attribute, text_of(element, "value"), true);
        for (std::string const& value : elements.went)
            add(record, elements.attribute, value, false);
    }
    return record;
}

AuditRecord audit_record(LogGap const& gap, Instant now, std::string_view log)
{
    AuditRecord record;
    record.id = event_id(gap, log); // of both its ends: each log that replaces another one begins at the same place
    record.time = now;
    record.tenant = gap.tenant;
    record.operation = "gap";
    record.position = gap.to.number();
    return record;
}

json::object to_json(AuditRecord const& record)
{
    json::object made{{"time", format_date_time(record.time)}};
    put(made, "tenant", record.tenant);
    put(made, "actor", record.actor);
    put(made, "operation", record.operation);
    put(made, "resourceType", record.resource_type);
    put(made, "resourceId", record.resource_id);
    put(made, "resourceName", record.resource_name);
    json::array changed;
    for (std::string const& path : record.changed)
        changed.emplace_back(path);
    if (!changed.empty())
        made["changed"] = std::move(changed);
    json::array elements;
    for (AuditRecord::Element const& element : record.elements)
    {
        json::object one{{"attribute", element.attribute}, {"change", element.came ? "came" : "went"}};
        put(one, "value", element.value);
        elements.push_back(std::move(one));
    }
    if (!elements.empty())
        made["elements"] = std::move(elements);
    if (record.more_elements > 0)
        made["moreElements"] = static_cast<std::int64_t>(record.more_elements);
    put(made, "traceId", record.trace_id);
    made["position"] = static_cast<std::int64_t>(record.position);
    return made;
}

result<AuditRecord> read_audit_record(json::object const& resource)
{
    auto const time = parse_date_time(text_of(resource, "time"));
    if (!time)
        return Error{ErrorCode::invalid_value, "An audit record needs a time."};
    AuditRecord record{.id = text_of(resource, "id"),
                       .time = *time,
                       .tenant = text_of(resource, "tenant"),
                       .actor = text_of(resource, "actor"),
                       .operation = text_of(resource, "operation"),
                       .resource_type = text_of(resource, "resourceType"),
                       .resource_id = text_of(resource, "resourceId"),
                       .resource_name = text_of(resource, "resourceName"),
                       .changed = {},
                       .elements = {},
                       .more_elements = number_of(resource, "moreElements"),
                       .trace_id = text_of(resource, "traceId"),
                       .position = number_of(resource, "position")};
    if (auto const* const changed = list_of(resource, "changed"))
        for (auto const& path : *changed)
            if (path.is_string())
                record.changed.emplace_back(path.get_string());
    if (auto const* const elements = list_of(resource, "elements"))
        for (auto const& each : *elements)
            if (auto const* const element = each.if_object())
                record.elements.push_back({text_of(*element, "attribute"), text_of(*element, "value"),
                                           text_of(*element, "change") == "came"});
    return record;
}

} // namespace scimkit
