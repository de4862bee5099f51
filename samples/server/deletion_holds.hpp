// Deletions that the guard holds are held until an administrator has looked, across restarts: so each hold is a
// resource of the administration. To delete it is to release.
#pragma once

#include <scimkit/store/store.hpp>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

namespace server
{

inline constexpr std::string_view hold_type = "DeletionHold";

struct DeletionHold
{
    std::string id;
    std::string tenant;
    scimkit::Instant since;
};

/// Who notes that a tenant's deletions are held: the administration, once it is there. It does so on a thread of this
/// object, since its store may let it wait: requests of others go on, and the one that was too many soon.
///
/// Threading: all functions from any thread but its own.
class HoldListener
{
public:
    using Note = std::function<void(std::string const& tenant)>; ///< throws nothing

    /// From now on. What the one before it was told of and has not begun is forgotten; when this returns it has ended.
    /// The first one starts the thread.
    void set(Note note);

    /// Returns when it is noted, or after a moment all the same: it will be.
    void tell(std::string const& tenant);

private:
    void work(std::stop_token const& stop);

    std::mutex mutex_; ///< for the next three; never held while something is noted
    Note note_;
    std::set<std::string> waiting_;
    std::string current_; ///< being noted; empty: none
    std::condition_variable_any changed_;
    std::jthread thread_; ///< the last: it uses the others
};

/// Notes one, unless there is one of that tenant. Errors: those of the store; busy if others write for too long.
scimkit::result<void> note_hold(scimkit::ResourceStore& store, scimkit::Attachment const& attachment,
                                std::string const& tenant, scimkit::Instant since);

/// Errors: those of the store. One that is not there is forgotten already.
scimkit::result<void> forget_hold(scimkit::ResourceStore& store, scimkit::Attachment const& attachment,
                                  std::string const& id);

} // namespace server
