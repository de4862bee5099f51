// Service::handle() over PostgreSQL beside prepared statements of libpq that read or write the same rows. Both wait for
// the database in the same way, with a connection for each thread.
//
// SCIMKIT_BENCH_POSTGRESQL: a connection string; the database was filled by `scimkit-server import` with what
// bench/rows/seed.py makes, SCIMKIT_BENCH_USERS of them.
#include <scimkit/postgresql/postgresql_store.hpp>

#include "sample.hpp"

#include <benchmark/benchmark.h>

#include <array>
#include <cstdlib>
#include <libpq-fe.h>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

namespace
{

using namespace scimkit;

std::string environment(char const* name)
{
    char const* const said = std::getenv(name);
    return said ? said : "";
}

/// As bench/rows/seed.py names them.
std::string id_of(char const* kind, int number)
{
    std::string const digits = std::to_string(number);
    return kind + std::string(7 - std::min<std::size_t>(digits.size(), 7), '0') + digits;
}
std::string user_of(int thread) { return id_of("u", thread * 7 + 5); }
std::string group_of(int thread) { return id_of("g", thread); }
std::string outsider_of(int thread)
{
    return id_of("u", std::atoi(environment("SCIMKIT_BENCH_USERS").c_str()) - 1 - thread);
}

Service const& service()
{
    static Service const made =
        Service::create({.base_url = "https://example.com/scim",
                         .store = postgresql::open_store(environment("SCIMKIT_BENCH_POSTGRESQL"),
                                                         {.max_connections = 16}, {.keep_indexes = true})
                                      .value(),
                         .authenticator = no_authentication(),
                         .registry = bench::registry()})
            .value();
    return made;
}

void ask(benchmark::State& state, std::string_view method, std::string const& target, int expected,
         std::string_view body = {})
{
    Response const response = service().handle(
        {.method = method, .target = target, .headers = {{"Content-Type", "application/scim+json"}}, .body = body});
    if (response.status != expected)
        state.SkipWithError(response.body.c_str());
}

/// A connection of libpq with prepared statements. Parameters are bytes.
class Raw
{
public:
    using Values = std::vector<std::string>;

    Raw()
        : connection_(PQconnectdb(environment("SCIMKIT_BENCH_POSTGRESQL").c_str()), PQfinish)
    {
        if (PQstatus(connection_.get()) != CONNECTION_OK)
            throw std::runtime_error{PQerrorMessage(connection_.get())};
        query("set search_path = scimkit", {});
    }

    Values query(char const* sql, Values const& parameters) { return send(sql, parameters, false); }

    void prepare(char const* sql, char const* name = "it")
    {
        std::unique_ptr<PGresult, decltype(&PQclear)> const done{PQprepare(connection_.get(), name, sql, 0, nullptr),
                                                                 PQclear};
        if (PQresultStatus(done.get()) != PGRES_COMMAND_OK)
            throw std::runtime_error{PQerrorMessage(connection_.get())};
    }
    Values run(Values const& parameters) { return send("it", parameters, true); }

    /// Prepared statements in one flight. False where one of them fails.
    bool run_together(std::vector<std::pair<char const*, Values>> const& statements)
    {
        PGconn* const connection = connection_.get();
        bool good = PQenterPipelineMode(connection) == 1;
        for (auto const& [name, parameters] : statements)
        {
            Arguments const arguments{parameters};
            good = good && PQsendQueryPrepared(connection, name, arguments.count, arguments.values.data(),
                                               arguments.lengths.data(), arguments.formats.data(), 1) == 1;
        }
        good = good && PQpipelineSync(connection) == 1;
        for (bool is_end = !good; !is_end;)
        {
            std::unique_ptr<PGresult, decltype(&PQclear)> const done{PQgetResult(connection), PQclear};
            auto const status = done ? PQresultStatus(done.get()) : PGRES_COMMAND_OK; // null: the end of a statement
            is_end = status == PGRES_PIPELINE_SYNC;
            good = good && (is_end || status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK);
        }
        return PQexitPipelineMode(connection) == 1 && good;
    }

private:
    struct Arguments
    {
        explicit Arguments(Values const& parameters)
            : count(static_cast<int>(parameters.size()))
            , formats(parameters.size(), 1)
        {
            for (auto const& each : parameters)
            {
                values.push_back(each.data());
                lengths.push_back(static_cast<int>(each.size()));
            }
        }
        int count;
        std::vector<char const*> values{};
        std::vector<int> lengths{}, formats;
    };

    /// The first row.
    Values send(char const* what, Values const& parameters, bool prepared)
    {
        Arguments const given{parameters};
        std::unique_ptr<PGresult, decltype(&PQclear)> const done{
            prepared ? PQexecPrepared(connection_.get(), what, given.count, given.values.data(), given.lengths.data(),
                                      given.formats.data(), 1)
                     : PQexecParams(connection_.get(), what, given.count, nullptr, given.values.data(),
                                    given.lengths.data(), given.formats.data(), 1),
            PQclear};
        auto const status = PQresultStatus(done.get());
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
            throw std::runtime_error{PQerrorMessage(connection_.get())};
        Values row;
        for (int i = 0; PQntuples(done.get()) > 0 && i < PQnfields(done.get()); ++i)
            row.emplace_back(PQgetvalue(done.get(), 0, i), static_cast<std::size_t>(PQgetlength(done.get(), 0, i)));
        return row;
    }

