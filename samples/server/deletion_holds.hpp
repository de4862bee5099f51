// Deletions that the guard holds are held until an administrator has looked, across restarts: so each hold is a
// resource of the administration. To delete it is to release.
#pragma once

#include <scimkit/store/store.hpp>

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

/// Notes one, unless there is one of that tenant. Errors: those of the store.
scimkit::result<void> note_hold(scimkit::ResourceStore& store, scimkit::Attachment const& attachment,
                                std::string const& tenant, scimkit::Instant since);

/// Errors: those of the store. One that is not there is forgotten already.
scimkit::result<void> forget_hold(scimkit::ResourceStore& store, scimkit::Attachment const& attachment,
                                  std::string const& id);

} // namespace server
