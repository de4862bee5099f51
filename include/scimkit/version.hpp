// The version of scimkit; CMakeLists.txt reads it from here.
//
// Until 1.0 a minor version may change the interface, and a program is built against the version that it runs with:
// there is no promise of binary compatibility between any two versions. The interface has boost::json in it, so a
// program uses the Boost version that scimkit was built with; the package configuration insists on both.
#pragma once

#define SCIMKIT_VERSION_MAJOR 0
#define SCIMKIT_VERSION_MINOR 1
#define SCIMKIT_VERSION_PATCH 0
#define SCIMKIT_VERSION "0.1.0"
