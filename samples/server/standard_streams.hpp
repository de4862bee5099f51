// The descriptors 0, 1 and 2, and short messages on them.
#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

namespace server
{

/// Opens /dev/null on each of 0, 1 and 2 that is closed. Comes before anything is opened: the next file would get the
/// free number, and everything that is meant for people would be written into it, were it the database. False: one is
/// closed and stays so.
bool occupy_standard_descriptors() noexcept;

struct Written
{
    std::size_t bytes = 0;
    bool failed = false; ///< by an error; otherwise all is written, or time has run out
};

/// Writes `text`, for at most `patience`: a reader that has stalled holds up nobody. A pipe takes up to 4,096 bytes
/// (PIPE_BUF) in one piece.
Written write_in_time(int descriptor, std::string_view text, std::chrono::milliseconds patience) noexcept;

} // namespace server
