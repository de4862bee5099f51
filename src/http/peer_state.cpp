// Asio tells of the end of input only to whoever reads, and while a request is worked on nothing is read: what follows
// it must wait in the kernel, or a client could fill our memory. So the kernel is asked.
#include "peer_state.hpp"

#include <poll.h>

namespace scimkit::http
{

PeerState peer_state(int socket) noexcept
{
#ifdef POLLRDHUP
    constexpr short end_of_input = POLLRDHUP;
#else
    constexpr short end_of_input = 0; // not known behind bytes that wait: only a reset is seen then
#endif
    pollfd look{socket, end_of_input, 0};
    if (::poll(&look, 1, 0) <= 0)
        return PeerState::there;
    if ((look.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0)
        return PeerState::gone;
    return (look.revents & end_of_input) != 0 ? PeerState::ended : PeerState::there;
}

} // namespace scimkit::http
