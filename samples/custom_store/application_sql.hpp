// The application's SQL: its tables, which know nothing of SCIM, and the statements of ApplicationStore.
#pragma once

#include <string_view>

namespace sample::sql
{

inline constexpr char create[] = R"(
PRAGMA foreign_keys = ON;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS users (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    login      TEXT NOT NULL UNIQUE COLLATE NOCASE,
    first_name TEXT,
    last_name  TEXT,
    mail       TEXT,
    job        TEXT,
    enabled    INTEGER NOT NULL DEFAULT 1,
    hr_number  TEXT,
    created    INTEGER NOT NULL,
    changed    INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS groups (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    title   TEXT NOT NULL,
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS memberships (
    group_id INTEGER NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    user_id  INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (group_id, user_id)
);
CREATE INDEX IF NOT EXISTS logins_beyond_ascii ON users (id) WHERE login GLOB '*[^ -~]*';
)";

/// Behind the name of a column: its text has other characters than those of ASCII.
inline constexpr char beyond_ascii[] = " GLOB '*[^ -~]*'";

/// The attribute of each column, in the order of the statements.
inline constexpr std::string_view user_columns[] = {
    "userName", "name.givenName", "name.familyName", "emails[type eq \"work\"].value", "title", "active", "externalId"};
inline constexpr std::string_view group_columns[] = {"displayName"};

/// What a store needs of a table. SCIM ids are 'u<id>' and 'g<id>', so that they are unique over both tables.
/// Selects begin with SCIM id, created, changed; updates take SCIM id, changed, then the columns.
struct Statements
{
    char const* all;
    char const* by_id;
    char const* insert; // returns the SCIM id
    char const* update;
    char const* erase;
};

// Finds the row by key and refuses ids of any other form, such as 'u007' and 'u7 '.
#define SAMPLE_BY_ID(prefix) " WHERE id = CAST(substr(?1, 2) AS INTEGER) AND ?1 = '" prefix "' || id"

#define SAMPLE_SELECT_USERS                                                                                            \
    "SELECT 'u' || id, created, changed, login, first_name, last_name, mail, job, enabled, hr_number FROM users"
inline constexpr Statements users{
    SAMPLE_SELECT_USERS,
    SAMPLE_SELECT_USERS SAMPLE_BY_ID("u"),
    "INSERT INTO users (login, created, changed) VALUES (hex(randomblob(16)), ?1, ?1) RETURNING 'u' || id",
    "UPDATE users SET changed = ?2, login = ?3, first_name = ?4, last_name = ?5, mail = ?6, job = ?7, "
    "enabled = coalesce(?8, 1), hr_number = ?9" SAMPLE_BY_ID("u"),
    "DELETE FROM users" SAMPLE_BY_ID("u"),
};
// Those that SQLite cannot compare as SCIM does come along.
inline constexpr char user_by_login[] = SAMPLE_SELECT_USERS " WHERE login = ? OR login GLOB '*[^ -~]*'";

// The last column is the members as SCIM's JSON, or empty.
#define SAMPLE_SELECT_GROUPS                                                                                           \
    "SELECT 'g' || id, created, changed, title, (SELECT nullif(json_group_array(json_object('value', 'u' || u.id, "    \
    "'type', 'User', 'display', u.login)), '[]') FROM memberships m JOIN users u ON u.id = m.user_id "                 \
    "WHERE m.group_id = groups.id) FROM groups"
inline constexpr Statements groups{
    SAMPLE_SELECT_GROUPS,
    SAMPLE_SELECT_GROUPS SAMPLE_BY_ID("g"),
    "INSERT INTO groups (title, created, changed) VALUES ('', ?1, ?1) RETURNING 'g' || id",
    "UPDATE groups SET changed = ?2, title = ?3" SAMPLE_BY_ID("g"),
    "DELETE FROM groups" SAMPLE_BY_ID("g"),
};
inline constexpr char clear_members[] = "DELETE FROM memberships WHERE group_id = CAST(substr(?1, 2) AS INTEGER)";
// Finds each user by key, so that a large group costs no more than its size.
inline constexpr char add_members[] =
    "INSERT OR IGNORE INTO memberships SELECT CAST(substr(?1, 2) AS INTEGER), u.id FROM json_each(?2) m "
    "JOIN users u ON u.id = CAST(substr(m.value ->> 'value', 2) AS INTEGER) AND 'u' || u.id = m.value ->> 'value'";

#undef SAMPLE_SELECT_GROUPS
#undef SAMPLE_SELECT_USERS
#undef SAMPLE_BY_ID

} // namespace sample::sql
