// Push-down: the same tables, where the database itself looks for what a filter can find by its columns.
#pragma once

#include <scimkit/store/store.hpp>

#include "application_store.hpp"

namespace sample
{

/// A store over open_application_store() that answers filters with `eq`, `sw` and `and` by a WHERE. Lifetimes and
/// errors: as that one.
std::shared_ptr<scimkit::ResourceStore> open_pushdown_store(std::string const& file,
                                                            scimkit::SchemaRegistry const& registry);

} // namespace sample
