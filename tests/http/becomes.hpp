// Waits for what a server does behind its answers, which is seen a moment later.
#pragma once

#include <chrono>
#include <thread>

namespace scimkit::test
{

/// Whether it comes to that before long.
template <class Condition>
bool becomes(Condition const& condition)
{
    auto const end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (!condition() && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    return condition();
}

} // namespace scimkit::test
