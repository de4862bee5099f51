// Whether a text has a part: std::string::contains of C++23.
#pragma once

#include <string_view>

namespace scimkit::test
{

inline bool mentions(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

} // namespace scimkit::test
