// The system's clock, and ids that are UUIDs of version 7 (RFC 9562 section 5.7): they sort by time, so that inserts
// append and the order of pages is stable under writes.
#include <scimkit/core/environment.hpp>

#include "id_time.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <stdexcept>

namespace scimkit
{
namespace
{

class SystemEnvironment final : public Environment
{
public:
    SystemEnvironment()
    {
        if (sodium_init() < 0)
            throw std::runtime_error("libsodium cannot be initialised: no source of randomness");
    }

    Instant now() override { return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()); }

    std::string new_id() override;

    /// From now on ids sort after those that were made until `time`.
    void come_after(Instant time) noexcept;

private:
    std::uint64_t next_ticks();

    // The first 60 bits of the last id without version: milliseconds since 1970 and a sequence of 12 bits.
    std::atomic<std::uint64_t> last_ticks_{0};
};

constexpr std::uint64_t sequences_per_ms = 4096;

std::uint64_t ticks_of(Instant time) noexcept
{
    auto const us = static_cast<std::uint64_t>(std::max<std::int64_t>(time.time_since_epoch().count(), 0));
    return us / 1000 * sequences_per_ms + us % 1000 * sequences_per_ms / 1000;
}

void SystemEnvironment::come_after(Instant time) noexcept
{
    // Some in a row may have run ahead of the clock; 10 ms are room for forty thousand of them.
    auto const ticks = ticks_of(time) + 10 * sequences_per_ms;
    auto last = last_ticks_.load(std::memory_order_relaxed);
    while (last < ticks && !last_ticks_.compare_exchange_weak(last, ticks, std::memory_order_relaxed))
    {
    }
}

// Ids increase strictly, over all threads and when the clock is set back. Within one millisecond the sequence
// counts on; more than 4096 ids in one run ahead into the next (RFC 9562 section 6.2, method 3).
std::uint64_t SystemEnvironment::next_ticks()
{
    auto const clock_ticks = ticks_of(now());
    auto last = last_ticks_.load(std::memory_order_relaxed);
    std::uint64_t next = 0;
    do
        next = std::max(clock_ticks, last + 1);
    while (!last_ticks_.compare_exchange_weak(last, next, std::memory_order_relaxed));
    return next;
}

std::string SystemEnvironment::new_id()
{
    auto const ticks = next_ticks();
    std::array<unsigned char, 16> bytes{};
    randombytes_buf(bytes.data() + 8, 8);
    for (std::size_t i = 0; i < 6; ++i)
        bytes[i] = static_cast<unsigned char>(ticks >> (52 - 8 * i));
    bytes[6] = static_cast<unsigned char>(0x70 | (ticks >> 8 & 0x0F)); // version 7
    bytes[7] = static_cast<unsigned char>(ticks);
    bytes[8] = static_cast<unsigned char>(0x80 | (bytes[8] & 0x3F)); // variant of RFC 9562

    constexpr std::string_view hex = "0123456789abcdef";
    std::string id;
    id.reserve(36);
    for (std::size_t i = 0; i < bytes.size(); ++i)
    {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            id += '-';
        id += hex[bytes[i] >> 4];
        id += hex[bytes[i] & 0x0F];
    }
    return id;
}

} // namespace

namespace
{

std::shared_ptr<SystemEnvironment> const& the_environment()
{
    // One for the process: ids increase whoever asks for them.
    static auto const environment = std::make_shared<SystemEnvironment>();
    return environment;
}

} // namespace

std::shared_ptr<Environment> system_environment() { return the_environment(); }

void system_ids_come_after(Instant time)
{
    using namespace std::chrono;
    if (time < Instant{sys_days{year{9999} / December / 31}})
        the_environment()->come_after(time);
}

} // namespace scimkit
