// Inside of the room: how a key is told from other tokens.
#pragma once

#include <string_view>

namespace scimkit::detail
{

/// It begins as a key does; whether it is a whole one says is_api_key().
bool looks_like_api_key(std::string_view text) noexcept;

} // namespace scimkit::detail
