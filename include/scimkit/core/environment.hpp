// Clock and ids: the two ways in which the outside world's time and randomness enter scimkit. Tests replace
// them and become exact.
#pragma once

#include <scimkit/core/date_time.hpp>

#include <memory>
#include <string>

namespace scimkit
{

/// Threading: both functions are called from any number of threads at once.
class SCIMKIT_API Environment
{
public:
    virtual ~Environment() = default;

    /// The time now. Goes into meta.created and meta.lastModified.
    virtual Instant now() = 0;

    /// A new resource id: non-empty, unique for ever, no "bulkId" in it (RFC 7643 section 3.1).
    virtual std::string new_id() = 0;
};

/// The system clock, and UUIDv7 ids (RFC 9562): time-ordered, so that inserts append and pages are stable.
SCIMKIT_API std::shared_ptr<Environment> system_environment();

} // namespace scimkit
