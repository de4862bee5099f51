// Tables without extensions and procedures. All come first by tenant, so that a tenant's rows are together. What else
// the store needs is PostgreSQL's: transaction numbers and snapshots, advisory locks, ctid (docs/scaling.md has the
// list). Nothing was tried on another engine.
#include "layout.hpp"

#include "change_log.hpp"

#include <span>

namespace scimkit::postgresql
{
namespace
{

/// Who makes tables holds this lock; any number would do.
constexpr std::int64_t creation_lock = 7'643'764'400;

constexpr std::string_view tables[] = {
    // One row. `catalog`: which numbers types and large attributes have, which indexes there are.
    // What `log_base` and `unlogged` are for says change_log.hpp.
    // NOLINTNEXTLINE(bugprone-suspicious-missing-comma): each is a statement, in several lines
    "create table layout (version integer not null, made_by text not null, catalog bytea, "
    "log_base bigint not null default 0, unlogged boolean not null default false)",
    "create table tenant (tenant integer generated always as identity primary key, name bytea not null unique)",
    // `record`: the resource but for its large attributes, with its version and its unique keys.
    "create table resource (tenant integer not null, type smallint not null, id bytea not null, "
    "version bigint not null, record bytea not null, primary key (tenant, type, id)) with (fillfactor = 85)",
    "create table unique_key (tenant integer not null, type smallint not null, key bytea not null, "
    "id bytea not null, primary key (tenant, type, key))",
    // `rest`: what of the value is beyond the longest key.
    "create table index_entry (tenant integer not null, type smallint not null, attribute smallint not null, "
    "key bytea not null, rest bytea not null, id bytea not null)",
    "create index index_entry_by_key on index_entry (tenant, type, attribute, key, id)",
    // `key`: of the element's value; `folded`: the same without letter case; `value`: as it was spelled.
    "create table element (tenant integer not null, attribute smallint not null, owner bytea not null, "
    "key bytea not null, folded bytea not null, value bytea not null, body bytea not null, "
    "primary key (tenant, attribute, owner, key))",
    "create index element_by_value on element (tenant, folded, attribute, owner, key)",
    "create table element_count (tenant integer not null, attribute smallint not null, owner bytea not null, "
    "elements bigint not null, primary key (tenant, attribute, owner)) with (fillfactor = 85)",
    // What each connection that writes committed last: the answer when that of a commit was lost.
    "create table writer (writer bytea primary key, work bytea not null, at timestamptz not null default now()) "
    "with (fillfactor = 50)",
    // Of a resource only equality of versions counts: they need not come in the order of commits.
    "create sequence version cache 1"};

/// Those of the change log. `time` is in microseconds.
constexpr std::string_view log_tables[] = {
    "create table change (tenant integer not null, position bigint not null, time bigint not null, "
    "version bigint not null, entry bytea not null, primary key (tenant, position))",
    "create table log_place (tenant integer not null, reader bytea not null, position bigint not null, "
    "acknowledged bigint not null, primary key (tenant, reader)) with (fillfactor = 50)",
    "create table log_trim (tenant integer primary key, position bigint not null) with (fillfactor = 50)"};

/// What was written before is no part of the log.
constexpr std::string_view from_version_1[] = {"alter table layout add column log_base bigint not null default 0",
                                               "alter table layout add column unlogged boolean not null default false",
                                               "update layout set unlogged = true, version = 2"};

result<void> queue_all(Connection& connection, std::span<std::string_view const> statements)
{
    for (std::string_view const statement : statements)
        if (auto queued = connection.queue(statement); !queued)
            return queued;
    return {};
}

result<void> make_tables(Connection& connection, std::string const& schema, Deadline deadline)
{
    std::unique_ptr<char, decltype(&PQfreemem)> const name{
        PQescapeIdentifier(connection.get(), schema.data(), schema.size()), PQfreemem};
    if (!name)
        return Error{ErrorCode::invalid_value, "'" + schema + "' cannot be the name of a schema."};
    auto const there = connection.run("select 1 from pg_namespace where nspname = convert_from($1, 'UTF8')",
                                      Params{}.bytes(schema), deadline);
    if (!there)
        return there.error();
    if (there->empty())
        if (auto queued = connection.queue("create schema " + std::string{name.get()}); !queued)
            return queued;
    auto queued = queue_all(connection, tables);
    if (queued)
        queued = queue_all(connection, log_tables);
    if (!queued)
        return queued;
    auto const made = connection.run("insert into layout (version, made_by) values ($1, 'scimkit')",
                                     Params{}.integer(layout_version), deadline);
    return made ? result<void>{} : result<void>{made.error()};
}

result<void> look_or_make(Connection& connection, std::string const& schema, Deadline deadline)
{
    if (auto queued = connection.queue("begin isolation level read committed"); !queued)
        return queued;
    auto const locked = connection.run("select pg_advisory_xact_lock($1)", Params{}.number(creation_lock), deadline);
    if (!locked)
        return locked.error();
    auto const found = connection.run(
        "select count(*) filter (where c.relname = 'layout'), count(*) from pg_class c "
        "join pg_namespace n on n.oid = c.relnamespace where n.nspname = convert_from($1, 'UTF8') and c.relkind = 'r'",
        Params{}.bytes(schema), deadline);
    if (!found)
        return found.error();
    if (found->number(0, 0) == 0)
    {
        if (found->number(0, 1) != 0)
            return Error{ErrorCode::corrupt,
                         "The schema '" + schema + "' holds tables, but none of scimkit's: name another schema."};
        return make_tables(connection, schema, deadline);
    }
    auto const version = connection.run("select version from layout where made_by = 'scimkit'", {}, deadline);
    if (!version)
        return version.error();
    if (version->size() != 1)
        return Error{ErrorCode::corrupt, "The tables in schema '" + schema + "' are not scimkit's."};
    if (version->number(0, 0) == 1)
    {
        auto upgraded = queue_all(connection, log_tables);
        return upgraded ? queue_all(connection, from_version_1) : upgraded;
    }
    if (version->number(0, 0) != layout_version)
        return Error{ErrorCode::corrupt, "The tables in schema '" + schema + "' have layout version " +
                                             std::to_string(version->number(0, 0)) + "; this build knows version " +
                                             std::to_string(layout_version) + "."};
    return {};
}

} // namespace

namespace
{

/// Else the first statement that writes would be refused, as if the connection were lost.
result<void> check_takes_writes(Connection& connection, Deadline deadline)
{
    auto const rows =
        connection.run("select pg_is_in_recovery(), current_setting('transaction_read_only') = 'on'", {}, deadline);
    if (!rows)
        return rows.error();
    if (rows->number(0, 0) != 0)
        return Error{ErrorCode::unavailable,
                     "This PostgreSQL is a standby, which takes no writes: name the primary, or "
                     "all hosts and target_session_attrs=read-write."};
    if (rows->number(0, 1) != 0)
        return Error{ErrorCode::unavailable, "This PostgreSQL takes no writes from this user or in this database: "
                                             "default_transaction_read_only is on."};
    return {};
}

/// Marks of connections that are long gone. Whether a standby has heard of it does not matter.
result<void> tidy(Connection& connection, Deadline deadline)
{
    for (std::string_view const statement : {"begin", "set local synchronous_commit to local",
                                             "delete from writer w where at < now() - interval '7 days' "
                                             "and exists (select 1 from writer x where x.at > w.at)"})
        if (auto queued = connection.queue(statement); !queued)
            return queued;
    return connection.commit(deadline);
}

} // namespace

result<void> prepare_layout(Connection& connection, std::string const& schema, bool keeps_log, Deadline deadline)
{
    if (auto ok = check_takes_writes(connection, deadline); !ok)
        return ok;
    auto made = look_or_make(connection, schema, deadline);
    if (made)
        made = continue_log(connection, keeps_log, deadline);
    if (!made)
    {
        connection.roll_back();
        return made;
    }
    if (auto committed = connection.commit(deadline); !committed)
        return committed;
    return tidy(connection, deadline);
}

result<kv::CatalogRecord> read_catalog(Connection& connection, bool lock, Deadline deadline)
{
    auto const found =
        connection.run(lock ? "select catalog from layout for update" : "select catalog from layout", {}, deadline);
    if (!found)
        return found.error();
    if (found->size() != 1)
        return Error{ErrorCode::corrupt, "The table 'layout' does not have its one row."};
    if (found->is_null(0, 0))
        return kv::CatalogRecord{};
    return kv::decode_catalog(found->bytes(0, 0));
}

result<void> write_catalog(Connection& connection, kv::CatalogRecord const& record, Deadline deadline)
{
    auto const written =
        connection.run("update layout set catalog = $1", Params{}.bytes(kv::encode_catalog(record)), deadline);
    return written ? result<void>{} : result<void>{written.error()};
}

} // namespace scimkit::postgresql
