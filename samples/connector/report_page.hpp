// A report as a page.
#pragma once

#include <scimkit/connector/report.hpp>

#include "library.hpp"

namespace connector
{

/// A page that needs nothing but itself: tables, and charts as SVG.
std::string page_of(Findings const& findings);

} // namespace connector
