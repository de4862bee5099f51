// JsonText: JSON that is appended in many small pieces. A string that takes a piece of ten bytes does more about its
// own size than about the ten bytes; here there is room ahead.
#pragma once

#include "json_escapes.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace scimkit
{

/// Appends to a string, which is longer than its text as long as this lives.
class JsonText
{
public:
    /// `out` outlives this. `room`: the bytes that are probably appended.
    JsonText(std::string& out, std::size_t room)
        : out_(out)
        , end_(out.size())
    {
        out_.resize(end_ + room);
    }
    ~JsonText() { out_.resize(end_); }
    JsonText(JsonText const&) = delete;
    JsonText& operator=(JsonText const&) = delete;

    std::size_t size() const noexcept { return end_; }
    /// Takes back what was appended since the text had this size.
    void cut(std::size_t size) noexcept { end_ = std::min(end_, size); }

    void add(char c)
    {
        make_room(1);
        out_[end_++] = c;
    }
    void add(std::string_view text)
    {
        make_room(text.size());
        copy(text);
    }

    /// As write_json_string() appends it.
    void add_string(std::string_view text)
    {
        if (needs_escapes(text))
            return add_escaped(text);
        make_room(text.size() + 2);
        out_[end_++] = '"';
        copy(text);
        out_[end_++] = '"';
    }

    /// The name of a member that has nothing to be escaped, behind what separates it from the one before.
    void add_name(char separator, std::string_view name)
    {
        make_room(name.size() + 4);
        out_[end_++] = separator;
        out_[end_++] = '"';
        copy(name);
        out_[end_++] = '"';
        out_[end_++] = ':';
    }

private:
    void make_room(std::size_t bytes)
    {
        if (out_.size() - end_ < bytes)
            out_.resize(end_ + bytes + 256);
    }
    void copy(std::string_view text) noexcept // REQUIRES: there is room
    {
        std::memcpy(out_.data() + end_, text.data(), text.size());
        end_ += text.size();
    }
    void add_escaped(std::string_view text)
    {
        std::string escaped;
        write_escaped(escaped, text);
        add(escaped);
    }

    std::string& out_;
    std::size_t end_;
};

} // namespace scimkit