    std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

/// The key of the row of a resource: tenant, type and id, as they came from the database.
Raw::Values key_of(Raw& raw, std::string const& id)
{
    return raw.query("select tenant, type, id from resource where id = $1::bytea", {id});
}

void expect_row(benchmark::State& state, Raw::Values const& row)
{
    if (row.empty())
        state.SkipWithError("no row");
}

void postgresql_get(benchmark::State& state)
{
    std::string const target = "/scim/Users/" + user_of(state.thread_index());
    for (auto _ : state)
        ask(state, "GET", target, 200);
    state.SetItemsProcessed(state.iterations());
}

void postgresql_raw_get(benchmark::State& state)
{
    Raw raw;
    auto const key = key_of(raw, user_of(state.thread_index()));
    raw.prepare("select record from resource where tenant = $1::integer and type = $2::smallint and id = $3::bytea");
    for (auto _ : state)
        expect_row(state, raw.run(key));
    state.SetItemsProcessed(state.iterations());
}

void postgresql_filter(benchmark::State& state)
{
    std::string const target =
        "/scim/Users?filter=userName%20eq%20%22user-" + user_of(state.thread_index()).substr(1) + "%22";
    for (auto _ : state)
        ask(state, "GET", target, 200);
    state.SetItemsProcessed(state.iterations());
}

/// Through the index that says who has the name.
void postgresql_raw_filter(benchmark::State& state)
{
    Raw raw;
    std::string const id = user_of(state.thread_index());
    auto const key = raw.query("select tenant, type, key from unique_key where id = $1::bytea and "
                               "position($2::bytea in key) > 0",
                               {id, "user-" + id.substr(1)});
    raw.prepare("select r.record from unique_key u join resource r on r.tenant = u.tenant and r.type = u.type and "
                "r.id = u.id where u.tenant = $1::integer and u.type = $2::smallint and u.key = $3::bytea");
    for (auto _ : state)
        expect_row(state, raw.run(key));
    state.SetItemsProcessed(state.iterations());
}

/// In, and with the next request out again.
void postgresql_patch_member(benchmark::State& state)
{
    std::string const id = outsider_of(state.thread_index());
    std::string const begin = R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[)";
    std::array<std::string, 2> const bodies{
        begin + R"({"op":"add","path":"members","value":[{"value":")" + id + R"("}]}]})",
        begin + R"({"op":"remove","path":"members[value eq \")" + id + R"(\"]"}]})"};
    std::string const target = "/scim/Groups/" + group_of(state.thread_index());
    std::size_t count = 0;
    for (auto _ : state)
        ask(state, "PATCH", target, 204, bodies[count++ % 2]);
    if (count % 2 == 1)
        ask(state, "PATCH", target, 204, bodies[1]);
    state.SetItemsProcessed(state.iterations());
}

void postgresql_raw_update(benchmark::State& state)
{
    Raw raw;
    auto const key = key_of(raw, group_of(state.thread_index()));
    raw.prepare("update resource set version = version where tenant = $1::integer and type = $2::smallint and "
                "id = $3::bytea returning version");
    for (auto _ : state)
        expect_row(state, raw.run(key));
    state.SetItemsProcessed(state.iterations());
}

/// What cannot be spared of a member's coming and going: the group's row and the element's, in one transaction and one
/// flight.
void postgresql_raw_member(benchmark::State& state)
{
    Raw raw;
    auto const group = key_of(raw, group_of(state.thread_index()));
    auto element = raw.query("select tenant, attribute, owner, key, folded, value, body from element "
                             "where tenant = $1::integer and owner = $2::bytea limit 1",
                             {group[0], group[2]});
    std::string const id = outsider_of(state.thread_index());
    std::string const key = "\x40" + id + std::string{"\0\1", 2};
    element[3] = key;
    element[4] = key;
    element[5] = id;
    raw.prepare("begin", "begin");
    raw.prepare("commit", "commit");
    raw.prepare("update resource set version = version where tenant = $1::integer and type = $2::smallint and "
                "id = $3::bytea",
                "update");
    raw.prepare("insert into element (tenant, attribute, owner, key, folded, value, body) values "
                "($1::integer, $2::smallint, $3::bytea, $4::bytea, $5::bytea, $6::bytea, $7::bytea)",
                "add");
    raw.prepare("delete from element where tenant = $1::integer and attribute = $2::smallint and owner = $3::bytea "
                "and key = $4::bytea",
                "remove");
    Raw::Values const where{element[0], element[1], element[2], element[3]};
    std::size_t count = 0;
    auto const turn = [&]
    {
        bool const adds = count++ % 2 == 0;
        if (!raw.run_together(
                {{"begin", {}}, {"update", group}, {adds ? "add" : "remove", adds ? element : where}, {"commit", {}}}))
            state.SkipWithError("the transaction failed");
    };
    for (auto _ : state)
        turn();
    if (count % 2 == 1)
        turn();
    state.SetItemsProcessed(state.iterations());
}

#define SCIMKIT_BENCH_CONNECTIONS(function) BENCHMARK(function)->Threads(1)->Threads(4)->UseRealTime()
SCIMKIT_BENCH_CONNECTIONS(postgresql_get);
SCIMKIT_BENCH_CONNECTIONS(postgresql_raw_get);
SCIMKIT_BENCH_CONNECTIONS(postgresql_filter);
SCIMKIT_BENCH_CONNECTIONS(postgresql_raw_filter);
SCIMKIT_BENCH_CONNECTIONS(postgresql_patch_member);
SCIMKIT_BENCH_CONNECTIONS(postgresql_raw_update);
SCIMKIT_BENCH_CONNECTIONS(postgresql_raw_member);

} // namespace
