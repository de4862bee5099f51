// Binary format spares both sides the quoting and the parsing, and holds every byte. Numbers are in network order.
#include "values.hpp"

#include <scimkit/filter/values.hpp>

namespace scimkit::postgresql
{
namespace
{

constexpr Oid bytea = 17;
constexpr Oid int8 = 20;
constexpr Oid int2 = 21;
constexpr Oid int4 = 23;
constexpr Oid bytea_array = 1001;
constexpr Oid int2_array = 1005;

template <class Number>
void append(std::string& out, Number number)
{
    auto const bits = static_cast<std::make_unsigned_t<Number>>(number);
    for (int shift = static_cast<int>(sizeof(Number)) * 8 - 8; shift >= 0; shift -= 8)
        out.push_back(static_cast<char>((bits >> shift) & 0xFF));
}

/// One dimension, no nulls.
std::string array_of(Oid element, std::size_t size)
{
    std::string out;
    append<std::int32_t>(out, size == 0 ? 0 : 1);
    append<std::int32_t>(out, 0);
    append<std::uint32_t>(out, element);
    if (size == 0)
        return out;
    append<std::int32_t>(out, static_cast<std::int32_t>(size));
    append<std::int32_t>(out, 1);
    return out;
}

template <class Text>
std::string bytes_array(std::span<Text const> values)
{
    std::string out = array_of(bytea, values.size());
    for (Text const& value : values)
    {
        append<std::int32_t>(out, static_cast<std::int32_t>(value.size()));
        out.append(value);
    }
    return out;
}

} // namespace

Params& Params::add(std::string value, Oid type)
{
    values_.push_back(std::move(value));
    types_.push_back(type);
    return *this;
}

Params& Params::bytes(std::string_view value) { return add(std::string{value}, bytea); }

Params& Params::number(std::int64_t value)
{
    std::string out;
    append(out, value);
    return add(std::move(out), int8);
}

Params& Params::integer(std::int32_t value)
{
    std::string out;
    append(out, value);
    return add(std::move(out), int4);
}

Params& Params::small(std::int16_t value)
{
    std::string out;
    append(out, value);
    return add(std::move(out), int2);
}

Params& Params::byte_array(std::span<std::string const> values) { return add(bytes_array(values), bytea_array); }

Params& Params::byte_array(std::span<std::string_view const> values) { return add(bytes_array(values), bytea_array); }

Params& Params::small_array(std::span<std::int16_t const> values)
{
    std::string out = array_of(int2, values.size());
    for (std::int16_t const value : values)
    {
        append<std::int32_t>(out, sizeof value);
        append(out, value);
    }
    return add(std::move(out), int2_array);
}

void Params::forget_after(int size)
{
    values_.resize(static_cast<std::size_t>(size));
    types_.resize(static_cast<std::size_t>(size));
}

std::size_t Params::total_bytes() const noexcept
{
    std::size_t total = 0;
    for (std::string const& value : values_)
        total += value.size();
    return total;
}

std::string_view Rows::bytes(int row, int column) const noexcept
{
    return {PQgetvalue(result_.get(), row, column), static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

std::int64_t Rows::number(int row, int column) const noexcept
{
    std::string_view const stored = bytes(row, column);
    if (stored.empty())
        return 0;
    std::uint64_t bits = (static_cast<unsigned char>(stored.front()) & 0x80) != 0 ? ~std::uint64_t{0} : 0;
    for (char const c : stored)
        bits = bits << 8 | static_cast<unsigned char>(c);
    return static_cast<std::int64_t>(bits);
}

bool operator==(Rows const& left, Rows const& right) noexcept
{
    int const columns = left.columns();
    if (left.size() != right.size() || columns != right.columns())
        return false;
    for (int row = 0; row < left.size(); ++row)
        for (int column = 0; column < columns; ++column)
            if (left.is_null(row, column) != right.is_null(row, column) ||
                left.bytes(row, column) != right.bytes(row, column))
                return false;
    return true;
}

} // namespace scimkit::postgresql
