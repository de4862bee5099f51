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
#include <vector>

namespace
{

using namespace scimkit;

std::string environment(char const* name)
{
    char const* const said = std::getenv(name);
    return said != nullptr ? said : "";
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

/// A connection of libpq with one prepared statement. Parameters are bytes.
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

    void prepare(char const* sql)
    {
        std::unique_ptr<PGresult, decltype(&PQclear)> const done{PQprepare(connection_.get(), "it", sql, 0, nullptr),
                                                                 PQclear};
        if (PQresultStatus(done.get()) != PGRES_COMMAND_OK)
            throw std::runtime_error{PQerrorMessage(connection_.get())};
    }
    Values run(Values const& parameters) { return send("it", parameters, true); }

private:
    /// The first row.
    Values send(char const* what, Values const& parameters, bool prepared)
    {
        std::vector<char const*> values;
        std::vector<int> lengths, formats(parameters.size(), 1);
        for (auto const& each : parameters)
        {
            values.push_back(each.data());
            lengths.push_back(static_cast<int>(each.size()));
        }
        auto const count = static_cast<int>(parameters.size());
        std::unique_ptr<PGresult, decltype(&PQclear)> const done{
            prepared ? PQexecPrepared(connection_.get(), what, count, values.data(), lengths.data(), formats.data(), 1)
                     : PQexecParams(connection_.get(), what, count, nullptr, values.data(), lengths.data(),
                                    formats.data(), 1),
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

/// Through the index, since it is the name that is known.
void postgresql_raw_filter(benchmark::State& state)
{
    Raw raw;
    std::string const id = user_of(state.thread_index());
    auto const key = raw.query("select tenant, type, attribute, key from index_entry where id = $1::bytea and "
                               "position($2::bytea in key) > 0 order by octet_length(key) limit 1",
                               {id, "user-" + id.substr(1)});
    raw.prepare("select r.record from index_entry e join resource r on r.tenant = e.tenant and r.type = e.type and "
                "r.id = e.id where e.tenant = $1::integer and e.type = $2::smallint and e.attribute = $3::smallint "
                "and e.key = $4::bytea");
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

#define SCIMKIT_BENCH_CONNECTIONS(function) BENCHMARK(function)->Threads(1)->Threads(4)->UseRealTime()
SCIMKIT_BENCH_CONNECTIONS(postgresql_get);
SCIMKIT_BENCH_CONNECTIONS(postgresql_raw_get);
SCIMKIT_BENCH_CONNECTIONS(postgresql_filter);
SCIMKIT_BENCH_CONNECTIONS(postgresql_raw_filter);
SCIMKIT_BENCH_CONNECTIONS(postgresql_patch_member);
SCIMKIT_BENCH_CONNECTIONS(postgresql_raw_update);

} // namespace
