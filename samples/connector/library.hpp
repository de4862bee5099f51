// The names of the library that this program is made of, as the program uses them.
#pragma once

#include <scimkit/connector/files.hpp>

namespace connector
{

using namespace scimkit::connector;

} // namespace connector
