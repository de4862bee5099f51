// A browser cannot send a bearer token by itself, and must not keep one where a script finds it: so it gets a session.
#include "sessions.hpp"

#include <algorithm>
#include <utility>

namespace server
{

namespace
{

/// Empty for what is no token.
std::string digest_of(std::string_view token)
{
    auto const record = scimkit::make_token_record(token, {});
    return record ? record->sha256 : std::string{};
}

} // namespace

std::string Sessions::begin(Session session, Clock::time_point now)
{
    auto token = scimkit::new_token();
    session.csrf = scimkit::new_token();
    std::lock_guard const lock{mutex_};
    drop_old(now);
    while (!entries_.empty() && entries_.size() >= limits_.max_sessions)
        entries_.erase(std::ranges::min_element(entries_, {}, [](auto const& entry) { return entry.second.used; }));
    entries_.insert_or_assign(digest_of(token), Entry{std::move(session), now, now});
    return token;
}

std::optional<Session> Sessions::find(std::string_view token, Clock::time_point now)
{
    auto const digest = digest_of(token);
    std::lock_guard const lock{mutex_};
    auto const found = entries_.find(digest);
    if (found == entries_.end())
        return std::nullopt;
    if (is_over(found->second, now))
    {
        entries_.erase(found);
        return std::nullopt;
    }
    found->second.used = now;
    return found->second.session;
}

void Sessions::end(std::string_view token)
{
    auto const digest = digest_of(token);
    std::lock_guard const lock{mutex_};
    entries_.erase(digest);
}

void Sessions::end_all_of(std::string_view login)
{
    std::lock_guard const lock{mutex_};
    std::erase_if(entries_, [&](auto const& entry) { return entry.second.session.login == login; });
}

std::size_t Sessions::count(Clock::time_point now)
{
    std::lock_guard const lock{mutex_};
    drop_old(now);
    return entries_.size();
}

bool Sessions::is_over(Entry const& entry, Clock::time_point now) const noexcept
{
    return now - entry.used >= limits_.idle || now - entry.begun >= limits_.absolute;
}

void Sessions::drop_old(Clock::time_point now)
{
    std::erase_if(entries_, [&](auto const& entry) { return is_over(entry.second, now); });
}

bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept
{
    if (a.size() != b.size())
        return false;
    unsigned char volatile differences = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        differences = static_cast<unsigned char>(differences | (a[i] ^ b[i]));
    return differences == 0;
}

} // namespace server
