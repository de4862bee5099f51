// Deletions that the guard holds are held until an administrator has looked, across restarts: so each hold is a
// resource of the administration. To delete it is to release.
#pragma once

#include <scimkit/store/store.hpp>

#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace server
{

inline constexpr std::string_view hold_type = "DeletionHold";

struct DeletionHold
{
    std::string id;
    std::string tenant;
    scimkit::Instant since;
};

/// Who notes that a tenant's deletions are held: the administration, once it is there.
class HoldListener
{
public:
    using Note = std::function<void(std::string const& tenant)>;
    void set(Note note);
    void tell(std::string const& tenant); ///< nobody is told while set() runs

private:
    std::mutex mutex_; ///< for note_
    Note note_;
};

/// Notes one, unless there is one of that tenant. Errors: those of the store.
scimkit::result<void> note_hold(scimkit::ResourceStore& store, scimkit::Attachment const& attachment,
                                std::string const& tenant, scimkit::Instant since);

/// Errors: those of the store. One that is not there is forgotten already.
scimkit::result<void> forget_hold(scimkit::ResourceStore& store, scimkit::Attachment const& attachment,
                                  std::string const& id);

} // namespace server
