#include "position.hpp"

#include <scimkit/core/base64.hpp>

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

std::string encode_position(Position const& position)
{
    std::string bytes;
    put(bytes, position.source);
    if (position.value)
        std::visit(Writer{bytes}, *position.value);
    else
        Writer{bytes}(nullptr);
    bytes.append(position.id);
    return encode_base64(bytes);
}

result<Position> decode_position(std::string_view text)
{
    Error const refused{ErrorCode::invalid_cursor, "the cursor is not one that this service has made"};
    auto const bytes = decode_base64(text);
    if (!bytes || bytes->size() < 9)
        return refused;
    std::string_view in = *bytes;
    Position position;
    position.source = take(in);
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
            position.value = BoundLiteral{payload != 0};
            break;
        case Kind::signed_number:
            position.value = BoundLiteral{Number{static_cast<std::int64_t>(payload)}};
            break;
        case Kind::unsigned_number:
            position.value = BoundLiteral{Number{payload}};
            break;
        case Kind::real:
            position.value = BoundLiteral{Number{std::bit_cast<double>(payload)}};
            break;
        case Kind::instant:
            position.value = BoundLiteral{Instant{std::chrono::microseconds{static_cast<std::int64_t>(payload)}}};
            break;
        case Kind::string:
            if (payload > in.size())
                return refused;
            position.value =
                BoundLiteral{StringKey{std::string{in.substr(0, payload)}, std::string{in.substr(0, payload)}}};
            in.remove_prefix(payload);
            break;
        default:
            return refused;
        }
    }
    position.id = in;
    return position;
}

} // namespace scimkit
