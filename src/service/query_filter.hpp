// The filter of a query, from its text to what a store is asked.
#pragma once

#include <scimkit/filter/filter.hpp>

#include "call.hpp"

namespace scimkit::service
{

/// How filters are written, for the limits of the service.
FilterSyntax filter_syntax_of(Call const& call, Tolerance const& tolerance);

/// For the type of the call. `never_returned`: what a test of an attribute that is never returned is answered with.
/// Errors: invalid_filter, `never_returned`.
result<BoundFilter> read_filter(Call const& call, std::string_view text, ErrorCode never_returned);

/// meta.created or meta.lastModified, which memberships have not.
bool is_time(AttributeRef const& attribute);

} // namespace scimkit::service
