// Values: parameters and results of statements in PostgreSQL's binary format. No value is ever part of a statement.
#pragma once

#include <cstdint>
#include <libpq-fe.h>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit::postgresql
{

/// The parameters of a statement, in order: $1, $2 and so on. Copies what it is given.
class Params
{
public:
    Params& bytes(std::string_view value);
    Params& number(std::int64_t value);  ///< bigint
    Params& integer(std::int32_t value); ///< integer
    Params& small(std::int16_t value);   ///< smallint
    Params& byte_array(std::span<std::string const> values);
    Params& byte_array(std::span<std::string_view const> values);
    Params& small_array(std::span<std::int16_t const> values);

    /// Leaves the first `size` ones.
    void forget_after(int size);

    int size() const noexcept { return static_cast<int>(values_.size()); }
    std::size_t total_bytes() const noexcept;

    std::vector<std::string> const& values() const noexcept { return values_; }
    std::vector<Oid> const& types() const noexcept { return types_; }

private:
    Params& add(std::string value, Oid type);

    std::vector<std::string> values_{};
    std::vector<Oid> types_{};
};

/// What a statement returned; every column in binary format. Views live as long as this.
class Rows
{
public:
    Rows() = default;
    explicit Rows(PGresult* result)
        : result_(result, PQclear)
    {
    }

    int size() const noexcept { return result_ ? PQntuples(result_.get()) : 0; }
    bool empty() const noexcept { return size() == 0; }
    int columns() const noexcept { return result_ ? PQnfields(result_.get()) : 0; }
    bool is_null(int row, int column) const noexcept { return PQgetisnull(result_.get(), row, column) != 0; }
    std::string_view bytes(int row, int column) const noexcept;
    /// A bigint, integer, smallint or boolean.
    std::int64_t number(int row, int column) const noexcept;

    /// What the server says it did: "COMMIT", "UPDATE 1".
    std::string_view done() const noexcept { return result_ ? PQcmdStatus(result_.get()) : ""; }

    /// Whether they say the same, row by row.
    friend bool operator==(Rows const& left, Rows const& right) noexcept;

private:
    std::shared_ptr<PGresult> result_{};
};

} // namespace scimkit::postgresql
