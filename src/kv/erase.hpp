// Taking away everything that begins alike, without holding up other writers for long.
#pragma once

#include <scimkit/core/budget.hpp>
#include <scimkit/kv/engine.hpp>

#include <cstddef>
#include <string>

namespace scimkit::kv
{

/// Erases all keys that begin with `prefix`, sound or damaged: `batch` of them in each commit. What was erased before
/// an error stays so. Errors: those of the engine and of the budget.
result<void> erase_all(Engine& engine, std::string const& prefix, std::size_t batch, Budget& budget);

} // namespace scimkit::kv
