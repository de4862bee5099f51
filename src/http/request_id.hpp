// The id of a request: it stands in the access log, in the log of faults and in the answer, so that a line of a
// client's log leads to one of ours.
#pragma once

#include <scimkit/service/message.hpp>

#include <array>
#include <span>
#include <string_view>

namespace scimkit::http
{

class RequestId
{
public:
    /// Takes the one that the request brings, in `X-Request-Id` (1 to 64 characters of ALPHA, DIGIT and "-._~:+/=@"),
    /// else the trace-id of `traceparent` (W3C Trace Context). Anything else is as if it were not there: the id is made
    /// here, of 16 hexadecimal digits.
    void choose(std::span<Header const> headers) noexcept;

    /// Lives as long as the object and the next choose().
    std::string_view text() const noexcept { return {text_.data(), size_}; }

    /// The trace that the request belongs to: the trace-id of its `traceparent`; empty if it has none that can be read.
    std::string_view trace_id() const noexcept { return traced_ ? traceparent().substr(3, 32) : std::string_view{}; }
    /// For the answer: version 00, the same trace and flags, and as parent-id one made here. Empty as trace_id().
    std::string_view traceparent() const noexcept
    {
        return traced_ ? std::string_view{traceparent_.data(), traceparent_.size()} : std::string_view{};
    }

private:
    void assign(std::string_view text) noexcept;
    void continue_trace(std::string_view traceparent) noexcept;

    std::array<char, 64> text_{};
    std::size_t size_ = 0;
    std::array<char, 55> traceparent_{};
    bool traced_ = false;
};

} // namespace scimkit::http
