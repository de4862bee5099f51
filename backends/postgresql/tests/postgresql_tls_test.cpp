// TLS is libpq's, and the connection string says how much of it: here that the string gets there, and that what is
// refused is told in a line.
#include "http/certificates.hpp"
#include "users.hpp"

#include <fstream>
#include <iterator>

namespace scimkit
{

using namespace test;
using postgresql::open_store;

namespace
{

std::string content(std::string const& path)
{
    std::ifstream file{path};
    return {std::istreambuf_iterator<char>{file}, {}};
}

/// A cluster whose certificate is for "localhost".
struct TlsCluster
{
    TlsCluster()
    {
        certificates.make("localhost");
        certificates.make("somebody");
        cluster.emplace(std::vector<std::string>{"ssl = on"},
                        PostgresqlCluster::Files{{"server.crt", content(certificates.certificate("localhost"))},
                                                 {"server.key", content(certificates.key("localhost"))}});
    }

    result<std::shared_ptr<ResourceStore>> open(std::string const& mode, std::string const& host = "localhost")
    {
        return open_store(cluster->conninfo("host=" + host + " hostaddr=127.0.0.1 " + mode),
                          {.schema = cluster->new_schema()});
    }

    std::string root(std::string const& name) const { return " sslrootcert=" + certificates.certificate(name); }

    /// Whether the server sees its other clients behind TLS.
    bool others_are_encrypted() const
    {
        std::unique_ptr<PGconn, decltype(&PQfinish)> const connection{
            PQconnectdb(cluster->conninfo("sslmode=disable").c_str()), PQfinish};
        std::unique_ptr<PGresult, decltype(&PQclear)> const done{
            PQexec(connection.get(), "select coalesce(bool_and(s.ssl), false) from pg_stat_ssl s "
                                     "join pg_stat_activity a using (pid) "
                                     "where pid <> pg_backend_pid() and a.backend_type = 'client backend'"),
            PQclear};
        BOOST_REQUIRE_MESSAGE(PQresultStatus(done.get()) == PGRES_TUPLES_OK, PQerrorMessage(connection.get()));
        return PQgetvalue(done.get(), 0, 0) == std::string_view{"t"};
    }

    /// A user goes in and comes out.
    void serves(result<std::shared_ptr<ResourceStore>> const& store) const
    {
        BOOST_REQUIRE_MESSAGE(store, store.error().detail);
        Users const users{*store};
        BOOST_TEST(users.insert(users.make("1", "ada")).has_value());
        BOOST_TEST(users.get("1").value().has_value());
        BOOST_TEST(others_are_encrypted());
    }

    Certificates certificates{};
    std::optional<PostgresqlCluster> cluster{};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(postgresql_tls, TlsCluster)

BOOST_AUTO_TEST_CASE(a_server_whose_certificate_is_known_is_believed)
{
    serves(open("sslmode=verify-full" + root("localhost")));
    serves(open("sslmode=require"));
}

BOOST_AUTO_TEST_CASE(a_server_that_cannot_prove_who_it_is_serves_nobody)
{
    Error const unknown = refusal(open("sslmode=verify-full" + root("somebody")));
    BOOST_TEST((unknown.code == ErrorCode::unavailable));
    BOOST_TEST(mentions(unknown, "Cannot connect to PostgreSQL: "), unknown.detail);
    BOOST_TEST(mentions(unknown, "certificate verify failed"), unknown.detail);
    Error const other_name = refusal(open("sslmode=verify-full" + root("localhost"), "db.example.com"));
    BOOST_TEST(mentions(other_name, "does not match host name \"db.example.com\""), other_name.detail);
    Error const no_root = refusal(open("sslmode=verify-full sslrootcert=/nowhere.crt"));
    BOOST_TEST(mentions(no_root, "\"/nowhere.crt\" does not exist"), no_root.detail);
}

BOOST_AUTO_TEST_CASE(a_server_without_tls_is_no_server_for_who_requires_it)
{
    Error const error = refusal(open_store(PostgresqlCluster::shared().conninfo("sslmode=require"), {}));
    BOOST_TEST(mentions(error, "server does not support SSL"), error.detail);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace scimkit
