// One table for all of PostgreSQL's conditions that make a difference to a caller.
#include "errors.hpp"

#include <algorithm>

namespace scimkit::postgresql
{
namespace
{

std::string one_line(std::string_view text)
{
    std::string line{text};
    std::ranges::replace_if(
        line, [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
    while (!line.empty() && line.back() == ' ')
        line.pop_back();
    return line;
}

} // namespace

Refusal refusal_of(std::string_view sqlstate, std::string_view message)
{
    std::string const text = "PostgreSQL: " + one_line(message) + " (" + std::string{sqlstate} + ").";
    auto const is_class = [&](std::string_view name) { return sqlstate.starts_with(name); };

    // serialization_failure, deadlock_detected, lock_not_available; unique_violation comes only where another
    // transaction was quicker than our own look at the key: the next run sees its row.
    for (std::string_view const conflict : {"40001", "40P01", "55P03", "23505"})
        if (sqlstate == conflict)
            return {.error = {ErrorCode::busy, "Another writer got into the way; try again."}, .conflict = true};
    // Without a SQLSTATE it is libpq that speaks: the connection broke. Then what the server says when it goes, and
    // read_only_sql_transaction: it became a standby, idle_in_transaction_session_timeout: it closes behind that, and
    // in_failed_sql_transaction, which nobody meets who began on a sound connection.
    if (sqlstate.empty() || is_class("08") || is_class("57P") || sqlstate == "25006" || sqlstate == "25P03" ||
        sqlstate == "25P02")
        return {.error = {ErrorCode::unavailable, "The connection to PostgreSQL was lost: " + one_line(message) + "."},
                .gone = true,
                .standby = sqlstate == "25006"};
    if (sqlstate == "57014")
        return {.error = {ErrorCode::unavailable, "PostgreSQL cancelled the statement: " + one_line(message) + "."}};
    if (is_class("53") || is_class("58"))
        return {.error = {ErrorCode::unavailable, text}};
    if (is_class("28") || is_class("3D") || sqlstate == "42501")
        return {.error = {ErrorCode::unavailable, text}, .no_tables = true};
    if (sqlstate == "42P01" || sqlstate == "42703" || is_class("3F"))
        return {.error = {ErrorCode::corrupt, text}, .no_tables = true};
    if (is_class("XX"))
        return {.error = {ErrorCode::corrupt, text}};
    return {.error = {ErrorCode::internal, text}};
}

Refusal refusal_of(PGresult const& result)
{
    char const* state = PQresultErrorField(&result, PG_DIAG_SQLSTATE);
    char const* message = PQresultErrorField(&result, PG_DIAG_MESSAGE_PRIMARY);
    return refusal_of(state ? state : "", message ? message : PQresultErrorMessage(&result));
}

std::string last_words(PGconn const* connection) { return one_line(PQerrorMessage(connection)); }

} // namespace scimkit::postgresql
