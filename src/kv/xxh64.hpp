// XXH64, the 64-bit hash of xxHash (seed 0), as its specification of 2018 defines it: good mixing at several bytes a
// cycle, and frozen, so that what is stored today can be checked by any later build. Not for secrets: it keeps away
// accidents, not forgers.
#pragma once

#include <scimkit/export.hpp>

#include <cstdint>
#include <string_view>

namespace scimkit::kv
{

SCIMKIT_API std::uint64_t xxh64(std::string_view bytes) noexcept;

} // namespace scimkit::kv
