// Schemas of a tenant's own: files of a directory that the operator allows, which extend the resource types that all
// tenants have.
#pragma once

#include <scimkit/schema/registry.hpp>
#include <scimkit/tenants/tenants.hpp>

#include "file_watch.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace server
{

/// A file that tenants may name.
struct SchemaFile
{
    struct Extension
    {
        std::string type;   ///< name of the resource type
        std::string schema; ///< its URI
        std::string name;   ///< of the schema; may be empty
    };
    std::string name;
    std::vector<Extension> extensions{}; ///< that whoever names it has besides
    std::string problem{};               ///< why nobody may; empty: all may
};

/// Registries of tenants, by the names of their files; each is made once for as long as its files are the same.
///
/// A file is what --schema takes: schemas, and resource types that name them as extensions. Here a resource type has to
/// be one of the server's, and only gets the extensions that it has not. What is told apart from the outside (keys of
/// stores, what is kept of requests, events, exports) is the same for all tenants, so an extension of a tenant's own
/// has neither what is unique nor what is never returned.
///
/// Threading: any.
class TenantSchemas
{
public:
    /// `common`: what all tenants have. Error: one sentence for the operator; there is no such
    /// directory, or every account may write it.
    static scimkit::result<std::shared_ptr<TenantSchemas>>
    create(std::string directory, std::shared_ptr<scimkit::SchemaRegistry const> common);

    /// The registry with what these files add; the same object until one of them changes. Names are of files in the
    /// directory, and no paths. Errors: what is wrong, with the name of the file and not with its path.
    scimkit::result<std::shared_ptr<scimkit::SchemaRegistry const>> registry_of(std::vector<std::string> const& files);

    /// What tenants may name, in order of names, and how many files there are beyond the first hundred. A file that is
    /// none of definitions is among them, with why.
    struct Offered
    {
        std::vector<SchemaFile> files{};
        std::size_t left_out = 0;
    };
    Offered offered();

    /// How many registries were made so far: as long as it is the same, so are all of them.
    std::uint64_t made() const;

private:
    struct Made
    {
        std::vector<FileState> states;
        std::shared_ptr<scimkit::SchemaRegistry const> registry;
    };

    TenantSchemas(std::string directory, std::shared_ptr<scimkit::SchemaRegistry const> common);
    scimkit::result<std::shared_ptr<scimkit::SchemaRegistry const>> make(std::vector<std::string> const& files) const;
    SchemaFile look_at(std::string const& name) const;

    struct Looked
    {
        FileState state;
        SchemaFile file;
    };

    std::string directory_;
    std::shared_ptr<scimkit::SchemaRegistry const> common_;
    std::mutex looking_; ///< for looked_
    std::map<std::string, Looked> looked_;
    mutable std::mutex mutex_; ///< for the rest
    std::map<std::vector<std::string>, Made> known_;
    std::uint64_t made_ = 0;
};

/// Where a tenant's schemas come from.
struct SchemaSources
{
    std::shared_ptr<TenantSchemas> schemas{};                 ///< null: no tenant has any
    std::shared_ptr<scimkit::TenantDirectory const> served{}; ///< null: none is served yet
    std::shared_ptr<scimkit::Profile const> profile{};        ///< of tenants that have none of their own
};

/// Gives a tenant the registry of its files, as its profile, or that of all, wants it. Nothing happens without files.
/// Errors: those of registry_of(); an attribute that is of another kind than the tenant that is served has it, since
/// what is stored could not be read any more.
scimkit::result<void> take_schemas(scimkit::Tenant& tenant, std::vector<std::string> const& files,
                                   SchemaSources const& sources);

} // namespace server
