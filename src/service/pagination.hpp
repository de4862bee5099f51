// Which page of a list a client asks for: by startIndex and count (RFC 7644 section 3.4.2.4), or by cursor and count
// (RFC 9865 section 2).
#pragma once

#include <scimkit/core/json.hpp>

#include "target.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace scimkit::service
{

struct Pagination
{
    std::optional<std::uint64_t> start_index{}; ///< what is below 1 counts as 1
    std::optional<std::uint64_t> count{};       ///< what is negative counts as 0
    std::optional<std::string> cursor{};        ///< empty for a first page
};

/// Of query parameters. `cursors`: `cursor` is known. Errors: invalid_value (not a number), invalid_count (the same,
/// beside a cursor).
result<Pagination> read_pagination(Target const& target, bool cursors);

/// Takes a member of a SearchRequest that says which page. False: it says something else. `lenient`: numbers may be
/// strings of digits. `beside_cursor`: there is a cursor too. Errors: as above, and invalid_syntax (a cursor that is no
/// string).
result<bool> read_pagination(Pagination& page, std::string_view name, json::value const& value, bool lenient,
                             bool beside_cursor);

/// RFC 9865 leaves open what both mean. Error: invalid_value (startIndex beside a cursor).
result<void> check(Pagination const& page);

} // namespace scimkit::service
