// The log is read and not only waited for, since most of what the administration writes means nothing here: records of
// the audit log, and when keys were used.
#include "kept_in_effect.hpp"

#include "checked_store.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <utility>

namespace server
{

using scimkit::LoggedChange;
using scimkit::LogPosition;
using scimkit::result;

namespace
{

constexpr std::uint64_t changes_of_a_look = 500;
constexpr std::chrono::minutes longest_wait{1};            // for a change, in the store; then it waits again
constexpr std::chrono::milliseconds longest_pause{30'000}; // between two attempts; they go on at this pace
/// For whoever has made the change here: it is put into effect before it is answered, and need not be twice.
constexpr std::chrono::milliseconds head_start{50};
/// After a look that found nothing that matters, so that records of the audit log are looked at together.
constexpr std::chrono::milliseconds gathering_pause{200};

/// What a look at the log has found.
struct Seen
{
    LogPosition last{};
    std::uint64_t changes = 0;
    bool matters = false;
};

constexpr std::string_view no_effect_yet = "a change of the administration has no effect yet, and is tried again: ";
constexpr std::string_view is_unreadable = "what the administration has stored cannot be read: ";

class Follower
{
public:
    Follower(scimkit::ChangeLog& changes, std::string tenant, KeptInEffect::Effect effect, KeptInEffect::Log log)
        : changes_(changes)
        , tenant_(std::move(tenant))
        , effect_(std::move(effect))
        , log_(std::move(log))
    {
    }

    void follow(std::stop_token const& stop)
    {
        auto place = effect_.reached();
        while (!stop.stop_requested())
        {
            auto const seen = look(place, stop);
            if (!seen)
            {
                // Trimmed, or the store is away: what was missed is in what is stored.
                if (!put_until_done(is_unreadable, stop))
                    return;
                place = effect_.reached();
                if (seen.error().code != scimkit::ErrorCode::trimmed)
                    sleep(effect_.pause, stop);
            }
            else
            {
                if (seen->matters)
                    sleep(head_start, stop);
                if (seen->matters && effect_.reached() < seen->last && !put_until_done(no_effect_yet, stop))
                    return;
                place = seen->last;
                if (!seen->matters && seen->changes > 0 && seen->changes < changes_of_a_look)
                    sleep(gathering_pause, stop);
            }
        }
    }

private:
    /// Waits for something behind `place`.
    result<Seen> look(LogPosition place, std::stop_token const& stop)
    {
        Seen seen{.last = place};
        auto const waited =
            changes_.wait(tenant_, {.deadline = std::chrono::steady_clock::now() + longest_wait}, place, stop);
        if (!waited)
            return waited.error();
        if (!*waited)
            return seen;
        auto const note = [&](LoggedChange&& change)
        {
            seen.last = change.position;
            ++seen.changes;
            seen.matters = seen.matters || matters(change);
            return true;
        };
        auto const read = changes_.read(tenant_, {}, place, changes_of_a_look, note);
        return read ? result<Seen>{seen} : read.error();
    }

    /// Tells of a failure with `what` before the reason. False: it was stopped before.
    bool put_until_done(std::string_view what, std::stop_token const& stop)
    {
        std::string told;
        for (auto pause = effect_.pause; !stop.stop_requested(); pause = std::min(2 * pause, longest_pause))
        {
            auto const done = effect_.put();
            if (done)
            {
                if (!told.empty())
                    log_(scimkit::LogLevel::info, "what the administration has stored is in effect again");
                return true;
            }
            if (std::exchange(told, done.error().detail) != done.error().detail)
                log_(scimkit::LogLevel::error, std::string{what} + done.error().detail);
            sleep(pause, stop);
        }
        return false;
    }

    static void sleep(std::chrono::milliseconds time, std::stop_token const& stop)
    {
        std::mutex mutex;
        std::condition_variable_any stopped;
        std::unique_lock lock{mutex};
        stopped.wait_for(lock, stop, time, [] { return false; });
    }

    scimkit::ChangeLog& changes_;
    std::string const tenant_;
    KeptInEffect::Effect const effect_;
    KeptInEffect::Log const log_;
};

} // namespace

KeptInEffect::KeptInEffect(std::shared_ptr<scimkit::ResourceStore> store, std::string tenant, Effect effect, Log log)
{
    auto* const changes = store->change_log();
    if (!changes)
        return;
    thread_ = std::jthread{
        [store = std::move(store), follower = Follower{*changes, std::move(tenant), std::move(effect), std::move(log)}](
            std::stop_token const& stop) mutable { follower.follow(stop); }};
}

} // namespace server
