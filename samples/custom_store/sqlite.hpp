// A thin layer over SQLite, as an application may have one: a connection, statements that bind and step, and the
// conversion of columns to JSON values and back.
#pragma once

#include <scimkit/core/date_time.hpp>
#include <scimkit/core/json.hpp>

#include <boost/json/serialize.hpp>
#include <sqlite3.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sample
{

inline std::int64_t microseconds(scimkit::Instant instant) { return instant.time_since_epoch().count(); }
inline scimkit::Instant instant(std::int64_t microseconds)
{
    return scimkit::Instant{std::chrono::microseconds{microseconds}};
}

inline bool is_ascii(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x80; });
}

/// A parameter: NULL, a number or a text.
using Value = std::variant<std::nullptr_t, std::int64_t, std::string_view>;

/// Views into `value`.
inline Value to_sql(scimkit::json::value const* value)
{
    if (value && value->is_string())
        return std::string_view{value->get_string()};
    if (value && value->is_bool())
        return std::int64_t{value->get_bool()};
    return nullptr;
}

/// The current row of a statement.
class Row
{
public:
    explicit Row(sqlite3_stmt* statement)
        : statement_(statement)
    {
    }

    std::int64_t number(int column) const { return sqlite3_column_int64(statement_, column); }

    std::string text(int column) const
    {
        auto const* bytes = reinterpret_cast<char const*>(sqlite3_column_text(statement_, column));
        return {bytes ? bytes : "", static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
    }

    scimkit::json::value json(int column) const
    {
        switch (sqlite3_column_type(statement_, column))
        {
        case SQLITE_NULL:
            return nullptr;
        case SQLITE_INTEGER:
            return number(column);
        default:
            return scimkit::json::value(text(column));
        }
    }

private:
    sqlite3_stmt* statement_;
};

class Database
{
public:
    explicit Database(std::string const& file)
    {
        sqlite3* raw = nullptr;
        int const code = sqlite3_open_v2(file.c_str(), &raw,
                                         SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX, nullptr);
        handle_.reset(raw);
        if (code != SQLITE_OK)
            throw std::runtime_error("cannot open " + file);
    }

    /// Runs every statement in `sql`, which has no parameters.
    scimkit::result<void> run(char const* sql)
    {
        if (sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
            return failure();
        return {};
    }

    /// Runs one statement; `on_row` is called for each row and returns false to stop.
    template <class OnRow>
    scimkit::result<void> query(char const* sql, std::vector<Value> const& parameters, OnRow on_row)
    {
        sqlite3_stmt* raw = nullptr;
        if (sqlite3_prepare_v2(handle_.get(), sql, -1, &raw, nullptr) != SQLITE_OK)
            return failure();
        std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement{raw, &sqlite3_finalize};
        int position = 0;
        for (Value const& value : parameters)
        {
            ++position;
            if (auto const* number = std::get_if<std::int64_t>(&value))
                sqlite3_bind_int64(raw, position, *number);
            else if (auto const* text = std::get_if<std::string_view>(&value))
                sqlite3_bind_text64(raw, position, text->data(), text->size(), SQLITE_TRANSIENT, SQLITE_UTF8);
        }
        int step = sqlite3_step(raw);
        while (step == SQLITE_ROW && on_row(Row{raw}))
            step = sqlite3_step(raw);
        if (step != SQLITE_DONE && step != SQLITE_ROW)
            return failure();
        return {};
    }

    scimkit::result<void> execute(char const* sql, std::vector<Value> const& parameters)
    {
        return query(sql, parameters, [](Row const&) { return true; });
    }

private:
    scimkit::Error failure() const
    {
        int const code = sqlite3_errcode(handle_.get());
        using enum scimkit::ErrorCode;
        return {code == SQLITE_CONSTRAINT ? uniqueness
                : code == SQLITE_BUSY     ? busy
                                          : unavailable,
                std::string{"the application's database refused: "} + sqlite3_errmsg(handle_.get())};
    }

    std::unique_ptr<sqlite3, int (*)(sqlite3*)> handle_{nullptr, &sqlite3_close};
};

} // namespace sample
