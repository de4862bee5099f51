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

private:
    void assign(std::string_view text) noexcept;

    std::array<char, 64> text_{};
    std::size_t size_ = 0;
};

} // namespace scimkit::http
