// What every engine must do. engine_suite.cpp holds the cases; a test executable compiles it in and defines
// make_engine() for the engine under test.
#pragma once

#include <scimkit/kv/engine.hpp>

#include <memory>

namespace scimkit::test
{

/// An empty engine. What the engine needs (a temporary directory) lives as long as it.
std::shared_ptr<kv::Engine> make_engine();

/// Whether a transaction hears of others that begin meanwhile and wait for it (Writer::others_waiting): of somebody who
/// writes, or reads. An engine need not.
bool hears_who_waits_to_write(kv::Engine& engine);
bool hears_who_waits_to_read(kv::Engine& engine);

} // namespace scimkit::test
