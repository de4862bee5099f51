// Entity Management and not Account Change: groups, tenants and keys are changed as well as accounts, and one class for
// all is what can be searched.
#include <scimkit/events/audit.hpp>

#include <chrono>
#include <utility>

namespace scimkit
{
namespace
{

constexpr std::int64_t entity_management = 3'004;

std::int64_t activity_of(std::string const& operation)
{
    return operation == "create" ? 1 : operation == "update" ? 3 : operation == "delete" ? 4 : 99;
}

} // namespace

json::object to_ocsf(AuditRecord const& record, std::string_view product)
{
    auto const activity = activity_of(record.operation);
    json::object metadata{{"version", "1.3.0"},
                          {"uid", record.id},
                          {"product", json::object{{"name", product}, {"vendor_name", "scimkit"}}}};
    if (!record.tenant.empty())
        metadata["tenant_uid"] = record.tenant;
    if (!record.trace_id.empty())
        metadata["correlation_uid"] = record.trace_id;
    json::object entity{{"uid", record.resource_id}, {"type", record.resource_type}};
    if (!record.resource_name.empty())
        entity["name"] = record.resource_name;
    json::array changed;
    for (std::string const& path : record.changed)
        changed.emplace_back(path);
    json::array elements;
    for (AuditRecord::Element const& element : record.elements)
        elements.push_back(json::object{
            {"attribute", element.attribute}, {"value", element.value}, {"change", element.came ? "came" : "went"}});
    json::object made{{"class_uid", entity_management},
                      {"category_uid", 3},
                      {"activity_id", activity},
                      {"type_uid", entity_management * 100 + activity},
                      {"severity_id", 1},
                      {"status_id", 1},
                      {"time", std::chrono::floor<std::chrono::milliseconds>(record.time).time_since_epoch().count()},
                      {"metadata", std::move(metadata)},
                      {"entity", std::move(entity)}};
    if (!record.actor.empty())
        made["actor"] = json::object{{"user", json::object{{"name", record.actor}}}};
    if (!changed.empty() || !elements.empty())
        made["unmapped"] = json::object{{"changed", std::move(changed)}, {"elements", std::move(elements)}};
    return made;
}

} // namespace scimkit
