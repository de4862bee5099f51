// Output: the answers of a connection that have not left yet. Short ones are gathered and leave in one write; a long
// body is sent from where it is.
//
// Threading: that of its connection.
#pragma once

#include "allowance.hpp"

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>

namespace scimkit::http
{

class Output
{
public:
    explicit Output(Allowance& allowance) noexcept
        : share_(allowance)
    {
    }

    /// Where heads go.
    std::string& text() noexcept { return text_; }

    bool empty() const noexcept { return text_.empty(); }
    /// It is time to write.
    bool is_full() const noexcept { return text_.size() >= full_text || !large_body_.empty(); }

    /// Whether a body of this size may wait here for its client (Exchange::client).
    bool has_room(std::size_t size, std::uint64_t client) noexcept
    {
        return size <= small_body || share_.grow_to(size, client);
    }

    void add_body(std::string&& body, std::uint64_t client)
    {
        if (body.size() <= small_body)
        {
            text_ += body;
            return;
        }
        if (!share_.grow_to(body.size(), client))
            share_.hold(body.size(), client); // the answer to a write: it cannot be taken back
        large_body_ = std::move(body);
    }

    std::size_t size() const noexcept { return text_.size() + large_body_.size(); }

    /// At most `most` bytes, after the first `from`.
    std::array<boost::asio::const_buffer, 2> buffers(std::size_t from, std::size_t most) const
    {
        auto const part = [&](std::string const& bytes)
        {
            auto const skipped = std::min(from, bytes.size());
            auto const taken = std::min(most, bytes.size() - skipped);
            from -= skipped;
            most -= taken;
            return boost::asio::const_buffer{bytes.data() + skipped, taken};
        };
        auto const of_text = part(text_); // before that of the body
        return {of_text, part(large_body_)};
    }

    /// All of it is out. True if that was much.
    bool clear() noexcept
    {
        auto const was_large = large_body_.size() > full_text;
        std::string{}.swap(large_body_); // to assign an empty string would keep the memory
        text_.clear();
        if (text_.capacity() > 2 * full_text)
            std::string{}.swap(text_);
        share_.give_back();
        return was_large;
    }

private:
    /// Bodies up to this many bytes are copied behind their head.
    static constexpr std::size_t small_body = 8 * 1024;
    static constexpr std::size_t full_text = 32 * 1024;

    std::string text_;
    std::string large_body_;
    Allowance::Share share_;
};

} // namespace scimkit::http
