// The page shows what is served, not what a resource says: a file may have changed since, and tenants of a file have no
// resource.
#include "offered_schemas.hpp"

#include <scimkit/tolerance/profile.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace server
{

namespace json = scimkit::json;

namespace
{

json::object extension_named(std::string_view type, std::string_view schema, std::string_view name)
{
    return {{"type", type}, {"schema", schema}, {"name", name.empty() ? schema : name}};
}

} // namespace

json::array extensions_of(scimkit::Tenant const& tenant, Configuration const& configuration)
{
    scimkit::result<std::shared_ptr<scimkit::SchemaRegistry const>> registry =
        tenant.registry ? tenant.registry : configuration.service.registry;
    if (!tenant.registry && tenant.profile)
        registry = scimkit::registry_for(*tenant.profile, configuration.service.registry);
    json::array all;
    if (!registry)
        return all;
    auto const& types = tenant.capabilities.types;
    for (auto const& type : (*registry)->resource_types())
        if (types.empty() || std::ranges::find(types, type->name()) != types.end())
            for (auto const& extension : type->extensions())
                all.push_back(extension_named(type->name(), extension.schema->id, extension.schema->name));
    return all;
}

json::object schema_files(Configuration const& configuration)
{
    if (!configuration.schemas)
        return json::object{{"files", nullptr}};
    auto const offered = configuration.schemas->offered();
    json::array files;
    for (auto const& file : offered.files)
    {
        json::array extensions;
        for (auto const& each : file.extensions)
            extensions.push_back(extension_named(each.type, each.schema, each.name));
        json::object told{{"name", file.name}, {"extensions", std::move(extensions)}};
        if (!file.problem.empty())
            told["problem"] = file.problem;
        files.push_back(std::move(told));
    }
    return json::object{{"files", std::move(files)}, {"leftOut", offered.left_out}};
}

} // namespace server
