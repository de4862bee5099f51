// How far those who follow the change logs of tenants are behind.
#pragma once

#include <scimkit/core/date_time.hpp>
#include <scimkit/store/store.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace server
{

struct ReaderLag
{
    std::string tenant{};
    std::string reader{};
    std::uint64_t changes = 0;      ///< that it has not acknowledged; where a look ended early, at least so many
    std::chrono::seconds behind{0}; ///< the age of the oldest of them
    std::optional<scimkit::Instant> acknowledged{}; ///< when it did so last; nothing: never
};

struct LogState
{
    std::vector<ReaderLag> readers{};
    std::uint64_t bytes = 0; ///< that the logs take, about
};

/// A reader of the server's own. Where it follows a tenant it is behind before it has begun; where it does not, a place
/// that it had once says nothing. Readers that are not named here count where they have a place.
struct OwnReader
{
    std::string name;
    bool follows = false;
};
using OwnReadersOf = std::function<std::vector<OwnReader>(std::string_view tenant)>;

/// Of all tenants in the store, or of one. It ends within three seconds or so, and counts 10,000 changes at most. A
/// store without a log has no readers.
///
/// Threading: any. Errors: those of the store, and unavailable where that was not enough.
scimkit::result<LogState> look_at_logs(scimkit::ResourceStore& store, OwnReadersOf const& own, scimkit::Instant now);
scimkit::result<LogState> look_at_log(scimkit::ResourceStore& store, std::string_view tenant, OwnReadersOf const& own,
                                      scimkit::Instant now);

} // namespace server
