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
    json::array left_out;
    for (auto const& [type, names] : run.left_out)
        for (auto const& [name, count] : names)
            left_out.emplace_back(json::object{{"type", type}, {"attribute", name}, {"count", count}});
    return {{"types", std::move(types)},
            {"errors", std::move(errors)},
            {"leftOut", std::move(left_out)},
            {"dryRun", run.dry_run}};
}

} // namespace scimkit::connector
