// What a store tells the maker of ids: ids are ordered by time so that pages are stable, and must stay so when the
// clock was set back while the process did not run.
#pragma once

#include <scimkit/core/date_time.hpp>

namespace scimkit
{

/// From now on the ids of system_environment() sort after those that it made until `time`, which is that of the last
/// write in a store. Times beyond the year 9999 are passed over. Threading: from any thread.
SCIMKIT_API void system_ids_come_after(Instant time);

} // namespace scimkit
