// When a request is sent again, and how long to wait before (RFC 9110 section 10.2.3).
#pragma once

#include <scimkit/client/client.hpp>

#include <optional>

namespace scimkit::client
{

/// What may be sent again.
enum class Repeat
{
    freely,   ///< reads, and what leaves the same state however often it arrives
    if_unseen ///< only what certainly was not carried out
};

/// Seconds of a Retry-After header, of a number or a date; 0: there is none, or it cannot be read.
std::chrono::seconds retry_after(std::string_view header) noexcept;

/// Whether a failed attempt may have been carried out all the same.
bool may_be_carried_out(Failure const& failure) noexcept;

/// Whether a failed attempt is made again; nothing: no. `attempt` from 1.
std::optional<std::chrono::milliseconds> wait_before_retry(Failure const& failure, Repeat repeat, unsigned attempt,
                                                           RetryOptions const& options);

} // namespace scimkit::client
