// A thin layer over SQLite, as an application may have one: a connection, and statements that bind and step. It knows
// nothing of SCIM's data; what turns columns into attributes is in application_store.cpp.
#pragma once

#include <scimkit/core/error.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sample
{

/// A parameter or a column: NULL, a number or a text.
using Value = std::variant<std::nullptr_t, std::int64_t, std::string_view>;

/// Whether COLLATE NOCASE ignores the case of `text`: it knows the letters of ASCII only.
inline bool folds_case(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x80; });
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

    /// Of a number, microseconds since 1970.
    std::chrono::sys_time<std::chrono::microseconds> time(int column) const
    {
        return std::chrono::sys_time<std::chrono::microseconds>{std::chrono::microseconds{number(column)}};
    }

    /// A view into the row; empty for NULL.
    std::string_view text(int column) const
    {
        auto const* bytes = reinterpret_cast<char const*>(sqlite3_column_text(statement_, column));
        return {bytes ? bytes : "", static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
    }

    /// Views into the row.
    Value value(int column) const
    {
        switch (sqlite3_column_type(statement_, column))
        {
        case SQLITE_NULL:
            return nullptr;
        case SQLITE_INTEGER:
            return number(column);
        default:
            return text(column);
        }
    }

private:
    sqlite3_stmt* statement_;
};

class Database
{
public:
    /// Opens or creates `file` and runs `setup`. Throws std::runtime_error if that fails.
    Database(std::string const& file, char const* setup)
    {
        sqlite3* raw = nullptr;
        int const code = sqlite3_open_v2(file.c_str(), &raw,
                                         SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX, nullptr);
        handle_.reset(raw);
        if (code != SQLITE_OK)
            throw std::runtime_error("cannot open " + file);
        run(setup).value();
    }

    /// Runs every statement in `sql`, which has no parameters.
    scimkit::result<void> run(char const* sql)
    {
        if (sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
            return failure();
        return {};
    }

    /// Runs one statement; `on_row` is called for each row and returns false to stop, or an error.
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
        for (;;)
        {
            int const step = sqlite3_step(raw);
            if (step == SQLITE_DONE)
                return {};
            if (step != SQLITE_ROW)
                return failure();
            scimkit::result<bool> const more = on_row(Row{raw});
            if (!more)
                return more.error();
            if (!*more)
                return {};
        }
    }

    scimkit::result<void> execute(char const* sql, std::vector<Value> const& parameters)
    {
        return query(sql, parameters, [](Row const&) { return true; });
    }

private:
    /// Of all constraints only these are about what somebody else has; the others are about the value itself.
    static scimkit::ErrorCode code_of(int extended)
    {
        using enum scimkit::ErrorCode;
        constexpr int primary = 0xff;
        if (extended == SQLITE_CONSTRAINT_UNIQUE || extended == SQLITE_CONSTRAINT_PRIMARYKEY)
            return uniqueness;
        if ((extended & primary) == SQLITE_CONSTRAINT)
            return invalid_value;
        return (extended & primary) == SQLITE_BUSY ? busy : unavailable;
    }

    scimkit::Error failure() const
    {
        return {code_of(sqlite3_extended_errcode(handle_.get())),
                std::string{"the application's database refused: "} + sqlite3_errmsg(handle_.get())};
    }

    std::unique_ptr<sqlite3, int (*)(sqlite3*)> handle_{nullptr, &sqlite3_close};
};

} // namespace sample
