// What a client still sends after its last answer: taken and thrown away, so that the answer is not overtaken by a
// reset, but not faster than it costs next to nothing. TCP holds the client back meanwhile.
#pragma once

#include <cstddef>

namespace scimkit::http
{

enum class LateInput
{
    none_waits, ///< all that was there is gone
    more_waits, ///< there may be more than was to be taken
    over        ///< the other end has closed, or the connection has failed
};

/// Throws away at most `most` bytes that wait. `socket` is open; it is never waited for.
LateInput discard_input(int socket, std::size_t most) noexcept;

} // namespace scimkit::http
