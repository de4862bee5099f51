// InUse: what keeps servers of one schema agreed about its keys. Each connection that serves an attachment holds a
// shared lock in the database; keys of another form are made only by who holds it alone. A connection that comes later,
// after a failover for example, looks first whether the database is still what the attachments were made for.
#pragma once

#include "connection.hpp"
#include "kv/catalog.hpp"

#include <memory>
#include <mutex>
#include <vector>

namespace scimkit::postgresql
{

/// Threading: any number of threads.
class InUse
{
public:
    /// Of the schema of that name.
    explicit InUse(std::string_view schema);

    /// Whether the catalogue agrees with those of all attachments. Error: invalid_value.
    result<void> check_agreement(kv::Catalog const& catalog);
    /// From now on enter() looks at this one too, as long as somebody holds it.
    void add(std::weak_ptr<kv::Catalog const> catalog);

    /// For a connection that is to serve attachments: takes the lock, if there are any, and looks at the catalogue.
    /// Once for each connection. Errors: unavailable (somebody changes the keys, or has changed them), those of the
    /// store.
    result<void> enter(Connection& connection, Deadline deadline);

    /// Within a transaction that holds the row of `layout`: the lock, for as long as the connection lives.
    result<void> hold(Connection& connection) const;
    /// Within a transaction: alone until its end. False: others hold the lock.
    result<bool> alone(Connection& connection) const;

private:
    std::vector<std::shared_ptr<kv::Catalog const>> catalogs();

    std::int64_t const key_;
    std::mutex mutex_{};
    std::vector<std::weak_ptr<kv::Catalog const>> catalogs_{};
};

} // namespace scimkit::postgresql
