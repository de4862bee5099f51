// Extensions are added to what all have, and nothing of that can be replaced: so whatever attaches the server's own
// registry to the store, as commands and the audit log do, agrees with the tenants about all that it knows.
#include "tenant_schemas.hpp"

#include <scimkit/core/json.hpp>
#include <scimkit/core/text.hpp>
#include <scimkit/tolerance/profile.hpp>

#include "invalid.hpp"
#include "secret_files.hpp"
#include "tenants_file.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <utility>

namespace server
{

using scimkit::result;
using scimkit::SchemaRegistry;

namespace
{

constexpr std::size_t max_schema_files = 20;             // of one tenant; more are refused
constexpr std::size_t max_schema_file_bytes = 1U << 20U; // of one of them; it is refused
constexpr std::size_t max_listed_files = 100;            // that the page offers; of the others it tells how many
constexpr std::size_t max_known_registries = 1'000;      // that are kept; beyond, all are forgotten, and made anew

using Extension = scimkit::ResourceTypeDefinition::Extension;

/// What the files of a tenant add.
struct Additions
{
    std::vector<scimkit::Schema> schemas{};
    std::vector<std::pair<std::string, Extension>> extensions{}; ///< by the name of the resource type
};

result<scimkit::json::value> read_definitions(std::string const& path)
{
    if (auto const safe = check_permissions("--tenant-schemas", path, false); !safe)
        return invalid("every account of this machine may write it.");
    std::error_code failed;
    if (!std::filesystem::is_regular_file(path, failed) || failed)
        return invalid("there is no such file in --tenant-schemas.");
    std::ifstream stream{path, std::ios::binary};
    std::string text(max_schema_file_bytes + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!stream.is_open() || stream.bad())
        return invalid("it cannot be read.");
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (text.size() > max_schema_file_bytes)
        return invalid("it has more than 1 MiB.");
    return scimkit::parse_json(text);
}

result<void> check_attribute(scimkit::Attribute const& attribute)
{
    if (attribute.uniqueness != scimkit::Uniqueness::none)
        return invalid(attribute.name + " is unique; only attributes of --schema can be, since the store has its keys "
                                        "for all tenants.");
    if (attribute.returned == scimkit::Returned::never || attribute.mutability == scimkit::Mutability::write_only)
        return invalid(attribute.name + " is never returned, or writeOnly; only attributes of --schema can be, since "
                                        "they are secrets in what is kept of requests and told of changes.");
    for (auto const& each : attribute.sub_attributes)
        if (auto checked = check_attribute(each); !checked)
            return checked;
    return {};
}

bool has_extension(scimkit::ResourceTypeDefinition const& type, std::string_view uri)
{
    return std::ranges::any_of(type.extensions, [&](Extension const& each)
                               { return scimkit::equal_ascii_ignoring_case(each.schema, uri); });
}

result<void> add_type(Additions& all, scimkit::ResourceType const& type, SchemaRegistry const& common)
{
    auto const* const known = common.find_resource_type(type.name());
    if (!known || known->endpoint() != type.endpoint() ||
        !scimkit::equal_ascii_ignoring_case(known->schema().id, type.schema().id))
        return invalid("the resource type " + type.name() +
                       " is none of the server's; a tenant extends those that there are, and --schema adds others.");
    for (auto const& extension : type.definition().extensions)
        if (!has_extension(known->definition(), extension.schema))
            all.extensions.emplace_back(type.name(), extension);
    return {};
}

/// What a file has beside what there is.
result<void> add_file(Additions& all, std::string const& path, SchemaRegistry const& common)
{
    auto const definitions = read_definitions(path);
    if (!definitions)
        return definitions.error();
    auto const with_file = SchemaRegistry::Builder{}.add(common).load(*definitions).build();
    if (!with_file)
        return with_file.error();
    for (auto const& type : (*with_file)->resource_types())
        if (auto added = add_type(all, *type, common); !added)
            return added;
    for (auto const& schema : (*with_file)->schemas())
    {
        if (common.find_schema(schema.id))
            continue;
        for (auto const& attribute : schema.attributes)
            if (auto checked = check_attribute(attribute); !checked)
                return checked;
        if (std::ranges::none_of(all.extensions, [&](auto const& each)
                                 { return scimkit::equal_ascii_ignoring_case(each.second.schema, schema.id); }))
            return invalid("the schema " + schema.id + " extends no resource type.");
        all.schemas.push_back(schema);
    }
    return {};
}

result<std::shared_ptr<SchemaRegistry const>> registry_with(Additions const& all, SchemaRegistry const& common)
{
    SchemaRegistry::Builder builder;
    builder.add(common);
    for (auto const& schema : all.schemas)
        builder.add(schema);
    for (auto const& [type, extension] : all.extensions)
        builder.extend(type, extension.schema, extension.required);
    return builder.build();
}

/// Those that a tenant can name, in order. None, if the directory cannot be read.
std::vector<std::string> names_in(std::string const& directory)
{
    std::vector<std::string> names;
    std::error_code failed;
    for (std::filesystem::directory_iterator each{directory, failed}, end; !failed && each != end;
         each.increment(failed))
        if (std::error_code unknown; each->is_regular_file(unknown) && is_plain_name(each->path().filename().string()))
            names.push_back(each->path().filename().string());
    std::ranges::sort(names);
    return names;
}

bool same_kind(scimkit::Attribute const& a, scimkit::Attribute const& b);

/// Of names that both have.
bool same_kinds(std::vector<scimkit::Attribute> const& a, std::vector<scimkit::Attribute> const& b)
{
    return std::ranges::all_of(a,
                               [&](scimkit::Attribute const& each)
                               {
                                   auto const other = std::ranges::find_if(
                                       b, [&](auto const& one)
                                       { return scimkit::equal_ascii_ignoring_case(one.name, each.name); });
                                   return other == b.end() || (other->name == each.name && same_kind(each, *other));
                               });
}

/// What stored values are: text, truth, number or object, one or several. Nesting ends by the schema.
bool same_kind(scimkit::Attribute const& a, scimkit::Attribute const& b)
{
    using enum scimkit::AttributeType;
    auto const kind = [](scimkit::AttributeType type) {
        return type == complex || type == boolean ? type : type == integer || type == decimal ? decimal : string;
    };
    return a.multi_valued == b.multi_valued && kind(a.type) == kind(b.type) &&
           same_kinds(a.sub_attributes, b.sub_attributes);
}

result<void> check_kinds(SchemaRegistry const& before, SchemaRegistry const& now)
{
    for (auto const& schema : now.schemas())
        if (auto const* const old = before.find_schema(schema.id))
            if (old->id != schema.id || !same_kinds(old->attributes, schema.attributes))
                return invalid("an attribute of " + schema.id +
                               " was of another type, or one of several values, or spelt otherwise: what is stored "
                               "could not be read; give it another name.");
    return {};
}

} // namespace

TenantSchemas::TenantSchemas(std::string directory, std::shared_ptr<SchemaRegistry const> common)
    : directory_(std::move(directory))
    , common_(std::move(common))
{
}

result<std::shared_ptr<TenantSchemas>> TenantSchemas::create(std::string directory,
                                                             std::shared_ptr<SchemaRegistry const> common)
{
    std::error_code failed;
    if (!std::filesystem::is_directory(directory, failed) || failed)
        return invalid("--tenant-schemas " + directory + ": there is no such directory.");
    auto const permissions = std::filesystem::status(directory, failed).permissions();
    if (failed || (permissions & std::filesystem::perms::others_write) != std::filesystem::perms::none)
        return invalid("--tenant-schemas " + directory +
                       ": every account of this machine may put files into it; take that away (chmod o-w).");
    return std::shared_ptr<TenantSchemas>{new TenantSchemas{std::move(directory), std::move(common)}};
}

result<std::shared_ptr<SchemaRegistry const>> TenantSchemas::make(std::vector<std::string> const& files) const
{
    Additions all;
    for (std::string const& name : files)
        if (auto added = add_file(all, directory_ + "/" + name, *common_); !added)
            return invalid(name + ": " + added.error().detail);
    return registry_with(all, *common_);
}

result<std::shared_ptr<SchemaRegistry const>> TenantSchemas::registry_of(std::vector<std::string> const& files)
{
    if (files.size() > max_schema_files)
        return invalid("there are more than 20 files.");
    std::vector<FileState> states;
    for (std::string const& name : files)
    {
        if (!is_plain_name(name) || name.size() > 255)
            return invalid("'" + name.substr(0, 100) +
                           "' is no name of a file: letters, digits, '-', '_' and '.' alone.");
        states.push_back(state_of(directory_ + "/" + name)); // before it is read
    }
    std::lock_guard const lock{mutex_};
    if (auto const known = known_.find(files); known != known_.end() && known->second.states == states)
        return known->second.registry;
    auto made = make(files);
    if (!made)
        return made;
    if (known_.size() >= max_known_registries)
        known_.clear();
    known_.insert_or_assign(files, Made{std::move(states), *made});
    ++made_;
    return made;
}

SchemaFile TenantSchemas::look_at(std::string const& name) const
{
    SchemaFile file{.name = name};
    Additions all;
    auto const added = add_file(all, directory_ + "/" + name, *common_);
    auto const registry = added ? registry_with(all, *common_) : added.error();
    if (!registry)
    {
        file.problem = registry.error().detail;
        return file;
    }
    for (auto const& [type, extension] : all.extensions)
        if (auto const* const schema = (*registry)->find_schema(extension.schema))
            file.extensions.push_back({.type = type, .schema = schema->id, .name = schema->name});
    return file;
}

/// Read anew is only what has changed since the last look.
TenantSchemas::Offered TenantSchemas::offered()
{
    auto names = names_in(directory_);
    Offered all{.left_out = names.size() - std::min(names.size(), max_listed_files)};
    names.resize(names.size() - all.left_out);
    std::lock_guard const lock{looking_};
    std::map<std::string, Looked> looked;
    for (auto const& name : names)
    {
        auto const state = state_of(directory_ + "/" + name); // before it is read
        auto const known = looked_.find(name);
        bool const is_known = known != looked_.end() && known->second.state == state;
        auto file = is_known ? known->second.file : look_at(name);
        looked.insert_or_assign(name, Looked{state, file});
        all.files.push_back(std::move(file));
    }
    looked_ = std::move(looked);
    return all;
}

std::uint64_t TenantSchemas::made() const
{
    std::lock_guard const lock{mutex_};
    return made_;
}

result<void> take_schemas(scimkit::Tenant& tenant, std::vector<std::string> const& files, SchemaSources const& sources)
{
    if (files.empty())
        return {};
    if (!sources.schemas)
        return invalid("the server has no --tenant-schemas, where they would be.");
    auto registry = sources.schemas->registry_of(files);
    auto const& profile = tenant.profile ? tenant.profile : sources.profile;
    if (registry && profile)
        registry = registry_for(*profile, *registry);
    if (!registry)
        return registry.error();
    auto const served = sources.served ? sources.served->find_named(tenant.name) : nullptr;
    if (served && served->registry)
        if (auto same = check_kinds(*served->registry, **registry); !same)
            return same;
    tenant.registry = std::move(*registry);
    return {};
}

} // namespace server
