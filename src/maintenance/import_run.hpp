// What names an import: the ids of its resources, and how its input is known again.
#pragma once

#include "import_batch.hpp"

#include <string>
#include <string_view>

namespace scimkit::maintenance
{

/// ImportProgress::run of a new import: when it begins, and 64 random bits.
std::string new_run();

/// Whether it may be one.
bool is_run(std::string_view run);

/// A UUID of version 7: the time at which the import began, the line, and what is random of the import. Ascending with
/// the lines, so that inserts append.
std::string id_for(std::string const& run, std::uint64_t line);

/// Of what a record comes to, be it what is created or why nothing is.
std::string digest_of(result<ImportItem> const& item);

} // namespace scimkit::maintenance
