// An operation of a Bulk as the answer tells of it (RFC 7644 section 3.7.3).
#pragma once

#include "bulk_entry.hpp"

#include <cstddef>
#include <string>

namespace scimkit::service
{

inline constexpr std::size_t max_detail_bytes = 1'024; ///< of an error in an answer of many

/// Appends it as JSON: location in all but a POST that failed, and the error of what failed.
void write_entry(std::string& out, BulkEntry const& entry, Call const& call);

} // namespace scimkit::service
