// A map of a few words, since what fails the same way fails in the same words.
#include "repeated_faults.hpp"

#include <utility>

namespace scimkit::service
{

std::optional<std::uint64_t> RepeatedFaults::tell(std::string_view words, Clock::time_point now)
{
    std::lock_guard const lock{mutex_};
    auto const found = told_.find(words);
    if (found == told_.end())
    {
        if (told_.size() >= most_words)
            told_.clear();
        told_.emplace(words, Told{.at = now});
        return 0;
    }
    Told& told = found->second;
    if (now - told.at < rest)
    {
        ++told.kept_back;
        return std::nullopt;
    }
    told.at = now;
    return std::exchange(told.kept_back, 0);
}

} // namespace scimkit::service
