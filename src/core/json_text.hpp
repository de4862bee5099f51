// JsonText: JSON that is appended in many small pieces. A string that takes a piece of ten bytes does more about its
// own size than about the ten bytes; here there is room ahead.
#pragma once

#include "eight_bytes.hpp"
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
    /// `out` outlives this, and nobody else touches it. `room`: the bytes that are probably appended.
    JsonText(std::string& out, std::size_t room)
        : out_(out)
        , next_(nullptr)
        , end_(nullptr)
    {
        auto const size = out.size();
        out_.resize(size + room);
        go_to(size);
    }
    ~JsonText() { out_.resize(size()); }
    JsonText(JsonText const&) = delete;
    JsonText& operator=(JsonText const&) = delete;

    std::size_t size() const noexcept { return static_cast<std::size_t>(next_ - out_.data()); }
    /// Takes back what was appended since the text had this size.
    void cut(std::size_t size) noexcept { next_ = out_.data() + std::min(size, this->size()); }
    /// In front of what stands at `place`.
    void insert(std::size_t place, std::string_view text)
    {
        make_room(text.size());
        char* const at = out_.data() + place;
        std::memmove(at + text.size(), at, size() - place);
        copy_text(at, text);
        next_ += text.size();
    }

    void add(char c)
    {
        make_room(1);
        *next_++ = c;
    }
    void add(std::string_view text)
    {
        make_room(text.size());
        copy_text(next_, text);
        next_ += text.size();
    }

    /// As write_json_string() appends it.
    void add_string(std::string_view text)
    {
        if (needs_escapes(text))
            return add_escaped(text);
        make_room(text.size() + 2);
        char* const at = next_; // a byte that is written could be one of next_, as far as a compiler knows
        at[0] = '"';
        copy_text(at + 1, text);
        at[text.size() + 1] = '"';
        next_ = at + text.size() + 2;
    }

    /// The name of a member that has nothing to be escaped, behind what separates it from the one before.
    void add_name(char separator, std::string_view name)
    {
        make_room(name.size() + 4);
        char* const at = next_;
        at[0] = separator;
        at[1] = '"';
        copy_text(at + 2, name);
        at[name.size() + 2] = '"';
        at[name.size() + 3] = ':';
        next_ = at + name.size() + 4;
    }

private:
    void go_to(std::size_t size) noexcept
    {
        next_ = out_.data() + size;
        end_ = out_.data() + out_.size();
    }
    void make_room(std::size_t bytes)
    {
        if (static_cast<std::size_t>(end_ - next_) < bytes)
            grow(bytes);
    }
    void grow(std::size_t bytes)
    {
        auto const size = this->size();
        out_.resize(size + bytes + 256);
        go_to(size);
    }
    void add_escaped(std::string_view text)
    {
        std::string escaped;
        write_escaped(escaped, text);
        add(escaped);
    }

    std::string& out_;
    char* next_; // behind the text
    char* end_;  // behind the room
};

} // namespace scimkit
