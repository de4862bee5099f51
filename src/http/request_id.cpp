// What a client says goes into logs and headers: only what is harmless there is taken, and the rest is not repaired.
#include "request_id.hpp"

#include <scimkit/core/text.hpp>

#include <algorithm>
#include <cstdint>
#include <random>

namespace scimkit::http
{

namespace
{

constexpr std::string_view hex_digits = "0123456789abcdef";

bool is_id_character(char c) noexcept
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view{"-._~:+/=@"}.find(c) != std::string_view::npos;
}

bool is_sane(std::string_view id, std::size_t max_size) noexcept
{
    return !id.empty() && id.size() <= max_size && std::all_of(id.begin(), id.end(), is_id_character);
}

/// The trace-id of "00-<32 hex>-<16 hex>-<2 hex>"; later versions may have more behind. Empty if it is not one.
std::string_view trace_id_of(std::string_view traceparent) noexcept
{
    constexpr std::size_t first = 3;
    constexpr std::size_t size = 32;
    if (traceparent.size() < 55 || traceparent[2] != '-' || traceparent[first + size] != '-')
        return {};
    auto const id = traceparent.substr(first, size);
    auto const is_hex = [](char c) { return hex_digits.find(c) != std::string_view::npos; };
    auto const is_nil = std::all_of(id.begin(), id.end(), [](char c) { return c == '0'; });
    return std::all_of(id.begin(), id.end(), is_hex) && !is_nil ? id : std::string_view{};
}

/// splitmix64 from a random start on each thread: no secret, but not to be met twice.
std::uint64_t next_number() noexcept
{
    thread_local std::uint64_t state = []() noexcept
    {
        std::random_device source;
        return (std::uint64_t{source()} << 32) | source();
    }();
    state += 0x9E3779B97F4A7C15U;
    auto mixed = state;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31);
}

} // namespace

void RequestId::choose(std::span<Header const> headers) noexcept
{
    std::string_view traced;
    for (auto const& [name, value] : headers)
    {
        if (equal_ascii_ignoring_case(name, "X-Request-Id") && is_sane(value, text_.size()))
            return assign(value);
        if (traced.empty() && equal_ascii_ignoring_case(name, "traceparent"))
            traced = trace_id_of(value);
    }
    if (!traced.empty())
        return assign(traced);

    size_ = 16;
    auto number = next_number();
    for (std::size_t i = 0; i < size_; ++i, number >>= 4)
        text_[i] = hex_digits[number & 15];
}

void RequestId::assign(std::string_view text) noexcept
{
    size_ = std::min(text.size(), text_.size());
    std::copy_n(text.begin(), size_, text_.begin());
}

} // namespace scimkit::http
