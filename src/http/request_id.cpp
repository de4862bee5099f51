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
    constexpr std::size_t whole = 55;
    if (traceparent.size() < whole || traceparent.starts_with("ff") ||
        (traceparent.size() > whole && (traceparent.starts_with("00") || traceparent[whole] != '-')))
        return {};
    for (std::size_t i = 0; i < whole; ++i)
    {
        bool const dash = i == 2 || i == 35 || i == 52;
        if (dash ? traceparent[i] != '-' : hex_digits.find(traceparent[i]) == std::string_view::npos)
            return {};
    }
    auto const is_nil = [](std::string_view id) { return id.find_first_not_of('0') == std::string_view::npos; };
    auto const id = traceparent.substr(3, 32);
    return is_nil(id) || is_nil(traceparent.substr(36, 16)) ? std::string_view{} : id;
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

void write_number(std::span<char, 16> digits) noexcept
{
    auto number = next_number();
    for (char& digit : digits)
    {
        digit = hex_digits[number & 15];
        number >>= 4;
    }
}

} // namespace

void RequestId::choose(std::span<Header const> headers) noexcept
{
    traced_ = false;
    size_ = 0;
    for (auto const& [name, value] : headers)
        if (size_ == 0 && equal_ascii_ignoring_case(name, "X-Request-Id") && is_sane(value, text_.size()))
            assign(value);
        else if (!traced_ && equal_ascii_ignoring_case(name, "traceparent") && !trace_id_of(value).empty())
            continue_trace(value);
    if (size_ != 0)
        return;
    if (traced_)
        return assign(trace_id());
    size_ = 16;
    write_number(std::span{text_}.first<16>());
}

/// A parent-id of our own: what the client does next is the child of what was done here. Never all zeros.
void RequestId::continue_trace(std::string_view traceparent) noexcept
{
    constexpr std::size_t parent_at = 36;
    std::copy_n(traceparent.begin(), traceparent_.size(), traceparent_.begin());
    traceparent_[0] = traceparent_[1] = '0'; // what a later version has besides is not understood here
    auto const parent = std::span{traceparent_}.subspan<parent_at, 16>();
    write_number(parent);
    if (std::all_of(parent.begin(), parent.end(), [](char c) { return c == '0'; }))
        parent.back() = '1';
    traced_ = true;
}

void RequestId::assign(std::string_view text) noexcept
{
    size_ = std::min(text.size(), text_.size());
    std::copy_n(text.begin(), size_, text_.begin());
}

} // namespace scimkit::http
