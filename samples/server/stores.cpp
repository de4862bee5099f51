// Which stores a server can open is a matter of how it was built; what it says of others names those that it can.
#include "stores.hpp"

#include <scimkit/kv/indexes.hpp>
#include <scimkit/memory/memory_store.hpp>

#include "invalid.hpp"
#include "logging.hpp"
#ifdef SCIMKIT_SERVER_LMDB
#include <scimkit/lmdb/lmdb_store.hpp>
#endif
#ifdef SCIMKIT_SERVER_POSTGRESQL
#include <scimkit/postgresql/postgresql_store.hpp>
#endif

#include <utility>

namespace server
{

using scimkit::result;

namespace
{

constexpr char const* stores_of_this_server = "--store needs "
#ifdef SCIMKIT_SERVER_LMDB
                                              "lmdb:DIR, "
#endif
#ifdef SCIMKIT_SERVER_POSTGRESQL
                                              "postgresql:CONNINFO, "
#endif
                                              "or memory"
#ifndef SCIMKIT_SERVER_LMDB
                                              "; this server is built without LMDB"
#endif
#ifndef SCIMKIT_SERVER_POSTGRESQL
                                              "; this server is built without PostgreSQL"
#endif
    ;

#ifdef SCIMKIT_SERVER_POSTGRESQL
/// "postgresql:host=db1 dbname=scim", or a URI, which begins with the same word.
std::string conninfo_of(std::string const& store)
{
    return store.starts_with("postgresql://") ? store : store.substr(store.find(':') + 1);
}
#endif

bool is_known_store(std::string const& store)
{
#ifdef SCIMKIT_SERVER_LMDB
    if (directory_of(store))
        return true;
#endif
#ifdef SCIMKIT_SERVER_POSTGRESQL
    if (store.starts_with("postgresql:"))
        return true;
#endif
    return store == "memory";
}

} // namespace

result<std::shared_ptr<scimkit::ResourceStore>> open_store(Settings const& settings, std::string const& store)
{
    scimkit::kv::StoreOptions options;
    options.indexes.insert(options.indexes.end(), settings.indexes.begin(), settings.indexes.end());
    // A command beside a server need not be told the server's indexes, and must not drop them.
    options.keep_indexes = !settings.command.name.empty() && settings.indexes.empty();
    if (store == "memory")
        return scimkit::memory::make_store(std::move(options));
#ifdef SCIMKIT_SERVER_LMDB
    if (auto const directory = directory_of(store))
    {
        scimkit::lmdb::LmdbOptions lmdb;
        if (settings.accept_damage)
            lmdb.on_damage = scimkit::lmdb::OnDamage::serve;
        return scimkit::lmdb::open_store(*directory, lmdb, std::move(options));
    }
#endif
#ifdef SCIMKIT_SERVER_POSTGRESQL
    if (store.starts_with("postgresql:"))
    {
        scimkit::postgresql::PostgresqlOptions postgresql;
        postgresql.max_connections = settings.postgresql_connections;
        postgresql.schema = settings.postgresql_schema;
        return scimkit::postgresql::open_store(conninfo_of(store), postgresql, std::move(options));
    }
#endif
    return invalid(stores_of_this_server);
}

result<std::shared_ptr<scimkit::ResourceStore>> open_store(Settings const& settings, Purpose purpose)
{
    bool const stands_in = purpose == Purpose::check && is_known_store(settings.store);
    auto opened = open_store(settings, stands_in ? "memory" : settings.store);
    if (opened && purpose == Purpose::serve && settings.store.starts_with("postgresql:") &&
        !(*opened)->traits().durable)
        log(scimkit::LogLevel::warning,
            "PostgreSQL may lose what it has committed: fsync has to be on, and synchronous_commit on or remote_apply "
            "(without synchronous_standby_names local and remote_write are as good)");
    return opened;
}

result<scimkit::ServiceOptions> with_known_indexes(scimkit::ServiceOptions service, Settings const& settings)
{
    auto const known = scimkit::kv::check_indexes(settings.indexes, *service.registry);
    return known ? result<scimkit::ServiceOptions>{std::move(service)} : known.error();
}

Settings settings_of_administration(Settings settings)
{
    if (settings.store.starts_with("lmdb:"))
        settings.store += "/admin";
    settings.postgresql_schema += "_admin";
    settings.indexes = {"time"}; // of records
    return settings;
}

std::optional<std::string> directory_of(std::string const& store)
{
    constexpr std::string_view kind = "lmdb:";
    return store.starts_with(kind) && store.size() > kind.size() ? std::optional{store.substr(kind.size())}
                                                                 : std::nullopt;
}

} // namespace server
