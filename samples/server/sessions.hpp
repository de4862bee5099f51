// Sessions: who has logged in to the page of the administration, for how long, and by what.
#pragma once

#include <scimkit/security/authentication.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace server
{

struct SessionLimits
{
    std::chrono::minutes idle{30};      ///< without a request; then it has ended
    std::chrono::minutes absolute{600}; ///< from the log in, whatever is done meanwhile
    std::size_t max_sessions = 32;      ///< one more ends the one that was idle for longest
};

/// Who is in.
struct Session
{
    std::string csrf{}; ///< what a request that changes something has to repeat
    std::string login;  ///< by what: the digest of a key, the record of a password; the session ends with it
    scimkit::Principal principal{};
    bool by_password = false;
    bool has_to_choose = false; ///< a password of its own, before anything else
};

/// Threading: all functions from any number of threads. Time comes in, so that tests need not wait. Tokens are kept as
/// their digests: a look-up tells nothing by its time, and a copy of the memory opens nothing.
class Sessions
{
public:
    using Clock = std::chrono::steady_clock;

    explicit Sessions(SessionLimits limits = {})
        : limits_(limits)
    {
    }

    /// The token of the new session, for a cookie; it is given once. `session.csrf` is made here.
    std::string begin(Session session, Clock::time_point now = Clock::now());

    /// The session of that token, which is no longer idle. Nothing: there is none, or it has ended.
    std::optional<Session> find(std::string_view token, Clock::time_point now = Clock::now());

    void end(std::string_view token);

    /// All that logged in by that.
    void end_all_of(std::string_view login);

    std::size_t count(Clock::time_point now = Clock::now());

private:
    struct Entry
    {
        Session session;
        Clock::time_point begun;
        Clock::time_point used;
    };

    bool is_over(Entry const& entry, Clock::time_point now) const noexcept;
    void drop_old(Clock::time_point now); ///< the lock is held

    SessionLimits limits_;
    std::mutex mutex_;
    std::map<std::string, Entry, std::less<>> entries_; ///< by the digest of the token
};

/// Whether two texts are the same, in a time that does not tell where they differ.
bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept;

} // namespace server
