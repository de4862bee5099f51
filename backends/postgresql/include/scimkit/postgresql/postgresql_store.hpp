// The PostgreSQL backend: a ResourceStore over libpq, for data that has outgrown one machine, or that has to outlive
// it.
//
// The framework makes the keys and PostgreSQL compares bytes: records, keys and ids are bytea, so that answers are
// those of every other store, whatever the collation of the database, and every text (U+0000 too, but in ids) may come.
// Several processes may use one database at a time, as long as they are configured alike.
//
// Isolation    A read body sees one snapshot. Write bodies are serializable among each other, unless the options say
//              otherwise; a body that got into another one's way runs again, a bounded number of times.
// Failover     Several hosts in the connection string: a connection that is lost, or that leads to a server which does
//              not take writes any more, is replaced. `target_session_attrs` is read-write then, where neither the
//              string nor the environment says it: the host that takes writes is looked for, and reads go there too.
//              When the answer to a commit is lost, the database is asked what became of it; nothing is guessed and
//              nothing is written twice.
// TLS          As libpq has it: `sslmode=verify-full` and the like, in the connection string.
//
//     auto const store =
//         postgresql::open_store("host=db1,db2 dbname=scim target_session_attrs=read-write sslmode=verify-full");
//     if (!store)
//         return complain(store.error());
//     auto service = Service::create({.base_url = "https://example.com/scim", .store = *store, ...});
#pragma once

#include <scimkit/kv/store.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace scimkit::postgresql
{

/// How writers are kept apart.
enum class Isolation
{
    serializable,   ///< as if one ran after the other, as in every other store
    repeatable_read ///< cheaper; two writers may each rely on what the other one takes away (a member that is deleted)
};

/// How a store uses its database. A value.
struct PostgresqlOptions
{
    /// Where the tables are; made if it is not there. 1 to 63 bytes.
    std::string schema = "scimkit";
    /// Connections of this store, readers and writers together; at least 1. Who needs one more waits. One client (a
    /// tenant and CallContext::actor) has three quarters of them at most, and never all where there are several.
    unsigned max_connections = 16;
    /// The longest wait for a connection, a shorter deadline of the call aside; then `unavailable`.
    std::chrono::milliseconds acquire_timeout{5'000};
    /// The longest time that making a connection may take, with all its hosts. libpq looks their names up by itself,
    /// which no time bounds: `hostaddr` in the connection string where the resolver may be silent.
    std::chrono::milliseconds connect_timeout{5'000};
    Isolation isolation = Isolation::serializable;
    /// How often a write body runs at most, where others get into its way; then `busy`. At least 1.
    unsigned max_attempts = 12;
};

/// Connects, makes the tables where there are none, and looks at their version. `conninfo` is libpq's: words as above,
/// or a URI. StoreTraits::name is "postgresql" unless the options name it; StoreTraits::durable is what `fsync` and
/// `synchronous_commit` of the server say now: with `synchronous_standby_names` it has to be `on` or `remote_apply`.
/// A store that was opened durable stays so: its connections, those after a failover too, have a `synchronous_commit`
/// that waits, whatever the configuration becomes; where a new one finds `fsync` off, which is the server's alone,
/// health() has an error until it is on.
/// StoreMaintenance::copy_to() is not_implemented: PostgreSQL has backups of its own.
///
/// Threading: blocks while it connects; the store may be used by any number of threads, and runs a body on the thread
/// of its caller.
/// Lifetimes: shared; its connections end with the last owner.
/// Errors: invalid_value (the connection string or the options), unavailable (no connection, no permission, or a server
/// that takes no writes), corrupt (tables of another version, or of somebody else). Each says in one line what to do;
/// none tells a password.
/// Complexity: a few round trips. Indexes that are new, or have changed, are filled by attach(), from all resources.
SCIMKIT_API result<std::shared_ptr<ResourceStore>>
open_store(std::string const& conninfo, PostgresqlOptions const& options = {}, kv::StoreOptions store_options = {});

} // namespace scimkit::postgresql
