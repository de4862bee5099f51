// Filters of queries at the server root (RFC 7644 section 3.4.2.1).
#pragma once

#include <scimkit/filter/filter.hpp>

#include "state.hpp"

#include <string_view>
#include <vector>

namespace scimkit::service
{

/// Whether each attribute that a filter names is one of at least one of these types, for services where
/// `undefined-at-root` is off. Error: invalid_filter, also for a text that is no filter.
result<void> check_defined(std::string_view text, FilterSyntax const& syntax, std::vector<TypePlan const*> const& types,
                           NameResolution const& names);

} // namespace scimkit::service
