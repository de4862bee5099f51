// What a client still sends after its last answer: taken and thrown away, so that the answer is not overtaken by a
// reset. A few clients may send it as fast as they like to; when there are many, it is taken no faster than it costs
// next to nothing. TCP holds them back meanwhile.
#pragma once

#include <atomic>
#include <cstddef>

namespace scimkit::http
{

enum class LateInput
{
    none_waits, ///< all that was there is gone
    more_waits, ///< there may be more than was to be taken
    over        ///< the other end has closed, or the connection has failed
};

struct Discarded
{
    LateInput input;
    std::size_t bytes;
};

/// Throws away at most `most` bytes that wait. `socket` is open; it is never waited for.
Discarded discard_input(int socket, std::size_t most) noexcept;

/// Counts a connection among those that throw input away, from begin() until it goes.
class Lingerer
{
public:
    explicit Lingerer(std::atomic<unsigned>& all) noexcept
        : all_(all)
    {
    }
    Lingerer(Lingerer const&) = delete;
    Lingerer& operator=(Lingerer const&) = delete;
    ~Lingerer()
    {
        if (counted_)
            --all_;
    }

    void begin() noexcept
    {
        if (!counted_)
            ++all_;
        counted_ = true;
    }

private:
    std::atomic<unsigned>& all_;
    bool counted_ = false;
};

} // namespace scimkit::http
