// What the server's process takes, seen from outside (/proc, Linux).
#pragma once

#include <atomic>
#include <thread>

namespace hostile
{

/// Resident memory in MB that is the process's own (not pages of mapped files), as it is now.
double own_memory(int pid);

/// False once it has ended, reaped or not.
bool is_alive(int pid);

/// Looks twenty times a second for the largest own memory.
class MemoryWatch
{
public:
    explicit MemoryWatch(int pid);
    ~MemoryWatch();
    MemoryWatch(MemoryWatch const&) = delete;
    MemoryWatch& operator=(MemoryWatch const&) = delete;

    double peak() const noexcept { return peak_; }

private:
    std::atomic<double> peak_{0};
    std::atomic<bool> stop_{false};
    std::thread thread_;
};

} // namespace hostile
