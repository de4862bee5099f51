// Work that comes in rounds on a thread of its own, where nobody else would catch what a round throws.
#pragma once

#include <scimkit/service/service.hpp>

#include <functional>
#include <string_view>

namespace server
{

/// What the round throws, for want of memory say, is told, and the next one comes all the same. `log` may be empty.
template <class Round>
void one_round(std::function<void(scimkit::LogLevel, std::string_view)> const& log, Round&& round) noexcept
try
{
    round();
}
catch (...)
{
    try
    {
        if (log)
            log(scimkit::LogLevel::error, "what is done from time to time has thrown, for want of memory perhaps");
    }
    catch (...) // there is no memory to say so either
    {
    }
}

} // namespace server
