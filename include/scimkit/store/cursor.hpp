// Cursor: the place of a resource in the order of a query: how a page goes on where another one ended (RFC 9865).
//
// It names a resource (by what it was sorted by, and its id), not a count, so that writes before it shift nothing: what
// did not change meanwhile comes exactly once. Any store can make one and go on from one; the resource itself may be
// gone by then. A client never sees it: the service seals it.
#pragma once

#include <scimkit/filter/values.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace scimkit
{

/// Threading, lifetimes: a value; points into nothing.
struct Cursor
{
    std::size_t source = 0; ///< index in Query::sources
    std::string id{};
    /// What the resource was sorted by; empty in a query without order, and where it has no value. Of a string only the
    /// key counts (StringKey::key).
    SortValue value{};

    /// By what decides the place.
    SCIMKIT_API friend bool operator==(Cursor const& a, Cursor const& b) noexcept;
};

/// As bytes, for whoever carries it: short, not printable, not secret and not protected.
///
/// Complexity: linear in the value.
SCIMKIT_API std::string encode_cursor(Cursor const& cursor);

/// Errors: invalid_cursor, for any bytes that encode_cursor() did not make.
SCIMKIT_API result<Cursor> decode_cursor(std::string_view bytes);

} // namespace scimkit
