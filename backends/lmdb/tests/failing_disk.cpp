// The linker lets these stand in for libc's, also in liblmdb.
#include "failing_disk.hpp"

#include <cerrno>
#include <cstddef>
#include <sys/syscall.h>
#include <unistd.h>

using namespace scimkit::test;

extern "C" int fdatasync(int file)
{
    ++syncs;
    sync_held.wait(true);
    if (sync_error == 0)
        return static_cast<int>(::syscall(SYS_fdatasync, file));
    errno = sync_error;
    return -1;
}

extern "C" ssize_t pwrite(int file, void const* bytes, std::size_t size, off_t offset)
{
    if (small_write_error == 0 || size >= 512)
        return ::syscall(SYS_pwrite64, file, bytes, size, offset);
    errno = small_write_error;
    return -1;
}
