// libsodium behind the few functions that this room needs, and memory that is wiped when it is given back.
#pragma once

#include <scimkit/export.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit::detail
{

/// Initialises libsodium once for the process, from any thread. Throws std::runtime_error when the system has no
/// source of randomness: nothing in this room is safe then.
void require_sodium();

/// Overwrites memory in a way that no optimiser takes out.
SCIMKIT_API void wipe(void* memory, std::size_t bytes) noexcept;

/// Wipes the string that it guards when the scope ends, however it ends.
class WipeAtEnd
{
public:
    explicit WipeAtEnd(std::string& secret) noexcept
        : secret_(secret)
    {
    }
    ~WipeAtEnd() { wipe(secret_.data(), secret_.size()); }
    WipeAtEnd(WipeAtEnd const&) = delete;
    WipeAtEnd& operator=(WipeAtEnd const&) = delete;

private:
    std::string& secret_;
};

template <class T>
struct WipingAllocator
{
    using value_type = T;

    WipingAllocator() = default;
    template <class U>
    WipingAllocator(WipingAllocator<U> const&) noexcept // NOLINT(google-explicit-constructor): rebinding
    {
    }

    T* allocate(std::size_t count) { return std::allocator<T>{}.allocate(count); }
    void deallocate(T* memory, std::size_t count) noexcept
    {
        wipe(memory, count * sizeof(T));
        std::allocator<T>{}.deallocate(memory, count);
    }

    friend bool operator==(WipingAllocator const&, WipingAllocator const&) = default;
};

/// Bytes that leave no copy behind, also when they grow.
using SecretBytes = std::vector<char, WipingAllocator<char>>;

using Sha256 = std::array<unsigned char, 32>;

SCIMKIT_API Sha256 sha256(std::string_view bytes);
SCIMKIT_API std::string to_hex(Sha256 const& digest);

/// Reads exactly 64 hexadecimal digits of either case; false otherwise.
bool from_hex(std::string_view text, Sha256& digest) noexcept;

/// Compares in a time that does not depend on where the digests differ.
bool same_digest(Sha256 const& a, Sha256 const& b) noexcept;

} // namespace scimkit::detail
