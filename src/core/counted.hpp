// Counted: somebody who is one of a number for as long as he lives.
#pragma once

#include <atomic>
#include <cstddef>

namespace scimkit
{

/// Threading: any. The number outlives this.
class Counted
{
public:
    explicit Counted(std::atomic<std::size_t>& number) noexcept
        : number_(number)
    {
        number_.fetch_add(1, std::memory_order_relaxed);
    }
    Counted(Counted const&) = delete;
    Counted& operator=(Counted const&) = delete;
    ~Counted() { number_.fetch_sub(1, std::memory_order_relaxed); }

private:
    std::atomic<std::size_t>& number_;
};

} // namespace scimkit
