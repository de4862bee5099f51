// A run as JSON: for programs that read what the connector says, and for its history.
#include <scimkit/connector/import.hpp>

namespace scimkit::connector
{

namespace
{

json::object json_of(Counts const& counts)
{
    return {{"created", counts.created}, {"changed", counts.changed}, {"unchanged", counts.unchanged},
            {"removed", counts.removed}, {"errors", counts.errors},   {"deactivated", counts.deactivated},
            {"joiners", counts.joiners}, {"movers", counts.movers},   {"leavers", counts.leavers}};
}

} // namespace

json::object to_json(Run const& run)
{
    json::object types;
    for (auto const& [type, counts] : run.counts)
        types[type] = json_of(counts);
    json::array errors;
    for (auto const& error : run.errors)
        errors.emplace_back(error);
    return {{"types", std::move(types)}, {"errors", std::move(errors)}, {"dryRun", run.dry_run}};
}

} // namespace scimkit::connector
