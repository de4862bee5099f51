// Not by asio, whose every read is an operation of its own: a refused body of a megabyte would be two thousand of them.
// Linux throws away what TCP has received without copying it.
#include "late_input.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <sys/socket.h>

namespace scimkit::http
{

namespace
{

#ifdef __linux__
constexpr int without_waiting = MSG_DONTWAIT | MSG_TRUNC;
#else
constexpr int without_waiting = MSG_DONTWAIT;
#endif

} // namespace

Discarded discard_input(int socket, std::size_t const most) noexcept
{
    std::size_t bytes_taken = 0;
    std::array<char, 16 * 1024> bytes;
    while (bytes_taken < most)
    {
        auto const taken = ::recv(socket, bytes.data(), std::min(most - bytes_taken, bytes.size()), without_waiting);
        if (taken < 0 && errno == EINTR)
            continue;
        if (taken < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return {LateInput::none_waits, bytes_taken};
        if (taken <= 0)
            return {LateInput::over, bytes_taken};
        bytes_taken += static_cast<std::size_t>(taken);
    }
    return {LateInput::more_waits, bytes_taken};
}

} // namespace scimkit::http
