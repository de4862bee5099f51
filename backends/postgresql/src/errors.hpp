// Errors: what a refusal of PostgreSQL means for a transaction and for its connection.
#pragma once

#include <scimkit/core/error.hpp>

#include <libpq-fe.h>
#include <string>
#include <string_view>

namespace scimkit::postgresql
{

struct Refusal
{
    Error error{};
    bool conflict = false;  ///< another transaction got into the way: the body may run again
    bool gone = false;      ///< the connection is of no use any more
    bool standby = false;   ///< the server takes no writes, or no more
    bool no_tables = false; ///< what this store's tables are in is missing, changed, or not for us
};

/// By the SQLSTATE; `message` is the primary message, which names no values.
Refusal refusal_of(std::string_view sqlstate, std::string_view message);

/// Of a statement that failed.
Refusal refusal_of(PGresult const& result);

/// The connection's own last words, as one line. Nothing of the connection string is in it but hosts and names.
std::string last_words(PGconn const* connection);

} // namespace scimkit::postgresql
