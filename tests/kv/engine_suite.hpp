// What every engine must do. engine_suite.cpp holds the cases; a test executable compiles it in and defines
// make_engine() for the engine under test.
#pragma once

#include <scimkit/kv/engine.hpp>

#include <memory>

namespace scimkit::test
{

/// An empty engine. What the engine needs (a temporary directory) lives as long as it.
std::shared_ptr<kv::Engine> make_engine();

} // namespace scimkit::test
