// What the other end of a TCP connection has said by other means than bytes.
#pragma once

namespace scimkit::http
{

enum class PeerState
{
    there,
    ended, ///< it will send no more; it may still read
    gone   ///< it has reset the connection, or the network has
};

/// Looks without taking anything that waits to be read. `socket` is open. Costs a system call.
PeerState peer_state(int socket) noexcept;

} // namespace scimkit::http
