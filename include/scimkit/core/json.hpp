// JSON at the edge: Boost.JSON behind limits, with what Boost.JSON lets through and SCIM must refuse.
//
// Refused beyond Boost.JSON's own rules, always: a member name that appears twice in one object, numbers that
// are not finite as a double, invalid UTF-8, lone surrogates, a byte order mark, text after the value.
//
// Threading: any number of threads, each with values of its own. Complexity: linear in text or value, but for
// equal_json().
#pragma once

#include <scimkit/core/error.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace scimkit
{

/// Beside another library's `json` (nlohmann::json), do without `using namespace scimkit`, or write boost::json.
namespace json = boost::json;

/// What parse_json() takes; beyond it an error. One limit more is always the same: the members of an object and of
/// those that it is in are 10,000 together; then invalid_syntax.
struct JsonLimits
{
    std::size_t max_bytes = 1 << 20; ///< of the text; then payload_too_large
    std::size_t max_depth = 32;      ///< nested arrays and objects, counting the outermost; then invalid_syntax
    std::size_t max_values =
        250'000; ///< values in the whole text, so that memory stays in proportion; then invalid_syntax
};

/// Parses the whole of `text`. Errors: invalid_syntax, whose detail has the byte offset and the reason;
/// payload_too_large when the text is longer than max_bytes. The value owns its memory (default resource).
SCIMKIT_API result<json::value> parse_json(std::string_view text, JsonLimits const& limits = {});

/// Appends the compact form of `value` to `out`. Never fails: doubles that are not finite, which parse_json() lets none
/// through, become null, and text that is no UTF-8 is written as it is. Complexity: linear in the value.
SCIMKIT_API void write_json(std::string& out, json::value const& value);

/// Appends `text` as a JSON string, with the shortest escapes, to `out`. Never fails; see write_json().
SCIMKIT_API void write_json_string(std::string& out, std::string_view text);

/// Deep equality as SCIM sees it: object members in any order, array elements in order, and a number equals a
/// number of the same value whatever its kind. Complexity: linear in the smaller value, if its objects are small; a
/// member is looked up in the other object.
SCIMKIT_API bool equal_json(json::value const& a, json::value const& b);

/// The text of the member `name`; empty where there is none, or it is no text. Names are compared byte by byte.
SCIMKIT_API std::string text_of(json::object const& object, std::string_view name);

/// Roughly how many bytes the value takes as text, without making the text; in memory it takes two to four times that.
/// It calls itself for what is nested, unlike the others, so it is for values that are no deeper than parse_json() lets
/// them be.
SCIMKIT_API std::size_t estimate_json_size(json::value const& value) noexcept;
SCIMKIT_API std::size_t estimate_json_size(json::object const& object) noexcept;

} // namespace scimkit
