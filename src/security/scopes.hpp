// How scopes cover one another.
#pragma once

#include <scimkit/export.hpp>

#include <string_view>

namespace scimkit::detail
{

/// Whether whoever has `held` may do all that `wanted` is for, as scope_authoriser() has it. What is none of SCIM's
/// covers itself alone.
SCIMKIT_API bool scope_covers(std::string_view held, std::string_view wanted) noexcept;

} // namespace scimkit::detail
