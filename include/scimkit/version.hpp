// The version of scimkit; CMakeLists.txt reads it from here.
#pragma once

#define SCIMKIT_VERSION_MAJOR 0
#define SCIMKIT_VERSION_MINOR 1
#define SCIMKIT_VERSION_PATCH 0
#define SCIMKIT_VERSION "0.1.0"
