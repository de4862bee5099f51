// The bytes of a cursor (RFC 9865 section 2): fixed numbers, then the value by its kind, then the id.
#include <scimkit/store/cursor.hpp>

#include <bit>
#include <cstdint>

namespace scimkit
{
namespace
{

enum class Kind : unsigned char
{
    none,
    boolean,
    signed_number,
    unsigned_number,
    real,
    instant,
    string
};

void put(std::string& out, std::uint64_t number)
{
    for (int shift = 56; shift >= 0; shift -= 8)
        out.push_back(static_cast<char>((number >> shift) & 0xFF));
}

std::uint64_t take(std::string_view& in)
{
    std::uint64_t number = 0;
    for (int i = 0; i < 8; ++i)
        number = (number << 8) | static_cast<unsigned char>(in[static_cast<std::size_t>(i)]);
    in.remove_prefix(8);
    return number;
}

struct Writer
{
    std::string& out;

    void kind(Kind kind) const { out.push_back(static_cast<char>(kind)); }

    void operator()(std::nullptr_t) const { kind(Kind::none); }
    void operator()(bool value) const
    {
        kind(Kind::boolean);
        put(out, value ? 1 : 0);
    }
    void operator()(Number const& number) const { std::visit(*this, number); }
    void operator()(std::int64_t value) const
    {
        kind(Kind::signed_number);
        put(out, static_cast<std::uint64_t>(value));
    }
    void operator()(std::uint64_t value) const
    {
        kind(Kind::unsigned_number);
        put(out, value);
    }
    void operator()(double value) const
    {
        kind(Kind::real);
        put(out, std::bit_cast<std::uint64_t>(value));
    }
    void operator()(Instant value) const
    {
        kind(Kind::instant);
        put(out, static_cast<std::uint64_t>(value.time_since_epoch().count()));
    }
    void operator()(StringKey const& value) const
    {
        kind(Kind::string);
        put(out, value.key.size());
        out.append(value.key);
    }
};

} // namespace

bool operator==(Cursor const& a, Cursor const& b) noexcept
{
    return a.source == b.source && a.id == b.id && a.value.has_value() == b.value.has_value() &&
           compare_sort_values(a.value, b.value) == 0;
}

std::string encode_cursor(Cursor const& cursor)
{
    std::string bytes;
    put(bytes, cursor.source);
    if (cursor.value)
        std::visit(Writer{bytes}, *cursor.value);
    else
        Writer{bytes}(nullptr);
    bytes.append(cursor.id);
    return bytes;
}

result<Cursor> decode_cursor(std::string_view in)
{
    Error const refused{ErrorCode::invalid_cursor, "The cursor is not one that this service has made."};
    if (in.size() < 9)
        return refused;
    Cursor cursor;
    cursor.source = take(in);
    auto const kind = static_cast<Kind>(in.front());
    in.remove_prefix(1);
    if (kind != Kind::none)
    {
        if (in.size() < 8)
            return refused;
        std::uint64_t const payload = take(in);
        switch (kind)
        {
        case Kind::boolean:
            cursor.value = BoundLiteral{payload != 0};
            break;
        case Kind::signed_number:
            cursor.value = BoundLiteral{Number{static_cast<std::int64_t>(payload)}};
            break;
        case Kind::unsigned_number:
            cursor.value = BoundLiteral{Number{payload}};
            break;
        case Kind::real:
            cursor.value = BoundLiteral{Number{std::bit_cast<double>(payload)}};
            break;
        case Kind::instant:
            cursor.value = BoundLiteral{Instant{std::chrono::microseconds{static_cast<std::int64_t>(payload)}}};
            break;
        case Kind::string:
            if (payload > in.size())
                return refused;
            cursor.value =
                BoundLiteral{StringKey{std::string{in.substr(0, payload)}, std::string{in.substr(0, payload)}}};
            in.remove_prefix(payload);
            break;
        default:
            return refused;
        }
    }
    cursor.id = in;
    return cursor;
}

} // namespace scimkit
