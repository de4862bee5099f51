// Standard streams that cannot hurt: a closed one never becomes a data file, and a full one never stops the server.
#include "standard_streams.hpp"

#include <climits>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace server
{

bool occupy_standard_descriptors() noexcept
{
    for (int const descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    {
        if (::fcntl(descriptor, F_GETFD) != -1 || errno != EBADF)
            continue;
        // The lowest free number is given out, which is this one: those below are open by now.
        if (::open("/dev/null", O_RDWR) != descriptor)
            return false;
    }
    return true;
}

Written write_in_time(int descriptor, std::string_view text, std::chrono::milliseconds patience) noexcept
{
    using Clock = std::chrono::steady_clock;
    auto const end = Clock::now() + patience;
    Written written;
    while (written.bytes < text.size())
    {
        // Nobody sets O_NONBLOCK here: the description is shared with whoever else has the other end of our stderr. A
        // pipe that poll() calls writable has room for PIPE_BUF bytes, so that a write of that many does not wait.
        auto const left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
        pollfd wait{descriptor, POLLOUT, 0};
        auto const ready = ::poll(&wait, 1, static_cast<int>(std::clamp<decltype(left)>(left, 0, INT_MAX)));
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
        {
            written.failed = ready < 0;
            break;
        }
        auto const piece = text.substr(written.bytes, PIPE_BUF);
        auto const size = ::write(descriptor, piece.data(), piece.size());
        if (size < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (size <= 0)
        {
            written.failed = true;
            break;
        }
        written.bytes += static_cast<std::size_t>(size);
    }
    return written;
}

} // namespace server
