// The reverse index of large attributes: from the value of an element, a user's id, to the resources that have it, the
// groups with this member.
#pragma once

#include "session.hpp"

namespace scimkit::kv
{

/// The entry of an element that is written. `is_new`: there is none yet.
result<void> put_reference(Session& session, Catalog::Large const& large, std::string_view owner,
                           std::string_view value, bool is_new);

/// The entry of an element that goes.
result<void> erase_reference(Session& session, Catalog::Large const& large, std::string_view owner,
                             std::string_view value);

/// LargeAttributeReader::references_to().
result<void> references_to(Session& session, std::string_view value, function_ref<bool(Reference const&)> sink);

} // namespace scimkit::kv
