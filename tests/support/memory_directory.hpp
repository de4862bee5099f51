// Where an fsync costs nothing: for stores that share commits among those who wait for one, which they do only with it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <system_error>
#include <unistd.h>

namespace scimkit::test
{

/// A file system in memory that has room; otherwise that of temporary files, where it takes longer.
inline std::filesystem::path memory_directory()
{
    constexpr std::uintmax_t enough = 512U << 20U; // containers often have 64 MiB there
    std::filesystem::path const memory{"/dev/shm"};
    std::error_code unknown;
    auto const room = std::filesystem::space(memory, unknown);
    bool const usable = !unknown && room.available >= enough && ::access(memory.c_str(), W_OK | X_OK) == 0;
    return usable ? memory : std::filesystem::temp_directory_path();
}

} // namespace scimkit::test
