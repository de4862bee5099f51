// A store with users, and what tests of it say again and again.
#pragma once

#include <scimkit/schema/registry.hpp>
#include <scimkit/store/unique_keys.hpp>

#include "postgresql_fixture.hpp"
#include "proxy.hpp"

#include <libpq-fe.h>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace scimkit::test
{

inline PostgresqlCluster& cluster() { return PostgresqlCluster::shared(); }

/// Past all of scimkit: as an operator would.
inline std::string sql(std::string const& statement, PostgresqlCluster const& server = cluster())
{
    std::unique_ptr<PGconn, decltype(&PQfinish)> const connection{PQconnectdb(server.conninfo().c_str()), PQfinish};
    std::unique_ptr<PGresult, decltype(&PQclear)> const done{PQexec(connection.get(), statement.c_str()), PQclear};
    auto const status = PQresultStatus(done.get());
    BOOST_REQUIRE_MESSAGE(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK, PQerrorMessage(connection.get()));
    return PQntuples(done.get()) > 0 ? PQgetvalue(done.get(), 0, 0) : "";
}

/// A store, attached, with short words for its use.
struct Users
{
    explicit Users(std::shared_ptr<ResourceStore> given)
        : store(std::move(given))
        , attachment(store->attach(registry).value())
    {
    }

    ResourceType const& type() const { return *registry->find_resource_type("User"); }

    Resource make(std::string const& id, std::string const& name) const
    {
        Resource user{.type = &type(), .id = id};
        user.attributes["userName"] = name;
        return user;
    }

    result<void> write(function_ref<result<void>(WriteTransaction&)> body, CallContext const& context = {}) const
    {
        return store->write(*attachment, "tenant", context, body);
    }

    result<void> insert(Resource user, int* runs = nullptr) const
    {
        return write(
            [&](WriteTransaction& transaction) -> result<void>
            {
                if (runs)
                    ++*runs;
                auto const done = transaction.insert(user, rules.facts_of(user));
                return done ? result<void>{} : result<void>{done.error()};
            });
    }

    result<std::optional<Resource>> get(std::string const& id) const
    {
        std::optional<Resource> found;
        auto const read = store->read(*attachment, "tenant", {},
                                      [&](ReadTransaction& transaction) -> result<void>
                                      {
                                          auto got = transaction.get(type(), id, {});
                                          if (!got)
                                              return got.error();
                                          found = std::move(*got);
                                          return {};
                                      });
        if (!read)
            return read.error();
        return found;
    }

    std::shared_ptr<SchemaRegistry const> registry = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    std::shared_ptr<ResourceStore> store;
    std::shared_ptr<Attachment const> attachment;
    UniqueKeyRules rules = UniqueKeyRules::make(*registry).value();
};

inline std::string through(Proxy const& proxy)
{
    return "host=127.0.0.1 port=" + std::to_string(proxy.port()) + " user=scimkit dbname=postgres";
}

template <class T>
Error refusal(result<T> const& outcome)
{
    BOOST_REQUIRE(outcome.has_error());
    BOOST_TEST(outcome.error().detail.find('\n') == std::string::npos);
    return outcome.error();
}

inline bool mentions(Error const& error, std::string_view text) { return error.detail.find(text) != std::string::npos; }

} // namespace scimkit::test
