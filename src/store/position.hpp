// Position: the place of a resource in a query's order, as text: what Query::after and QuerySummary::next carry.
// It names the last resource seen (its sort value and id), not a count, so that writes before it do not shift it.
#pragma once

#include <scimkit/core/error.hpp>
#include <scimkit/filter/evaluate.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace scimkit
{

struct Position
{
    std::size_t source = 0; ///< index in Query::sources
    std::string id{};
    SortValue value{}; ///< of a StringKey only `key` is meaningful
};

/// Printable, opaque.
std::string encode_position(Position const& position);

/// Error: invalid_cursor, for any text that encode_position did not make.
result<Position> decode_position(std::string_view text);

} // namespace scimkit
