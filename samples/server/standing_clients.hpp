// Which clients of the token endpoint may still ask for tokens: for what they had asked for before.
#pragma once

#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace server
{

/// Threading: any.
class StandingClients
{
public:
    void exchange(std::set<std::string, std::less<>> names)
    {
        std::lock_guard const lock{mutex_};
        names_ = std::move(names);
    }

    bool contains(std::string_view name) const
    {
        std::lock_guard const lock{mutex_};
        return names_.contains(name);
    }

private:
    mutable std::mutex mutex_;
    std::set<std::string, std::less<>> names_;
};

} // namespace server
