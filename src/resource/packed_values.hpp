// Values in a binary form of JSON that needs no parsing: each is a tag, a length where it has one, and its bytes; an
// object is its number of members, then name and value of each. Attributes are packed and stored in it.
#pragma once

#include <scimkit/core/error.hpp>
#include <scimkit/core/json.hpp>
#include <scimkit/export.hpp>
#include <scimkit/schema/resource_type.hpp>

#include "../core/json_text.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit
{

enum class PackedTag : unsigned char
{
    null,
    no,
    yes,
    integer,
    natural,
    real,
    string,
    array,
    object
};

inline constexpr int max_packed_depth = 64; ///< nesting of packed values; deeper ones are refused, or damaged

/// Where among packed members the values of attributes are, those of extensions too: what tells of them besides need
/// not encode them anew. Good as long as the object and the bytes are.
class EncodedValues
{
public:
    /// Of one of the object's values, as put_json() writes it; nothing if it is not among the bytes.
    std::optional<std::string_view> find(json::value const& value, std::string_view bytes) const noexcept;

    void add(json::value const& value, std::size_t begin, std::size_t end) { places_.push_back({&value, begin, end}); }

private:
    struct Place
    {
        json::value const* value;
        std::size_t begin;
        std::size_t end;
    };
    std::vector<Place> places_{};
    mutable std::size_t next_ = 0; // mostly they are looked for in their order
};

/// The members of an object, behind or in front of others. Attributes named in `left_out` are not written. `places` may
/// be null. False: nested deeper than max_packed_depth; damaged.
bool put_members(std::string& out, json::object const& object, std::span<AttributeRef const> left_out = {},
                 EncodedValues* places = nullptr);
bool take_members(std::string_view& in, json::object& object);

/// One value in the same way.
bool put_json(std::string& out, json::value const& value);
bool take_json(std::string_view& in, json::value& out);

/// Goes behind a value, nested at `depth`. False: damaged; `in` is in no particular state then.
bool skip_packed(std::string_view& in, int depth = 1) noexcept;

/// Appends the value as JSON text, byte for byte as write_json() does, and goes behind it. False: as skip_packed().
bool write_packed(JsonText& out, std::string_view& in, int depth = 1);

/// What kind of value comes next; nothing if it cannot be one.
inline std::optional<PackedTag> next_tag(std::string_view in) noexcept
{
    if (in.empty() || static_cast<unsigned char>(in.front()) > static_cast<unsigned char>(PackedTag::object))
        return std::nullopt;
    return static_cast<PackedTag>(in.front());
}

/// One JSON object by itself. Errors: invalid_value (nested deeper than max_packed_depth); corrupt.
SCIMKIT_API result<std::string> encode_object(json::object const& object);
SCIMKIT_API result<json::object> decode_object(std::string_view bytes);

/// What both say of attributes that are nested too deep.
Error too_deeply_nested();

} // namespace scimkit
