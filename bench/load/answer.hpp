// Reads answers of HTTP/1 off a connection: how each ends is all that a load generator wants to know of it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace load
{

class AnswerReader
{
public:
    enum class State
    {
        more,
        whole,
        broken ///< no HTTP
    };

    /// Before the next answer.
    void begin() noexcept;

    State take(std::string_view bytes);

    /// The server has closed the connection, which may be how a body ends.
    State closed() const noexcept;

    int status() const noexcept { return status_; }
    bool keep_alive() const noexcept { return keep_alive_; }

private:
    enum class Part
    {
        head,
        counted,
        chunk_size,
        chunk,
        trailer,
        until_closed,
        done
    };

    State step();
    bool read_head(std::string_view head);
    bool read_line(std::string& line);

    Part part_ = Part::head;
    std::string left_{};
    std::size_t wanted_ = 0; ///< of the body or chunk
    int status_ = 0;
    bool keep_alive_ = true;
};

} // namespace load
