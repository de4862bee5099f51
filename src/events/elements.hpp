// How many elements of large attributes a change is about.
#pragma once

#include <scimkit/store/change_log.hpp>

#include <cstddef>

namespace scimkit::events
{

inline std::size_t elements_of(LoggedChange const& change) noexcept
{
    std::size_t count = 0;
    for (LoggedChange::Elements const& each : change.elements)
        count += each.came.size() + each.went.size();
    return count;
}

} // namespace scimkit::events
