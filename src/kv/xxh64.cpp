// The one place that sees xxHash's header: compiled in, so that programs need no library for it when they run.
#include "xxh64.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace scimkit::kv
{

std::uint64_t xxh64(std::string_view bytes) noexcept { return XXH64(bytes.data(), bytes.size(), 0); }

} // namespace scimkit::kv
