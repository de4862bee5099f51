// Not by asio, whose every read is an operation of its own: a refused body of a megabyte would be two thousand of them.
#include "late_input.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <sys/socket.h>

namespace scimkit::http
{

LateInput discard_input(int socket, std::size_t most) noexcept
{
    std::array<char, 16 * 1024> bytes;
    while (most > 0)
    {
        auto const taken = ::recv(socket, bytes.data(), std::min(most, bytes.size()), MSG_DONTWAIT);
        if (taken < 0 && errno == EINTR)
            continue;
        if (taken < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return LateInput::none_waits;
        if (taken <= 0)
            return LateInput::over;
        most -= static_cast<std::size_t>(taken);
    }
    return LateInput::more_waits;
}

} // namespace scimkit::http
