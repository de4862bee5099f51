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

    /// The time now. Goes into meta.created and meta.lastModified. It may be set back; nothing depends on its order.
    ///
    /// Errors: none; what it throws makes the request a 500. Complexity: constant, and never waits: it is asked in
    /// every request.
    virtual Instant now() = 0;

    /// A new resource id: non-empty, unique for ever, no "bulkId" in it (RFC 7643 section 3.1), and no control
    /// characters. Made before the store is asked, so that one request can refer to what it creates; a store whose
    /// ids come from a database gives its own in insert(), where it can also fail.
    ///
    /// Errors and complexity: as now().
    virtual std::string new_id() = 0;
};

/// The system clock, and UUIDv7 ids (RFC 9562): time-ordered, so that inserts append and pages are stable. Threading:
/// any number of threads. Lifetimes: shared; the state behind it is the process's. Errors: throws std::runtime_error
/// where the system has no source of randomness.
SCIMKIT_API std::shared_ptr<Environment> system_environment();

} // namespace scimkit
