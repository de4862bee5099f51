// What Prometheus is told of those who follow changes: how far they are behind, what was delivered, what waits.
#pragma once

#include "configuration.hpp"

#include <memory>
#include <string>

namespace server
{

/// Threading: text() from any thread, one at a time looks into the store; what was found is told again for five
/// seconds.
class LogMetrics
{
public:
    explicit LogMetrics(Configuration const& configuration);
    ~LogMetrics();
    LogMetrics(LogMetrics const&) = delete;
    LogMetrics& operator=(LogMetrics const&) = delete;

    /// The text format of Prometheus.
    std::string text();

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace server
