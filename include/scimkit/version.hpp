// The version of scimkit; CMakeLists.txt reads it from here.
//
// What others derive from, the values that pass through it and the bytes that are kept are frozen, before 1.0 too: the
// contract of stores above all. docs/design.md, "What is frozen", has the list, and how it may still grow. Of the rest
// a minor version may change the interface until 1.0, and CHANGELOG.md says so. A program is built against the version
// that it runs with: there is no promise of binary compatibility between any two. boost::json is in the interface, so a
// program uses the Boost version that scimkit was built with; the package configuration insists on both.
#pragma once

#define SCIMKIT_VERSION_MAJOR 0
#define SCIMKIT_VERSION_MINOR 1
#define SCIMKIT_VERSION_PATCH 0
#define SCIMKIT_VERSION "0.1.0"
